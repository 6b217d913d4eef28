"""Marketing funds for the vendor's staff: budgets, requests and claims with their decisions; for funds.urls."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.funds import actions, budgets, claims, queries
from incentives.funds.forms import (
    AllocateForm,
    AmountForm,
    BudgetForm,
    ClaimDecisionForm,
    ClaimFilterForm,
    ReasonForm,
    RequestFilterForm,
)
from incentives.funds.models import FundsBudget, FundsClaim, FundsRequest
from incentives.funds.presentation import bar_of, steps_of, turn_of
from incentives.funds.refusals import FundsRefused
from incentives.funds.rules import DECIDED_CLAIMS
from partners.deals.refusals import ApproverConflicted
from partners.directory.queries import usable_partners
from partners.segments.queries import list_segments
from prm.audit.queries import list_records_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import EditForm, posted, status_of
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (FundsRefused, ApproverConflicted)
NEVER = datetime.min.replace(tzinfo=UTC)


@console_page("funds.view")
def funds_budgets(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_budgets(), order=("-ends_on", "name", "id"))
    content = {
        "page": page,
        "may_manage": request.actor.can("funds.manage"),
        "requests_waiting": queries.count_requests_to_decide(request.actor),
        "claims_waiting": queries.count_claims_to_decide(request.actor),
    }
    return render(request, "console/incentives/funds/budgets.html", content)


@console_page("funds.manage", post="funds.manage")
def funds_budget_create(request: PageRequest) -> HttpResponse:
    currency = current_tenant().currency
    form = BudgetForm(
        posted(request),
        segments=list(list_segments().order_by("name")),
        currency=currency,
        initial={"currency_code": currency, "share_percent": 50},
    )
    if form.is_valid():
        at = timezone.now()
        budget = _taken(form, lambda: budgets.make_budget(actor=request.actor, facts=form.budget(), at=at))
        if budget is not None:
            messages.success(request, _("The budget is there. Allocate it to partners now."))
            return redirect("funds-budget", budget.id)
    title = _("New budget")
    return _form_page(request, form, title, back=("funds-budgets", []))


@console_page("funds.view")
def funds_budget(request: PageRequest, budget_id: UUID) -> HttpResponse:
    budget = queries.access_budget(budget_id)
    rows = queries.visible_allocations(request.actor).filter(budget_id=budget.id)
    allocations = list(rows.order_by("partner__name_key", "id"))
    standings = queries.standings_of(allocations)
    total = queries.total_of(standings.values())
    content = {
        "budget": budget,
        "free_minor": budget.amount_minor - budget.allocated_minor,
        "rows": [(allocation, standings[allocation.id]) for allocation in allocations],
        "total": total,
        "bar": bar_of(total),
        "may_manage": request.actor.can("funds.manage"),
        "is_over": budget.claims_until < _today(),
        "history": history_of(list_records_about(budget.id), {}),
    }
    return render(request, "console/incentives/funds/budget.html", content)


@console_page("funds.manage", post="funds.manage")
def funds_budget_amount(request: PageRequest, budget_id: UUID) -> HttpResponse:
    budget = queries.access_budget(budget_id)
    form = AmountForm(posted(request), currency=budget.currency, initial={"amount": budget.amount_minor})
    change = lambda: budgets.change_budget_amount(  # noqa: E731
        actor=request.actor, budget=budget, amount_minor=form.cleaned_data["amount"], at=timezone.now()
    )
    if form.is_valid() and _taken(form, change) is not None:
        messages.success(request, _("Saved."))
        return redirect("funds-budget", budget.id)
    return _form_page(request, form, _("Change the budget's amount"), back=("funds-budget", [budget.id]))


@console_page("funds.manage", post="funds.manage")
def funds_allocate(request: PageRequest, budget_id: UUID) -> HttpResponse:
    budget = queries.access_budget(budget_id)
    partners = queries.partners_to_allocate(request.actor, budget, _today())
    form = AllocateForm(posted(request), partners=partners, currency=budget.currency)
    if form.is_valid() and _taken(form, lambda: _allocated(request, budget, form)) is not None:
        messages.success(request, _("Allocated. The partner's people are told."))
        return redirect("funds-budget", budget.id)
    return _form_page(request, form, _("Allocate to a partner"), back=("funds-budget", [budget.id]))


def _allocated(request: PageRequest, budget: FundsBudget, form: AllocateForm) -> Any:
    told = form.cleaned_data
    partner = usable_partners(request.actor).get(id=told["partner"])
    return budgets.allocate(
        actor=request.actor,
        budget=budget,
        partner=partner,
        amount_minor=told["amount"],
        at=timezone.now(),
    )


@console_page("funds.manage", post="funds.manage")
def funds_allocation(request: PageRequest, allocation_id: UUID) -> HttpResponse:
    """The form that raises or lowers a partner's part."""
    allocation = queries.access_allocation(request.actor, allocation_id)
    initial = {"amount": allocation.amount_minor}
    form = AmountForm(posted(request), currency=allocation.currency, initial=initial)
    change = lambda: budgets.change_allocation(  # noqa: E731
        actor=request.actor,
        allocation=allocation,
        amount_minor=form.cleaned_data["amount"],
        at=timezone.now(),
    )
    if form.is_valid() and _taken(form, change) is not None:
        messages.success(request, _("Saved. The partner's people are told."))
        return redirect("funds-budget", allocation.budget_id)
    title = _("Allocation of %(partner)s") % {"partner": allocation.partner.name}
    return _form_page(request, form, title, back=("funds-budget", [allocation.budget_id]))


