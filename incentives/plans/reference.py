"""The reference evaluator: targets and reasons from facts, in plain Python with exact fractions (money.md 2 to 4).

Promises: a pure function of (facts, starts_on, ends_on); the SQL compiler must agree with it to the minor unit.
Called by: property tests of the compiler, backtests of single partners, and the explanation of a doubted amount.

Which section says what:
  credits       1.2, 2 "Largest remainder", 4 "Splits"                         credits.py
  plan choice   1.3, 4 "Versions", "Assignment"                                selection.py
  volume        2 "Order inside a window", "Measures", 4 "Orders"              windows.py
  tiers         2 "Tier bounds", 3 `tiers`, 5 S1                               tiers.py, amounts.py
  limits        2 "Order of cuts" (per sale), 4 "Caps" (mirrored)              amounts.py
  refunds       2 "Refunds", 4 "Refunds", 5 S4, S5                             refunds.py, world.py
  currency      2 "Currency", 5 S6                                             exchange.py
  reasons       2 "Every run says", 4 "Payout" (one fixed list)                reasons.py
  differences   1.5, 4 "Order of periods"                                      differences.py

A calculation of period P passes ends_on = the end of P and starts_on = the start of the tenant's first period. Lines
dated before starts_on count as volume and earn nothing; lines dated on or after ends_on do not exist yet.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.amounts import Amount, amount_of, round_within_limits
from incentives.plans.board import Board, Outcome
from incentives.plans.credits import Credit
from incentives.plans.document import (
    Component,
    PlanDocument,
    VolumeComponent,
)
from incentives.plans.exchange import Conversion
from incentives.plans.facts import Facts, Plan, Version
from incentives.plans.predicates import UNTOLD_FACTS
from incentives.plans.refunds import Apportioned, Reversal, reversals
from incentives.plans.selection import Choice
from incentives.plans.targets import (
    NOT_MEASURED,
    OVER_REFUNDED,
    WINDOW_CLOSED,
    Cut,
    Inputs,
    RateUse,
    RefundInputs,
    Target,
    TargetKey,
    in_canonical_order,
    result_hash,
)
from incentives.plans.windows import Position, positions
from incentives.plans.world import World, value_of
from prm.kit.periods import Period
from prm.kit.predicates import Failure
from prm.kit.rounding import round_half_away

__all__ = ["Evaluation", "Outcome", "evaluate"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`targets` in canonical order, none of them zero. `outcomes`: one per (line, partner, slot) that earned nothing
    in that slot. `funnel`: lines looked at, lines that earned, and the first reason of each line that did not."""

    targets: tuple[Target, ...]
    outcomes: tuple[Outcome, ...]
    looked_at: int
    earned: int
    funnel: Counter[str]

    @property
    def result_hash(self) -> str:
        return result_hash(self.targets)


@dataclass(frozen=True, slots=True)
class Claim:
    """A credit and the version that pays it in one slot."""

    credit: Credit
    plan: Plan
    version: Version


@dataclass(frozen=True, slots=True)
class Payable:
    """A claim that passed every gate of a component, with what its amount is computed from."""

    claim: Claim
    component: Component
    basis_value: Fraction
    to_plan: Conversion
    to_payout: Conversion
    refunds: Apportioned


def evaluate(facts: Facts, starts_on: date, ends_on: date) -> Evaluation:
    """What every credit dated in [starts_on, ends_on) should have earned, given everything known now."""
    world = World(facts, ends_on)
    board = Board()
    claimed = _claim(world, starts_on, board)
    for (version_id, partner_id), claims in claimed.items():
        for component in claims[0].version.document.components:
            assert claims[0].version.id == version_id
            _settle(world, component, partner_id, claims, board)
    looked_at = [line for line in world.lines if line.occurred_on >= starts_on]
    board.explain_refunds(world, looked_at, starts_on)
    funnel = board.funnel(looked_at)
    return Evaluation(
        targets=in_canonical_order(board.targets),
        outcomes=board.outcomes(),
        looked_at=len(looked_at),
        earned=len(looked_at) - sum(funnel.values()),
        funnel=funnel,
    )


