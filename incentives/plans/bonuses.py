"""What a whole window earns: the highest step of a bonus that its volume reaches (money.md 3 `bonus`, 4 "Bonus and
window top-up", 5 S9).

Promise: once per partner and window, by the version of the window's last claimed credit, dated as the credit that first
reached the step; called by the reference alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.amounts import Amount
from incentives.plans.board import Board
from incentives.plans.credits import Credit
from incentives.plans.document import BonusComponent, BonusStep, TargetComponent
from incentives.plans.dues import Due
from incentives.plans.goals import goal_of, measured_unit, prorated_goal
from incentives.plans.payables import Claim, Payable, decline
from incentives.plans.refunds import NO_REFUNDS
from incentives.plans.targets import WindowInputs
from incentives.plans.windows import measuring
from incentives.plans.world import World
from prm.kit.periods import Period, Window, WindowKind
from prm.kit.rounding import round_half_away


@dataclass(frozen=True, slots=True)
class Reached:
    """The step that a window's `total` reaches, and the credit that reached it first."""

    step: BonusStep
    place: int
    threshold: Fraction
    total: Fraction
    credit: Credit


def why_no_bonus_alone(
    world: World, component: BonusComponent, payables: Iterable[Payable], board: Board
) -> None:
    """A credit that is counted earns nothing of its own by it."""
    for payable in payables:
        target = _target_of(payable.claim, component)
        lacks_goal = target is not None and goal_of(world, payable.claim, target) is None
        why = reasons.NO_GOAL if lacks_goal else reasons.COUNTED_FOR_BONUS
        decline(board, payable.claim, component, why)


def settle_bonuses(world: World, claims: Iterable[Claim], starts_on: date) -> list[Due]:
    """The bonuses of all windows; one that was reached before `starts_on` was due before the books began."""
    last: dict[tuple[str, str, Window], Claim] = {}
    for claim in sorted(claims, key=lambda claim: claim.credit.line.measuring_order):
        for kind in WindowKind:
            window = world.window(claim.credit.line.occurred_on, kind)
            last[claim.plan.id, claim.credit.partner.id, window] = claim
    settled = (
        _settle(world, claim, component, window)
        for (_plan_id, _partner_id, window), claim in last.items()
        for component in claim.document.components
        if isinstance(component, BonusComponent) and component.window is window.kind
    )
    return [due for due in settled if due is not None and due.credit.line.occurred_on >= starts_on]


def _settle(world: World, claim: Claim, component: BonusComponent, window: Window) -> Due | None:
    target, document = _target_of(claim, component), claim.document
    goal = None if target is None else goal_of(world, claim, target)
    if target is not None and goal is None:
        return None
    reached = _reached(world, claim, component, window, goal)
    if reached is None:
        return None
    credit, step = reached.credit, reached.step
    to_plan = world.conversion(credit, document.currency)
    day = credit.line.occurred_on
    to_payout = world.rates.conversion(document.currency, document.payout_currency, day)
    if to_plan is None or to_payout is None:
        return None
    exact = Fraction(step.amount_minor or 0) if step.rate is None else reached.total * Fraction(step.rate)
    dated, held_from = Claim(credit, claim.plan, claim.version), Period.of(day).ends_on
    return Due(
        Payable(dated, component, held_from, reached.total, to_plan, to_payout, NO_REFUNDS),
        credit.partner.id,
        Amount(exact, rate=step.rate),
        round_half_away(exact),
        reverses=False,
        of_window=WindowInputs(
            component_type=component.type.value,
            version_number=claim.version.number,
            window_starts_on=window.starts_on,
            window_ends_on=window.ends_on,
            measure=component.measure.value,
            total=reached.total,
            step=reached.place,
            threshold=reached.threshold,
            goal=goal,
            rate=step.rate,
        ),
    )


def _reached(
    world: World, claim: Claim, component: BonusComponent, window: Window, goal: Fraction | None
) -> Reached | None:
    measure = measuring(world, component, claim.document)
    stream = [
        (credit, own * world.paid_share(credit.line, claim.document))
        for credit in world.of_partner[claim.credit.partner.id]
        if credit.line.occurred_on in window and (own := measure(credit)) is not None
    ]
    total = sum((own for _, own in stream), Fraction(0))
    for place, step in reversed(list(enumerate(component.steps))):
        threshold = _threshold(world, claim, component, step, goal)
        if threshold is not None and threshold <= total:
            return Reached(step, place, threshold, total, _first_at(threshold, stream))
    return None


def _first_at(threshold: Fraction, stream: Sequence[tuple[Credit, Fraction]]) -> Credit:
    """The first credit with which the volume is as large; the whole of it is."""
    volume = Fraction(0)
    for credit, own in stream:
        volume += own
        if volume >= threshold:
            return credit
    raise AssertionError("the whole volume does not reach the step")


def _threshold(
    world: World, claim: Claim, component: BonusComponent, step: BonusStep, goal: Fraction | None
) -> Fraction | None:
    """Where a step begins, in the measured unit; None: of a goal that is prorated for nobody."""
    if goal is not None:
        return Fraction(step.starts_at) * goal
    if step.prorate:
        return prorated_goal(world, claim, component, step.starts_at)
    return Fraction(step.starts_at) * measured_unit(component, claim.document.currency)


def _target_of(claim: Claim, component: BonusComponent) -> TargetComponent | None:
    if not component.of_target:
        return None
    target = claim.document.component(component.of_target)
    assert isinstance(target, TargetComponent)
    return target
