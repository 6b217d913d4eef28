"""Earnings pages of a partner: the home page's money, earnings, explanation, why not.

Called by: incentives.earnings.urls.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from incentives.earnings import entries
from incentives.earnings.pages import entry_list_content, explanation_content, outcome_list_content
from prm.web.pages import PageRequest, portal_page


@portal_page("own_earnings.view")
def own_entries(request: PageRequest) -> HttpResponse:
    return render(request, "portal/incentives/earnings/list.html", entry_list_content(request))


@portal_page("own_earnings.view")
def own_explanation(request: PageRequest, entry_id: UUID) -> HttpResponse:
    content = explanation_content(request.actor, entry_id)
    return render(request, "portal/incentives/earnings/explanation.html", content)


@portal_page("own_earnings.view")
def own_outcomes(request: PageRequest) -> HttpResponse:
    content = outcome_list_content(request, entries.list_outcomes(request.actor))
    return render(request, "portal/incentives/earnings/outcomes.html", content)