def _claim(world: World, starts_on: date, board: Board) -> dict[tuple[str, str], list[Claim]]:
    """Each credit with the versions that pay it, by version and partner; direct sales and the like declined."""
    claimed: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for line in world.lines:
        if line.occurred_on < starts_on or line.is_linked_refund:
            continue
        if not world.credits[line.id]:
            board.decline(line, None, "main", reasons.DIRECT_SALE)
        for credit in world.credits[line.id]:
            for choice in world.chooser.choices(credit.partner, line.occurred_on):
                if choice.version is None:
                    board.decline(line, credit.partner.id, choice.slot, choice.reason, _conflict(choice))
                elif not world.earns(credit):
                    board.decline(line, credit.partner.id, choice.slot, reasons.NOT_EARNING)
                else:
                    claim = Claim(credit, choice.plans[0], choice.version)
                    claimed[choice.version.id, credit.partner.id].append(claim)
    return claimed


def _conflict(choice: Choice) -> dict[str, str]:
    return {"plans": ", ".join(plan.code for plan in choice.plans)} if choice.plans else {}


def _settle(world: World, component: Component, partner_id: str, claims: list[Claim], board: Board) -> None:
    """All amounts of one component of one version for one partner."""
    payables = [payable for claim in claims if (payable := _gate(world, component, claim, board)) is not None]
    if not payables:
        return
    places = _places(world, component, partner_id, claims[0].version.document, payables)
    for payable in payables:
        _post(payable, places.get(payable.claim.credit.line.id), board)


def _gate(world: World, component: Component, claim: Claim, board: Board) -> Payable | None:
    """The claim with what its amount is computed from, or None after the reason was told to the board."""
    credit, document = claim.credit, claim.version.document
    to_plan = world.conversion(credit, document.currency)
    to_payout = world.rates.conversion(document.currency, document.payout_currency, credit.line.occurred_on)
    stop = _stop(world, component, credit)
    if stop is None and to_plan is not None and to_payout is not None:
        refunds = world.refunds_for(credit, component, document)
        basis_value = value_of(credit, component.basis, component.negative, to_plan, refunds.kept)
        if basis_value is None:
            stop = (reasons.NO_COST, {})
        else:
            board.merge(refunds.merged, credit.partner.id)
            if refunds.merged_share < 1:
                return Payable(claim, component, basis_value, to_plan, to_payout, refunds)
            stop = (reasons.REFUNDED, {})
    if stop is None:
        base = document.currency if to_plan else credit.line.currency
        stop = (
            reasons.NO_RATE,
            {"base": base, "quote": document.payout_currency if to_plan else document.currency},
        )
    board.decline(credit.line, credit.partner.id, claim.plan.slot, *stop, component.id)
    return None


def _stop(world: World, component: Component, credit: Credit) -> tuple[str, dict[str, str]] | None:
    """What keeps the credit out of the component before any number is asked."""
    if not component.covers(credit.line.occurred_on):
        return reasons.OUTSIDE_DATES, {}
    failure = world.failure(credit, component.where)
    return (reasons.WHERE_FAILED, _failed(failure)) if failure is not None else None


def _failed(failure: Failure) -> dict[str, str]:
    actual, condition = failure.actual, failure.condition
    shown = (
        ", ".join(sorted(actual)) if isinstance(actual, frozenset) else "" if actual is None else str(actual)
    )
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return {
        "fact": condition.fact,
        "op": condition.op,
        "value": ", ".join(str(item) for item in wanted),
        "actual": "" if condition.fact in UNTOLD_FACTS else shown,
    }


def _places(
    world: World, component: Component, partner_id: str, document: PlanDocument, payables: list[Payable]
) -> dict[str, Position]:
    """Where the paid lines stand in their windows, for components that depend on volume."""
    if not isinstance(component, VolumeComponent):
        return {}
    volume = component

    def measure(credit: Credit) -> Fraction | None:
        """The measured volume; None: outside the filters, without rate or cost, or of a product that does not earn.
        measure_where alone decides if it is given; else where and the component's dates do."""
        if volume.measure_where is None and not volume.covers(credit.line.occurred_on):
            return None
        where = volume.where if volume.measure_where is None else volume.measure_where
        to_plan = world.conversion(credit, document.currency)
        if to_plan is None or not world.earns(credit) or world.failure(credit, where) is not None:
            return None
        kept = world.refunds_for(credit, volume, document).kept
        return value_of(credit, volume.measure, volume.negative, to_plan, kept)

    return positions(
        world.of_partner[partner_id],
        lambda credit: world.window(credit.line.occurred_on, volume.window),
        measure,
        {payable.claim.credit.line.id for payable in payables},
    )


