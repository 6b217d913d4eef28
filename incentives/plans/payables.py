"""Claims that pass the gates of a component: dates, `where`, exchange rates, cost, what refunds leave (money.md 2, 3).

Promise: whatever is stopped has its reason on the board; called by the reference alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.board import Board
from incentives.plans.credits import Credit
from incentives.plans.document import Component, EarningEvent, Measure, PlanDocument
from incentives.plans.exchange import Conversion
from incentives.plans.facts import Plan, Version
from incentives.plans.payments import Paid
from incentives.plans.predicates import told_failure
from incentives.plans.refunds import Apportioned
from incentives.plans.world import World, value_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A credit and the version that pays it in one slot."""

    credit: Credit
    plan: Plan
    version: Version

    @property
    def document(self) -> PlanDocument:
        return self.version.document


@dataclass(frozen=True, slots=True)
class Payable:
    """A claim that passed every gate of a component, with what its amount is computed from. `basis_value` is in minor
    units of the plan currency, or in units; what an override takes of a commission is known only when that is. `paid`:
    the plan earns on payment, and so much of the sale is paid."""

    claim: Claim
    component: Component
    earned_on: date
    basis_value: Fraction
    to_plan: Conversion
    to_payout: Conversion
    refunds: Apportioned
    paid: Paid | None = None

    @property
    def line_id(self) -> str:
        return self.claim.credit.line.id


def gate(world: World, component: Component, claim: Claim, board: Board) -> Payable | None:
    """The claim with what its amount is computed from, or None after the reason was told to the board."""
    credit, document = claim.credit, claim.document
    to_plan = world.conversion(credit, document.currency)
    to_payout = world.rates.conversion(document.currency, document.payout_currency, credit.line.occurred_on)
    stop = _stop(world, component, claim)
    if stop is None and to_plan is not None and to_payout is not None:
        refunds = world.refunds_for(credit, component, document)
        basis_value = value_of(credit, _valued(component), component.negative, to_plan, refunds.kept)
        if basis_value is None:
            stop = (reasons.NO_COST, {})
        else:
            board.merge(refunds.merged, credit.partner.id)
            earned_on = world.earned_on(credit.line, document)
            if refunds.merged_share < 1 and earned_on is not None:
                paid = world.paid(credit.line) if _waits_for_payment(claim) else None
                return Payable(claim, component, earned_on, basis_value, to_plan, to_payout, refunds, paid)
            stop = (reasons.REFUNDED, {})
    if stop is None:
        base = document.currency if to_plan else credit.line.currency
        stop = (
            reasons.NO_RATE,
            {"base": base, "quote": document.payout_currency if to_plan else document.currency},
        )
    decline(board, claim, component, *stop)
    return None


def fits(world: World, component: Component, claim: Claim) -> bool:
    """Whether only its earning event or its refunds can keep the credit from being paid by the component."""
    credit, document = claim.credit, claim.document
    day = credit.line.occurred_on
    to_plan = world.conversion(credit, document.currency)
    if to_plan is None or world.rates.conversion(document.currency, document.payout_currency, day) is None:
        return False
    has_value = value_of(credit, _valued(component), component.negative, to_plan, Fraction(1)) is not None
    return has_value and component.covers(day) and world.failure(credit, component.where) is None


def decline(
    board: Board, claim: Claim, component: Component, reason: str, facts: Mapping[str, str] | None = None
) -> None:
    """Why the component pays the claim's partner nothing."""
    credit = claim.credit
    board.decline(credit.line, credit.partner.id, claim.plan.slot, reason, facts, component.id)


def _valued(component: Component) -> Measure:
    return Measure.REVENUE if component.basis is Measure.COMMISSION else component.basis


def _stop(world: World, component: Component, claim: Claim) -> tuple[str, dict[str, str]] | None:
    """What keeps the credit out of the component before any number is asked."""
    credit = claim.credit
    if not component.covers(credit.line.occurred_on):
        return reasons.OUTSIDE_DATES, {}
    failure = world.failure(credit, component.where)
    if failure is not None:
        return reasons.WHERE_FAILED, told_failure(failure)
    if world.earned_on(credit.line, claim.document) is not None:
        return None
    return (reasons.NOT_PAID if _waits_for_payment(claim) else reasons.NOT_INVOICED), {}


def _waits_for_payment(claim: Claim) -> bool:
    """A credit note is its own document."""
    return claim.document.earning_event is EarningEvent.PAYMENT and claim.credit.direction > 0
