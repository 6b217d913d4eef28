"""A request from its asking to its end: asked, decided by one person or two, finished.

Promise: what is committed never exceeds the allocation, in parallel neither; a refusal writes nothing. Called by: funds
interfaces. Claims stand in funds.claims, the deadline in funds.deadlines."""

from datetime import date, datetime
from typing import Any, TypedDict

from incentives.funds.models import ClaimState, FundsAllocation, FundsBudget, FundsRequest, RequestState
from incentives.funds.queries import access_allocation, has_undecided_claim
from incentives.funds.refusals import (
    AboveAsked,
    AllocationExceeded,
    ClaimOpen,
    DaysDisordered,
    DaysOutside,
    NothingLeft,
    RequestChanged,
    SamePersonTwice,
    ShareIsNothing,
)
from incentives.funds.rules import HALF_APPROVED, REQUEST, approvable, needs_second, share_of
from incentives.funds.steps import (
    begin_request,
    decided,
    end_unfinished,
    free,
    keep,
    refuse_decider,
    refuse_late,
    require,
    require_reason,
    revoke,
    seconded,
    signed,
    tell_partner,
    tell_staff,
)
from prm.accounts.actor import Actor
from prm.notifications.rules import Amount, Value
from prm.tenancy.models import next_number


class RequestFacts(TypedDict):
    activity: str
    purpose: str
    expected_leads: int | None
    starts_on: date
    ends_on: date
    planned_minor: int


def ask_for_funds(
    *, actor: Actor, allocation: FundsAllocation, facts: RequestFacts, at: datetime
) -> FundsRequest:
    """Raises `DeadlinePassed`, `DaysDisordered`, `DaysOutside`, `ShareIsNothing`."""
    require(actor, REQUEST)
    allocation = access_allocation(actor, allocation.id)
    asked_minor = _asked(allocation, facts, at)
    request = FundsRequest(
        **facts,
        number=next_number("funds_request"),
        allocation=allocation,
        partner=allocation.partner,
        asked_minor=asked_minor,
    )
    signed(actor, request, at)
    told = _told(facts, asked_minor)
    keep(request, actor=actor, action="funds_request.submitted", at=at, **told)
    _ring(request)
    return request


def change_request(*, actor: Actor, request: FundsRequest, facts: RequestFacts, at: datetime) -> FundsRequest:
    """What the partner corrects after it was sent back; it waits for a decision again."""
    request = begin_request("change", actor=actor, request=request)
    request.asked_minor = _asked(request.allocation, facts, at)
    for name, value in facts.items():
        setattr(request, name, value)
    request.state = RequestState.SUBMITTED
    signed(actor, request, at)
    request.decided_at, request.decided_by_label, request.decided_by_user_id = None, "", None
    keep(
        request,
        actor=actor,
        action="funds_request.changed",
        at=at,
        **_told(facts, request.asked_minor),
    )
    _ring(request)
    return request


def approve_request(
    *,
    actor: Actor,
    request: FundsRequest,
    amount_minor: int | None,
    at: datetime,
    asked_at: datetime | None = None,
) -> FundsRequest:
    """Commit an amount, by default the most that may be: held from now on, also where a second person has to agree.
    `asked_at` is when what the person read was asked for, where a page tells it.

    Raises `AboveAsked`, `AllocationExceeded`, `NothingLeft`, `DeadlinePassed`, `RequestChanged`,
    `RequesterCannotDecide`.
    """
    request = begin_request("approve", actor=actor, request=request)
    refuse_decider(actor, request)
    if asked_at not in (None, request.submitted_at):
        raise RequestChanged
    allocation = request.allocation
    refuse_late(allocation, at)
    highest = approvable(request.asked_minor, allocation.left_minor)
    if highest == 0 or amount_minor == 0:
        raise NothingLeft
    amount = highest if amount_minor is None else amount_minor
    if amount > request.asked_minor:
        raise AboveAsked(highest, allocation.currency)
    if amount > highest:
        raise AllocationExceeded(highest, allocation.currency)
    allocation.held_minor += amount
    allocation.save(update_fields=["held_minor"])
    request.committed_minor = amount
    decided(actor, request, at)
    limit_minor = FundsBudget.objects.values_list("second_above_minor", flat=True).get(
        id=allocation.budget_id
    )
    if needs_second(amount, limit_minor):
        request.state = RequestState.HALF_APPROVED
        keep(request, actor=actor, action="funds_request.half_approved", at=at, committed_minor=amount)
        params = {"amount": Amount(amount, allocation.currency)}
        tell_staff("funds.request_to_second", request, "funds.second", params)
        return request
    return _approved(actor, request, at)