def _post(payable: Payable, position: Position | None, board: Board) -> None:
    """The target of the credit and those of the refunds that reverse it."""
    claim, document = payable.claim, payable.claim.version.document
    amount = amount_of(payable.component, payable.basis_value, position, document.currency)
    amount_minor, cut = round_within_limits(amount.exact, claim.credit.direction, payable.component)
    inputs = _inputs(payable, amount, position, cut)
    payout_minor = round_half_away(amount_minor * payable.to_payout.factor)
    board.post(
        _target(
            payable, claim.credit.line.id, claim.credit.line.occurred_on, amount_minor, payout_minor, inputs
        )
    )
    steps = payable.refunds.steps if amount_minor else ()
    for reversal in reversals(amount_minor, steps, payable.to_payout.factor):
        refund = reversal.step.refund
        board.post(
            _target(
                payable,
                refund.id,
                refund.occurred_on,
                reversal.amount_minor,
                reversal.payout_amount_minor,
                _reversed(inputs, reversal, payable),
            )
        )


def _target(
    payable: Payable, line_id: str, occurred_on: date, amount_minor: int, payout_minor: int, inputs: Inputs
) -> Target:
    """Sale and refunds alike belong to the month of the sale and come free with it."""
    claim, document = payable.claim, payable.claim.version.document
    sold_on = claim.credit.line.occurred_on
    return Target(
        key=TargetKey(
            plan_id=claim.plan.id,
            component_id=payable.component.id,
            line_id=line_id,
            credited_partner_id=claim.credit.partner.id,
            partner_id=claim.credit.partner.id,
            belongs_on=Period.of(sold_on).starts_on,
        ),
        version_id=claim.version.id,
        slot=claim.plan.slot,
        occurred_on=occurred_on,
        amount_minor=amount_minor,
        currency=document.currency,
        payout_amount_minor=payout_minor,
        payout_currency=document.payout_currency,
        free_on=sold_on + timedelta(days=document.hold_days),
        inputs=inputs,
    )


def _inputs(payable: Payable, amount: Amount, position: Position | None, cut: Cut | None) -> Inputs:
    credit, component = payable.claim.credit, payable.component
    notes = [OVER_REFUNDED] if payable.refunds.merged and payable.refunds.over_refunded else []
    if position is not None and not position.measured:
        notes.append(NOT_MEASURED)
    return Inputs(
        component_type=component.type.value,
        version_number=payable.claim.version.number,
        base_minor=credit.base_minor,
        base_currency=credit.line.currency,
        share=credit.share,
        cost_minor=credit.cost_minor,
        quantity=credit.quantity,
        basis=component.basis.value,
        basis_value=payable.basis_value,
        rate=amount.rate,
        unit_amount=amount.unit_amount,
        volume=amount.volume,
        exchange=_use(payable.to_plan),
        payout_exchange=_use(payable.to_payout),
        refunded_share=payable.refunds.merged_share,
        cut=cut,
        notes=tuple(notes),
    )


def _use(conversion: Conversion) -> RateUse | None:
    row = conversion.row
    return RateUse(row.id, row.base, row.quote, row.published_on, row.rate) if row else None


def _reversed(inputs: Inputs, reversal: Reversal, payable: Payable) -> Inputs:
    step = reversal.step
    notes = [WINDOW_CLOSED] if isinstance(payable.component, VolumeComponent) else []
    if step.over_refunded:
        notes.append(OVER_REFUNDED)
    return inputs.reversed_by(
        RefundInputs(
            sale_line_id=payable.claim.credit.line.id,
            cumulative_share=step.cumulative_share,
            original_minor=reversal.original_minor,
            reversed_before_minor=reversal.reversed_before_minor,
        ),
        tuple(notes),
    )
