"""What was adjusted by hand, for the partner: a list, and each with its reason; for adjustments.urls."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from incentives.adjustments import queries
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page


@portal_page("own_earnings.view")
def own_adjustments(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.visible_adjustments(request.actor), order=("-number",))
    return render(request, "portal/incentives/adjustments/list.html", {"page": page})


@portal_page("own_earnings.view")
def own_adjustment(request: PageRequest, adjustment_id: UUID) -> HttpResponse:
    row = queries.access_adjustment(request.actor, adjustment_id)
    content = {"row": row, "opposite": queries.opposite_of(row)}
    return render(request, "portal/incentives/adjustments/detail.html", content)
