"""The goals of a partner: how far it is in the running windows, and what the next step pays; for trials.urls."""

from django.http import HttpResponse
from django.shortcuts import render

from incentives.trials.goal_cards import cards_of
from prm.web.pages import PageRequest, portal_page


@portal_page("own_earnings.view")
def own_goals(request: PageRequest) -> HttpResponse:
    assert request.actor.partner_id is not None
    content = {"cards": cards_of(request.actor.partner_id, own=True)}
    return render(request, "portal/incentives/trials/goals.html", content)