def second_request(*, actor: Actor, request: FundsRequest, at: datetime) -> FundsRequest:
    """The second yes, by another person. Raises `SamePersonTwice`."""
    request = begin_request("second", actor=actor, request=request)
    refuse_decider(actor, request)
    if actor.user_id == request.decided_by_user_id:
        raise SamePersonTwice
    refuse_late(request.allocation, at)
    seconded(actor, request, at)
    return _approved(actor, request, at)


def return_request(*, actor: Actor, request: FundsRequest, reason: str, at: datetime) -> FundsRequest:
    """Ask the partner for changes. Raises `ReasonMissing`, `DeadlinePassed`."""
    request = begin_request("return", actor=actor, request=request)
    refuse_decider(actor, request)
    refuse_late(request.allocation, at)
    reason = require_reason(reason)
    request.state = RequestState.RETURNED
    decided(actor, request, at, reason)
    keep(request, actor=actor, action="funds_request.returned", at=at, reason=reason)
    tell_partner("funds.request_returned", request, {"reason": reason})
    return request


def refuse_request(*, actor: Actor, request: FundsRequest, reason: str, at: datetime) -> FundsRequest:
    """No, by whoever's turn it is; what the first yes held is free again."""
    step = "refuse_second" if request.state == HALF_APPROVED else "refuse"
    request = begin_request(step, actor=actor, request=request)
    refuse_decider(actor, request)
    reason = require_reason(reason)
    revoke(request)
    if step == "refuse":
        decided(actor, request, at, reason)
    request.last_reason, request.last_reason_by = reason, actor.label
    request.state = RequestState.REFUSED
    keep(request, actor=actor, action="funds_request.refused", at=at, reason=reason)
    tell_partner("funds.request_refused", request, {"reason": reason})
    return request


def withdraw_request(*, actor: Actor, request: FundsRequest, at: datetime) -> FundsRequest:
    """Before it is approved for good."""
    request = begin_request("withdraw", actor=actor, request=request)
    revoke(request)
    request.state = RequestState.WITHDRAWN
    keep(request, actor=actor, action="funds_request.withdrawn", at=at)
    return request


def finish_request(*, actor: Actor, request: FundsRequest, at: datetime) -> FundsRequest:
    """The partner claims nothing more: what is left goes back to its allocation. Raises `ClaimOpen`."""
    request = begin_request("finish", actor=actor, request=request)
    if has_undecided_claim(request):
        raise ClaimOpen
    released_minor = request.left_minor
    end_unfinished(request, ClaimState.WITHDRAWN, actor=actor, at=at)
    free(request, released_minor)
    request.state = RequestState.FINISHED
    keep(request, actor=actor, action="funds_request.finished", at=at, released_minor=released_minor)
    return request


def _approved(actor: Actor, request: FundsRequest, at: datetime) -> FundsRequest:
    request.state = RequestState.APPROVED
    amount_minor, currency = request.committed_minor, request.allocation.currency
    keep(request, actor=actor, action="funds_request.approved", at=at, committed_minor=amount_minor)
    params = {"amount": Amount(amount_minor, currency), "until": request.allocation.claims_until}
    tell_partner("funds.request_approved", request, params)
    return request


def _asked(allocation: FundsAllocation, facts: RequestFacts, at: datetime) -> int:
    """The vendor's share of the planned cost."""
    refuse_late(allocation, at)
    if facts["ends_on"] < facts["starts_on"]:
        raise DaysDisordered
    if facts["starts_on"] < allocation.starts_on or facts["ends_on"] > allocation.ends_on:
        raise DaysOutside(allocation.starts_on, allocation.ends_on)
    asked_minor = share_of(facts["planned_minor"], allocation.share_percent)
    if asked_minor <= 0:
        raise ShareIsNothing
    return asked_minor


def _told(facts: RequestFacts, asked_minor: int) -> dict[str, Any]:
    kept = {name: value for name, value in facts.items() if name not in {"purpose", "expected_leads"}}
    return {**kept, "asked_minor": asked_minor}


def _ring(request: FundsRequest) -> None:
    asked = Amount(request.asked_minor, request.allocation.currency)
    told: dict[str, Value] = {"activity": request.activity, "amount": asked}
    tell_staff("funds.request_submitted", request, "funds.decide", told)
