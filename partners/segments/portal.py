"""A partner's own engagement: what counts, how much, and how it is counted; called by partners.segments.urls."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partners.segments.engagement import events_of, labelled_weights
from partners.segments.resources import points_of
from partners.segments.rules import HALF_LIFE_DAYS
from prm.tenancy.queries import current_tenant
from prm.web.pages import PageRequest, portal_page

EVENTS_SHOWN = 100


@portal_page("own_engagement.view")
def engagement(request: PageRequest) -> HttpResponse:
    today = timezone.localtime(timezone=current_tenant().zone).date()
    assert request.actor.partner_id is not None
    events = events_of(request.actor.partner_id, today)
    context = {
        "points": points_of(events),
        "events": events[:EVENTS_SHOWN],
        "weights": labelled_weights(),
        "half_life": HALF_LIFE_DAYS,
    }
    return render(request, "portal/partners/segments/engagement.html", context)