@console_page("funds.view")
def funds_requests(request: PageRequest) -> HttpResponse:
    filters = RequestFilterForm(request)
    rows = queries.visible_requests(request.actor).filter(**filters.wanted)
    content = _list_of(request, rows, filters)
    return render(request, "console/incentives/funds/requests.html", content)


@console_page("funds.view")
def funds_claims(request: PageRequest) -> HttpResponse:
    filters = ClaimFilterForm(request)
    rows = queries.visible_claims(request.actor).exclude(state="draft").filter(**filters.wanted)
    content = _list_of(request, rows, filters)
    return render(request, "console/incentives/funds/claims.html", content)


@console_page("funds.view")
def funds_request(request: PageRequest, request_id: UUID) -> HttpResponse:
    return _request_page(request, queries.access_request(request.actor, request_id))


@require_POST
@console_page("funds.decide", post="funds.decide")
def funds_request_decide(request: PageRequest, request_id: UUID) -> HttpResponse:
    """By the button: approve an amount, send back, refuse."""
    asked = queries.access_request(request.actor, request_id)
    told: dict[str, Any] = {"actor": request.actor, "request": asked, "at": timezone.now()}
    if request.POST.get("verb") == "approve":
        amount = AmountForm(request.POST, currency=asked.allocation.currency)
        approve = lambda: actions.approve_request(  # noqa: E731
            amount_minor=amount.cleaned_data["amount"], asked_at=_asked_at(request), **told
        )
        if amount.is_valid() and _taken(amount, approve) is not None:
            return _decided(request, "funds-request", asked)
        return _request_page(request, asked, amount=amount)
    return _reasoned(
        request,
        asked,
        _request_page,
        {"return": actions.return_request, "refuse": actions.refuse_request},
        told,
    )


@require_POST
@console_page("funds.second", post="funds.second")
def funds_request_second(request: PageRequest, request_id: UUID) -> HttpResponse:
    asked = queries.access_request(request.actor, request_id)
    told: dict[str, Any] = {"actor": request.actor, "request": asked, "at": timezone.now()}
    if request.POST.get("verb") == "approve":
        return _seconded(request, "funds-request", asked, lambda: actions.second_request(**told))
    return _reasoned(request, asked, _request_page, {"refuse": actions.refuse_request}, told)


@console_page("funds.view")
def funds_claim(request: PageRequest, claim_id: UUID) -> HttpResponse:
    return _claim_page(request, queries.access_claim(request.actor, claim_id))


@require_POST
@console_page("funds.decide", post="funds.decide")
def funds_claim_decide(request: PageRequest, claim_id: UUID) -> HttpResponse:
    """By the button: approve without the costs objected to, send back, refuse."""
    claim = queries.access_claim(request.actor, claim_id)
    told: dict[str, Any] = {"actor": request.actor, "claim": claim, "at": timezone.now()}
    if request.POST.get("verb") == "approve":
        form = ClaimDecisionForm(request.POST, costs=queries.costs_of(claim))
        approve = lambda: claims.approve_claim(  # noqa: E731
            objections=form.objections(), seen_left_minor=form.cleaned_data["left"], **told
        )
        if form.is_valid() and _taken(form, approve) is not None:
            return _decided(request, "funds-claim", claim)
        return _claim_page(request, claim, decision=form)
    return _reasoned(
        request, claim, _claim_page, {"return": claims.return_claim, "refuse": claims.refuse_claim}, told
    )


