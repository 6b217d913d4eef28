"""Volume in a window: where each credit of a partner stands in measuring order (money.md 2 "Order inside a window",
"Measures", 4 "Orders", "Targets in units").

Promise: depends on the measured credits of the partner (or its group) alone, not on who pays them;
called by incentives.plans.reference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from incentives.plans.credits import Credit
from incentives.plans.document import MeasuredComponent, PlanDocument
from incentives.plans.world import World, value_of
from prm.kit.periods import Window

Measuring = Callable[[Credit], Fraction | None]


@dataclass(frozen=True, slots=True)
class Position:
    """`own` is the measured volume of the credit, 0 if it is paid without being measured; `order_end` the volume
    after the last line of its order, `total` that of the whole window, `goal` what a target measures it against."""

    window: Window
    before: Fraction
    own: Fraction
    order_end: Fraction
    total: Fraction
    measured: bool
    goal: Fraction | None = None

    @property
    def after(self) -> Fraction:
        return self.before + self.own


def measuring(world: World, component: MeasuredComponent, document: PlanDocument) -> Measuring:
    """What the component measures of a credit; None: outside the filters, without rate or cost, or of a product that
    does not earn. measure_where alone decides if it is given; else where and the component's dates do."""
    alone = component.measure_where is not None
    where = component.measure_where if alone else component.where

    def measure(credit: Credit) -> Fraction | None:
        if not alone and not component.covers(credit.line.occurred_on):
            return None
        to_plan = world.conversion(credit, document.currency)
        if to_plan is None or not world.earns(credit) or world.failure(credit, where) is not None:
            return None
        kept = world.refunds_for(credit, component, document).kept
        return value_of(credit, component.measure, component.negative, to_plan, kept)

    return measure


def positions(
    credits: Sequence[Credit],
    window_at: Callable[[Credit], Window],
    measure: Measuring,
    is_paid: Callable[[Credit], bool],
    fits: Callable[[Credit], bool],
) -> dict[str, Position]:
    """The place of each paid line of one partner, by line id. `credits` are all that may count, in measuring order;
    `measure` answers None for what is not measured. What fits ends its order, though it came back or is not earned
    yet."""
    wanted = {window_at(credit) for credit in credits if is_paid(credit)}
    streams: dict[Window, list[tuple[Credit, Fraction | None]]] = {window: [] for window in wanted}
    for credit in credits:
        window = window_at(credit)
        if window not in wanted:
            continue
        own = measure(credit)
        if own is not None or fits(credit):
            streams[window].append((credit, own))
    found: dict[str, Position] = {}
    for window, stream in streams.items():
        found |= _walk(window, stream, is_paid)
    return found


def _walk(
    window: Window, stream: list[tuple[Credit, Fraction | None]], is_paid: Callable[[Credit], bool]
) -> dict[str, Position]:
    befores: list[Fraction] = []
    order_ends: dict[object, Fraction] = {}
    volume = Fraction(0)
    for credit, own in stream:
        befores.append(volume)
        volume += own or 0
        order_ends[_order(credit)] = volume
    return {
        credit.line.id: Position(
            window, before, own or Fraction(0), order_ends[_order(credit)], volume, own is not None
        )
        for (credit, own), before in zip(stream, befores, strict=True)
        if is_paid(credit)
    }


def _order(credit: Credit) -> tuple[str, ...]:
    """An order is source and number; a line without a number is its own order."""
    line = credit.line
    return (line.source, line.order_number) if line.order_number else (line.source, "", line.external_id)
