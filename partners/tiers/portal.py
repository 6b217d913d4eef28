"""A partner's own tier: what it brings, what the next one asks for, what is at risk.

Promise: measured in the partner's own scope, which shows its own sales and events; called by partners.tiers.urls."""

from django.http import HttpResponse
from django.shortcuts import render

from partners.directory.queries import access_own_company
from partners.segments.language import read_rule
from partners.segments.words import RuleWords
from partners.tiers.presentation import said_missing, standing_of, today
from partners.tiers.queries import list_tiers, progress_of
from prm.web.pages import PageRequest, portal_page


@portal_page("own_tier.view")
def own_tier(request: PageRequest) -> HttpResponse:
    partner = access_own_company(request.actor)
    words = RuleWords()
    steps = [
        {"tier": tier, "rule": words.group(read_rule(tier.rule)), "held": tier.name == partner.tier}
        for tier in list_tiers()
    ]
    following, lacking = progress_of(partner, today())
    context = {
        "partner": partner,
        "steps": steps,
        "following": following,
        "lacking": said_missing(lacking),
        **standing_of(partner.id),
    }
    return render(request, "portal/partners/tiers/tier.html", context)