@require_POST
@console_page("funds.second", post="funds.second")
def funds_claim_second(request: PageRequest, claim_id: UUID) -> HttpResponse:
    claim = queries.access_claim(request.actor, claim_id)
    told: dict[str, Any] = {"actor": request.actor, "claim": claim, "at": timezone.now()}
    if request.POST.get("verb") == "approve":
        return _seconded(request, "funds-claim", claim, lambda: claims.second_claim(**told))
    return _reasoned(request, claim, _claim_page, {"refuse": claims.refuse_claim}, told)


def _request_page(
    request: PageRequest,
    asked: FundsRequest,
    *,
    amount: AmountForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    allocation = asked.allocation
    standing = queries.standings_of([allocation])[allocation.id]
    highest = min(asked.asked_minor, standing.left_minor)
    found = queries.claims_of(asked)
    content = {
        "asked": asked,
        "allocation": allocation,
        "highest_minor": highest,
        "claims": [claim for claim in found if claim.state != "draft"],
        "steps": steps_of(asked, found),
        "bar": bar_of(standing),
        "turn": turn_of(request.actor, asked),
        "form": amount or AmountForm(currency=allocation.currency, initial={"amount": highest or ""}),
        "reason": reason or ReasonForm(),
        "history": history_of(list_records_about(asked.id), {}),
    }
    status = status_of(reason or amount or ReasonForm())
    return render(request, "console/incentives/funds/request.html", content, status=status)


def _claim_page(
    request: PageRequest,
    claim: FundsClaim,
    *,
    decision: ClaimDecisionForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    costs = queries.costs_of(claim)
    shares = claims.shares_left(claim, costs)
    same = queries.same_proofs(costs)
    payable = sum(share.paid_minor for share in shares)
    content = {
        "claim": claim,
        "allocation": claim.request.allocation,
        "rows": [(cost, same.get(cost.id, "")) for cost in costs],
        "payable_minor": payable,
        "cut_minor": claim.computed_minor - payable,
        "is_decided": claim.state in DECIDED_CLAIMS,
        "turn": turn_of(request.actor, claim),
        "form": decision or ClaimDecisionForm(costs=costs, initial={"left": claim.request.left_minor}),
        "reason": reason or ReasonForm(),
        "history": history_of(list_records_about(claim.id), {}),
    }
    status = status_of(reason or decision or ReasonForm())
    return render(request, "console/incentives/funds/claim.html", content, status=status)


def _list_of(request: PageRequest, rows: Any, filters: Any) -> dict[str, Any]:
    return {
        "page": page_of(request, rows, order=("-number",)),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
    }


def _taken(form: EditForm, step: Callable[[], Any]) -> Any:
    """Take the step; a refusal goes to its field and answers None."""
    try:
        return step()
    except REFUSALS as refusal:
        form.refuse(refusal)
    return None


def _asked_at(request: PageRequest) -> datetime | None:
    """When what the page shows was asked for; what is no moment names none that ever was."""
    text = request.POST.get("asked_at", "")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return NEVER


def _decided(request: PageRequest, page: str, row: FundsRequest | FundsClaim) -> HttpResponse:
    messages.success(request, _("Decided. The partner is told."))
    return redirect(page, row.id)


def _seconded(
    request: PageRequest, page: str, row: FundsRequest | FundsClaim, step: Callable[[], Any]
) -> HttpResponse:
    try:
        step()
    except REFUSALS as refusal:
        messages.error(request, str(refusal.message))
        return redirect(page, row.id)
    return _decided(request, page, row)


def _reasoned(
    request: PageRequest,
    row: Any,
    page: Callable[..., HttpResponse],
    verbs: dict[str, Callable[..., Any]],
    told: dict[str, Any],
) -> HttpResponse:
    """Send back or refuse with the reason; another button is none of ours and shows the page again."""
    form = ReasonForm(request.POST)
    step = verbs.get(request.POST.get("verb", ""))
    valid = form.is_valid()
    if step is not None and valid:
        taken = _taken(form, lambda: step(reason=form.cleaned_data["reason"], **told))
        if taken is not None:
            return _decided(request, "funds-request" if isinstance(row, FundsRequest) else "funds-claim", row)
    return page(request, row, reason=form)


def _form_page(
    request: PageRequest, form: EditForm, title: str, *, back: tuple[str, list[Any]]
) -> HttpResponse:
    content = {"form": form, "title": title, "back": back[0], "back_id": back[1][0] if back[1] else None}
    return render(request, "console/incentives/funds/form.html", content, status=status_of(form))


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
