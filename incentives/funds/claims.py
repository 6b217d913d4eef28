"""A claim from its first cost to its settlement: filled by the partner, decided by one person or two, then owed.

Promise: the share is computed per cost, what is left of the request limits it, the rest is refused with its amount; a
claim becomes payable once. Called by: funds interfaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from incentives.funds.models import (
    ClaimState,
    FundsBudget,
    FundsClaim,
    FundsCost,
    FundsRequest,
    RequestState,
)
from incentives.funds.queries import access_cost, costs_of, earlier_claim_of, has_undecided_claim
from incentives.funds.refusals import (
    InvoiceClaimed,
    InvoicedAfterToday,
    NetAboveGross,
    NothingLeft,
    ProofMissing,
    SamePersonTwice,
    SettledDifferently,
    StepRefused,
    TooManyCosts,
)
from incentives.funds.rules import HALF_APPROVED, CostShare, needs_second, shares_of
from incentives.funds.steps import (
    begin_claim,
    begin_request,
    decided,
    end_unfinished,
    keep,
    refuse_decider,
    refuse_late,
    require_reason,
    seconded,
    signed,
    tell_partner,
    tell_staff,
    today_of,
)
from incentives.ledger.actions import Source, reimburse
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import remove_file, store_file
from prm.notifications.rules import Amount
from prm.tenancy.models import next_number

PROOF = "funds_proof"
MOST_COSTS = 50


class CostFacts(TypedDict):
    description: str
    supplier: str
    invoice_number: str
    invoiced_on: date
    net_minor: int
    gross_minor: int


@dataclass(frozen=True)
class Proof:
    name: str
    content: bytes


def start_claim(*, actor: Actor, request: FundsRequest, note: str = "", at: datetime) -> FundsClaim:
    """A draft on an approved request of which something is left. Raises `StepRefused`, `NothingLeft`."""
    request = begin_request("claim", actor=actor, request=request)
    refuse_late(request.allocation, at)
    if request.left_minor <= 0:
        raise NothingLeft
    claim = FundsClaim(
        number=next_number("funds_claim"),
        request=request,
        partner=request.partner,
        note=note,
        created_at=at,
    )
    keep(claim, actor=actor, action="funds_claim.started", at=at, request=str(request))
    return claim


def add_cost(*, actor: Actor, claim: FundsClaim, facts: CostFacts, proof: Proof, at: datetime) -> FundsCost:
    """One invoice with its proof. Raises `NetAboveGross`, `InvoicedAfterToday`, `InvoiceClaimed`, `TooManyCosts`, and
    what `store_file` raises."""
    claim = begin_claim("fill", actor=actor, claim=claim)
    refuse_late(claim.request.allocation, at)
    if facts["gross_minor"] < facts["net_minor"]:
        raise NetAboveGross
    if facts["invoiced_on"] > today_of(at):
        raise InvoicedAfterToday
    if FundsCost.objects.filter(claim_id=claim.id).count() >= MOST_COSTS:
        raise TooManyCosts
    cost = FundsCost(**facts, claim=claim, partner_id=claim.partner_id)
    earlier = earlier_claim_of(cost)
    if earlier:
        raise InvoiceClaimed(earlier)
    cost.file = store_file(
        actor=actor,
        purpose=PROOF,
        name=proof.name,
        content=proof.content,
        partner_id=claim.partner_id,
        at=at,
    )
    cost.save()
    _sum_up(claim)
    told = {
        "invoice": cost.invoice_number,
        "net_minor": cost.net_minor,
        "gross_minor": cost.gross_minor,
        "file": cost.file.name,
    }
    record(actor=actor, action="funds_claim.cost_added", subject=claim, at=at, after=told)
    return cost


def remove_cost(*, actor: Actor, claim: FundsClaim, cost_id: UUID, at: datetime) -> None:
    claim = begin_claim("fill", actor=actor, claim=claim)
    cost = access_cost(claim, cost_id)
    stored = cost.file
    before = {"invoice": cost.invoice_number, "net_minor": cost.net_minor}
    cost.delete()
    remove_file(actor=actor, stored=stored, at=at)
    _sum_up(claim)
    record(actor=actor, action="funds_claim.cost_removed", subject=claim, at=at, before=before)


def submit_claim(*, actor: Actor, claim: FundsClaim, at: datetime) -> FundsClaim:
    """Hand it over. Raises `ProofMissing`, `DeadlinePassed`, `StepRefused` where its request is over."""
    claim = begin_claim("submit", actor=actor, claim=claim)
    _require_open(claim)
    refuse_late(claim.request.allocation, at)
    if not FundsCost.objects.filter(claim_id=claim.id).exists():
        raise ProofMissing
    claim.state = ClaimState.SUBMITTED
    signed(actor, claim, at)
    claim.decided_at, claim.decided_by_label, claim.decided_by_user_id = None, "", None
    keep(claim, actor=actor, action="funds_claim.submitted", at=at, computed_minor=claim.computed_minor)
    amount = Amount(claim.computed_minor, claim.request.allocation.currency)
    tell_staff("funds.claim_submitted", claim, "funds.decide", {"amount": amount})
    return claim


def withdraw_claim(*, actor: Actor, claim: FundsClaim, at: datetime) -> FundsClaim:
    claim = begin_claim("withdraw", actor=actor, claim=claim)
    claim.state = ClaimState.WITHDRAWN
    keep(claim, actor=actor, action="funds_claim.withdrawn", at=at)
    return claim


def approve_claim(
    *,
    actor: Actor,
    claim: FundsClaim,
    objections: Mapping[UUID, str] | None = None,
    seen_left_minor: int | None = None,
    at: datetime,
) -> FundsClaim:
    """Promise what the costs come to, without those objected to. `seen_left_minor` is what was left of the
    request when the approver looked.

    Raises `NothingLeft`, `SettledDifferently`, `RequesterCannotDecide`.
    """
    claim = begin_claim("approve", actor=actor, claim=claim)
    refuse_decider(actor, claim)
    if seen_left_minor is not None and seen_left_minor != claim.request.left_minor:
        raise SettledDifferently
    paid_minor = _promise(claim, objections or {})
    claim.request.claimed_minor += paid_minor
    claim.request.save(update_fields=["claimed_minor"])
    decided(actor, claim, at)
    allocation = claim.request.allocation
    limit_minor = FundsBudget.objects.values_list("second_above_minor", flat=True).get(
        id=allocation.budget_id
    )
    if needs_second(paid_minor, limit_minor):
        claim.state = ClaimState.HALF_APPROVED
        keep(claim, actor=actor, action="funds_claim.half_approved", at=at, paid_minor=paid_minor)
        tell_staff(
            "funds.claim_to_second",
            claim,
            "funds.second",
            {"amount": Amount(paid_minor, allocation.currency)},
        )
        return claim
    return _settle(actor, claim, at)


def _promise(claim: FundsClaim, objections: Mapping[UUID, str]) -> int:
    """Write beside each cost what is paid of it; answers the sum."""
    costs = costs_of(claim)
    for cost in costs:
        cost.objection = objections.get(cost.id, "").strip()
    shares = shares_left(claim, costs, refused={cost.id for cost in costs if cost.objection})
    paid_minor = sum(share.paid_minor for share in shares)
    if paid_minor == 0:
        raise NothingLeft
    for cost, share in zip(costs, shares, strict=True):
        cost.share_minor, cost.paid_minor = share.share_minor, share.paid_minor
        cost.save(update_fields=["share_minor", "paid_minor", "objection"])
    claim.paid_minor, claim.refused_minor = paid_minor, claim.computed_minor - paid_minor
    return paid_minor


def second_claim(*, actor: Actor, claim: FundsClaim, at: datetime) -> FundsClaim:
    """The second yes, by another person. Raises `SamePersonTwice`."""
    claim = begin_claim("second", actor=actor, claim=claim)
    refuse_decider(actor, claim)
    if actor.user_id == claim.decided_by_user_id:
        raise SamePersonTwice
    seconded(actor, claim, at)
    return _settle(actor, claim, at)


def return_claim(*, actor: Actor, claim: FundsClaim, reason: str, at: datetime) -> FundsClaim:
    """Ask the partner for changes. Raises `ReasonMissing`, and `DeadlinePassed`: it could not come back in time."""
    claim = begin_claim("return", actor=actor, claim=claim)
    refuse_decider(actor, claim)
    refuse_late(claim.request.allocation, at)
    reason = require_reason(reason)
    claim.state = ClaimState.RETURNED
    decided(actor, claim, at, reason)
    keep(claim, actor=actor, action="funds_claim.returned", at=at, reason=reason)
    tell_partner("funds.claim_returned", claim, {"reason": reason})
    return claim


def refuse_claim(*, actor: Actor, claim: FundsClaim, reason: str, at: datetime) -> FundsClaim:
    """No, by whoever's turn it is; what the first yes promised is left for other claims."""
    step = "refuse_second" if claim.state == HALF_APPROVED else "refuse"
    claim = begin_claim(step, actor=actor, claim=claim)
    refuse_decider(actor, claim)
    reason = require_reason(reason)
    claim.request.claimed_minor -= claim.paid_minor
    claim.request.save(update_fields=["claimed_minor"])
    FundsCost.objects.filter(claim_id=claim.id).update(paid_minor=0)
    claim.paid_minor, claim.refused_minor = 0, claim.computed_minor
    if step == "refuse":
        decided(actor, claim, at, reason)
    claim.last_reason, claim.last_reason_by = reason, actor.label
    claim.state = ClaimState.REFUSED
    keep(claim, actor=actor, action="funds_claim.refused", at=at, reason=reason)
    tell_partner("funds.claim_refused", claim, {"reason": reason})
    return claim


