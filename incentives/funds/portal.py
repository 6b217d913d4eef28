"""Marketing funds for a partner's people: what is left, requests, claims with their costs; for funds.urls."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.funds import actions, claims, queries
from incentives.funds.forms import AskForm, CostForm
from incentives.funds.models import FundsClaim
from incentives.funds.presentation import bar_of, steps_of
from incentives.funds.refusals import FundsRefused
from incentives.funds.rules import CLAIM_STEPS, DECIDED_CLAIMS, REQUEST_STEPS
from prm.files.actions import FileRefused
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

VIEW, ASK = "own_funds.view", "own_funds.request"


@portal_page(VIEW)
def own_funds(request: PageRequest) -> HttpResponse:
    """Allocations with what is left, and the requests."""
    allocations = list(queries.open_allocations(request.actor, _today()))
    standings = queries.standings_of(allocations)
    content = {
        "allocations": [
            (one, standings[one.id], bar_of(standings[one.id]), one.ends_on >= _today())
            for one in allocations
        ],
        "page": page_of(request, queries.visible_requests(request.actor), order=("-number",)),
        "may_ask": _may_ask(request),
    }
    return render(request, "portal/incentives/funds/funds.html", content)


@portal_page(ASK, post=ASK)
def own_funds_ask(request: PageRequest, allocation_id: UUID) -> HttpResponse:
    allocation = queries.access_allocation(request.actor, allocation_id)
    form = AskForm(posted(request), currency=allocation.currency)
    if form.is_valid():
        try:
            asked = actions.ask_for_funds(
                actor=request.actor, allocation=allocation, facts=form.plan(), at=timezone.now()
            )
        except FundsRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent. You get a notice when it is decided."))
            return redirect("portal-funds-request", asked.id)
    content = {"form": form, "allocation": allocation}
    return render(request, "portal/incentives/funds/ask.html", content, status=status_of(form))


@portal_page(VIEW)
def own_funds_request(request: PageRequest, request_id: UUID) -> HttpResponse:
    asked = queries.access_request(request.actor, request_id)
    found = queries.claims_of(asked)
    may, over = _may_ask(request), asked.allocation.claims_until < _today()
    content = {
        "asked": asked,
        "allocation": asked.allocation,
        "claims": found,
        "steps": steps_of(asked, found),
        "may_change": may and not over and asked.state in REQUEST_STEPS["change"].begins,
        "may_withdraw": may and asked.state in REQUEST_STEPS["withdraw"].begins,
        "may_claim": may and not over and asked.state == "approved" and asked.left_minor > 0,
        "may_finish": may and asked.state == "approved" and not queries.has_undecided_claim(asked),
    }
    return render(request, "portal/incentives/funds/request.html", content)


@portal_page(ASK, post=ASK)
def own_funds_edit(request: PageRequest, request_id: UUID) -> HttpResponse:
    """What was sent back is corrected."""
    asked = queries.access_request(request.actor, request_id)
    initial = {
        name: getattr(asked, name)
        for name in ("activity", "purpose", "starts_on", "ends_on", "expected_leads")
    }
    form = AskForm(
        posted(request),
        currency=asked.allocation.currency,
        initial={**initial, "planned": asked.planned_minor},
    )
    if form.is_valid():
        try:
            actions.change_request(actor=request.actor, request=asked, facts=form.plan(), at=timezone.now())
        except FundsRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent. You get a notice when it is decided."))
            return redirect("portal-funds-request", asked.id)
    content = {"form": form, "allocation": asked.allocation, "asked": asked}
    return render(request, "portal/incentives/funds/ask.html", content, status=status_of(form))


@require_POST
@portal_page(ASK, post=ASK)
def own_funds_end(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Withdraw before the approval, or give back what is left after it."""
    asked = queries.access_request(request.actor, request_id)
    step = actions.finish_request if request.POST.get("verb") == "finish" else actions.withdraw_request
    _try(
        request,
        lambda: step(actor=request.actor, request=asked, at=timezone.now()),
        _("Finished. Nothing more can be claimed.") if step is actions.finish_request else _("Withdrawn."),
    )
    return redirect("portal-funds-request", asked.id)


