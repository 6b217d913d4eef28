"""Looking at the portal as a partner sees it, for the vendor's staff; called by partners.directory.urls.

Promise: begun for a partner one may see, and told in its trail."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.directory import queries
from prm.accounts.viewing import PERMISSION, begin_viewing, end_viewing
from prm.web.pages import PageRequest, console_page


@require_POST
@console_page(PERMISSION, post=PERMISSION)
def partner_view_as(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    begin_viewing(request.session, actor=request.actor, company=partner, at=timezone.now())
    return redirect("portal-home")


@require_POST
@console_page(PERMISSION, post=PERMISSION)
def partner_view_end(request: PageRequest) -> HttpResponse:
    viewing = end_viewing(request.session)
    if viewing is None:
        return redirect("partner-list")
    messages.info(request, _("You see your own pages again."))
    return redirect("partner-detail", viewing.partner_id)
