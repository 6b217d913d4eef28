"""Notices for a partner's people; called by notifications.urls."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from prm.notifications.presentation import list_content, open_notice, read_all
from prm.web.pages import PageRequest, portal_page


@portal_page("notices.own", post="notices.own")
def notice_list(request: PageRequest) -> HttpResponse:
    """Posting marks all as read."""
    if request.method == "POST":
        return read_all(request, "portal-notices")
    return render(request, "portal/prm/notifications/list.html", list_content(request))


@require_POST
@portal_page("notices.own", post="notices.own")
def notice_open(request: PageRequest, notice_id: UUID) -> HttpResponse:
    return open_notice(request, notice_id, "portal-notices")