@require_POST
@portal_page(ASK, post=ASK)
def own_funds_claim_start(request: PageRequest, request_id: UUID) -> HttpResponse:
    asked = queries.access_request(request.actor, request_id)
    claim = _try(request, lambda: claims.start_claim(actor=request.actor, request=asked, at=timezone.now()))
    if claim is None:
        return redirect("portal-funds-request", asked.id)
    return redirect("portal-funds-claim", claim.id)


@portal_page(VIEW, post=ASK)
def own_funds_claim(request: PageRequest, claim_id: UUID) -> HttpResponse:
    """The claim and its costs; posting adds a cost."""
    claim = queries.access_claim(request.actor, claim_id)
    form = CostForm(posted(request), request.FILES or None, currency=claim.request.allocation.currency)
    if form.is_valid() and _added(request, claim, form):
        messages.success(request, _("Added."))
        return redirect("portal-funds-claim", claim.id)
    costs = queries.costs_of(claim)
    may, over = _may_ask(request), claim.request.allocation.claims_until < _today()
    may_fill = may and not over and claim.state in CLAIM_STEPS["fill"].begins
    content = {
        "claim": claim,
        "allocation": claim.request.allocation,
        "rows": [(cost, "") for cost in costs],
        "form": form if may_fill else None,
        "may_fill": may_fill,
        "may_withdraw": may and claim.state in CLAIM_STEPS["withdraw"].begins,
        "over_left_minor": max(0, claim.computed_minor - claim.request.left_minor),
        "is_decided": claim.state in DECIDED_CLAIMS,
    }
    return render(request, "portal/incentives/funds/claim.html", content, status=status_of(form))


@require_POST
@portal_page(ASK, post=ASK)
def own_funds_cost_remove(request: PageRequest, claim_id: UUID, cost_id: UUID) -> HttpResponse:
    claim = queries.access_claim(request.actor, claim_id)
    queries.access_cost(claim, cost_id)
    at = timezone.now()
    remove = lambda: claims.remove_cost(  # noqa: E731
        actor=request.actor, claim=claim, cost_id=cost_id, at=at
    )
    _try(request, remove, _("Removed."))
    return redirect("portal-funds-claim", claim.id)


@require_POST
@portal_page(ASK, post=ASK)
def own_funds_claim_send(request: PageRequest, claim_id: UUID) -> HttpResponse:
    """Hand it over, or take it back."""
    claim = queries.access_claim(request.actor, claim_id)
    step = claims.withdraw_claim if request.POST.get("verb") == "withdraw" else claims.submit_claim
    done = (
        _("Withdrawn.") if step is claims.withdraw_claim else _("Sent. You get a notice when it is decided.")
    )
    _try(request, lambda: step(actor=request.actor, claim=claim, at=timezone.now()), done)
    return redirect("portal-funds-claim", claim.id)


def _added(request: PageRequest, claim: FundsClaim, form: CostForm) -> bool:
    try:
        claims.add_cost(
            actor=request.actor, claim=claim, facts=form.cost(), proof=form.proof(), at=timezone.now()
        )
    except FileRefused as refusal:
        form.refuse_file(refusal.code)
    except FundsRefused as refusal:
        form.refuse(refusal)
    else:
        return True
    return False


def _try(request: PageRequest, step: Callable[[], Any], done: str = "") -> Any:
    """Take the step; a refusal is said on the next page and answers None."""
    try:
        taken = step()
    except FundsRefused as refusal:
        messages.error(request, str(refusal.message))
        return None
    if done:
        messages.success(request, done)
    return taken


def _may_ask(request: PageRequest) -> bool:
    return request.actor.can(ASK) and not request.actor.is_viewing


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