def shares_left(
    claim: FundsClaim, costs: list[FundsCost], *, refused: set[UUID] | frozenset[UUID] = frozenset()
) -> list[CostShare]:
    """What each cost comes to by what is left of the request now."""
    return shares_of(
        [cost.net_minor for cost in costs],
        share_percent=claim.request.allocation.share_percent,
        left_minor=claim.request.left_minor,
        refused=[cost.id in refused for cost in costs],
    )


def _require_open(claim: FundsClaim) -> None:
    if claim.request.state != RequestState.APPROVED:
        raise StepRefused(claim.request.get_state_display())


def _sum_up(claim: FundsClaim) -> None:
    costs = costs_of(claim)
    shares = shares_left(claim, costs)
    for cost, share in zip(costs, shares, strict=True):
        cost.share_minor = share.share_minor
        cost.save(update_fields=["share_minor"])
    claim.net_minor = sum(cost.net_minor for cost in costs)
    claim.gross_minor = sum(cost.gross_minor for cost in costs)
    claim.computed_minor = sum(share.share_minor for share in shares)
    claim.save(update_fields=["net_minor", "gross_minor", "computed_minor"])


def _settle(actor: Actor, claim: FundsClaim, at: datetime) -> FundsClaim:
    """From now on the partner is owed it, and the next payout run of its month takes it."""
    request, currency = claim.request, claim.request.allocation.currency
    claim.state, claim.settled_on = ClaimState.SETTLED, today_of(at)
    after: dict[str, Any] = {"paid_minor": claim.paid_minor, "refused_minor": claim.refused_minor}
    keep(claim, actor=actor, action="funds_claim.settled", at=at, **after)
    reimburse(
        actor=actor,
        source=Source("funds_claim", claim.id),
        partner_id=claim.partner_id,
        currency=currency,
        amount_minor=claim.paid_minor,
        label=f"{claim} · {request.activity}"[:200],
        at=at,
    )
    if request.left_minor == 0 and not has_undecided_claim(request):
        end_unfinished(request, ClaimState.WITHDRAWN, actor=actor, at=at)
        request.state = RequestState.FINISHED
        keep(request, actor=actor, action="funds_request.finished", at=at, released_minor=0)
    params = {"amount": Amount(claim.paid_minor, currency), "refused": Amount(claim.refused_minor, currency)}
    tell_partner("funds.claim_settled", claim, params)
    return claim
