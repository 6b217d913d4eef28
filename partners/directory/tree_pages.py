"""The tree around a partner as of a day, for the vendor's staff; called by partners.directory.urls."""

from datetime import date
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partners.directory.network import tree_on
from partners.directory.queries import access_partner
from prm.tenancy.queries import current_tenant
from prm.web.forms import DayInput
from prm.web.pages import PageRequest, console_page


class AsOfForm(forms.Form):
    on = forms.DateField(label=_("As of"), required=False, widget=DayInput)


@require_safe
@console_page("partners.view")
def partner_tree(request: PageRequest, partner_id: UUID) -> HttpResponse:
    """Who stood above and below on the day `on`; today where none is named."""
    partner = access_partner(request.actor, partner_id)
    asked = AsOfForm(request.GET, auto_id="filter_%s")
    today = _today()
    on: date = (asked.cleaned_data.get("on") if asked.is_valid() else None) or today
    tree = tree_on(request.actor, partner, on)
    context = {
        "partner": partner,
        "tree": tree,
        "count": tree.root.size,
        "on": on,
        "is_today": on == today,
        "form": AsOfForm({"on": on}, auto_id="filter_%s"),
    }
    return render(request, "console/partners/directory/tree.html", context)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
