"""The goal of a partner in a window: its own, or everyone's prorated (money.md 2 "Proration", 4 "Assignment").

Promise: exact, and rounded once where it is prorated; called by the reference alone."""

from decimal import Decimal
from fractions import Fraction

from incentives.plans.document import Measure, MeasuredComponent, TargetComponent
from incentives.plans.payables import Claim
from incentives.plans.world import World
from prm.kit.money import exponent_of
from prm.kit.periods import Window
from prm.kit.rounding import round_half_away

UNIT_PLACES = 6  # as fine as quantities are


def goal_of(world: World, claim: Claim, component: TargetComponent) -> Fraction | None:
    """In minor units of the plan currency, or in units; None: the partner has no goal above zero."""
    partner, window = claim.credit.partner, world.window(claim.credit.line.occurred_on, component.window)
    own = world.own_goal(claim.plan.id, component.id, partner.id, window)
    if own is not None:
        return own * measured_unit(component, claim.document.currency) or None
    return None if component.goal is None else prorated_goal(world, claim, component, component.goal)


def prorated_goal(world: World, claim: Claim, component: MeasuredComponent, goal: Decimal) -> Fraction | None:
    """The part of everyone's goal from the first day on which the partner has joined and the plan pays it; None: it
    comes to nothing."""
    partner, window = claim.credit.partner, world.window(claim.credit.line.occurred_on, component.window)
    first_on = world.first_on(claim.plan.id, partner, window)
    if first_on is None:
        return None
    share = Fraction((window.ends_on - first_on).days, _days(window))
    unit = measured_unit(component, claim.document.currency)
    return _rounded(Fraction(goal) * unit * share, component) or None


def measured_unit(component: MeasuredComponent, currency: str) -> int:
    """How many measured units (minor units of the currency, or units) one of a goal is."""
    return 1 if component.measure is Measure.UNITS else 10 ** exponent_of(currency)


def _days(window: Window) -> int:
    return (window.ends_on - window.starts_on).days


def _rounded(goal: Fraction, component: MeasuredComponent) -> Fraction:
    """To the minor unit; units as finely as they are kept."""
    if component.measure is not Measure.UNITS:
        return Fraction(round_half_away(goal))
    return Fraction(round_half_away(goal * 10**UNIT_PLACES), 10**UNIT_PLACES)
