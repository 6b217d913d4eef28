"""The unrounded amount of a component for one credit, then its floor, cap and the one rounding (money.md 2 "Order of
cuts", 3).

Promise: multiplies exactly and rounds once, half away from zero; called by incentives.plans.reference."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from incentives.plans.document import (
    Component,
    PerUnitComponent,
    RateComponent,
    RecurringComponent,
    RegisteredDealComponent,
    TierMode,
    VolumeComponent,
)
from incentives.plans.targets import Cut, PaidSlice, VolumeInputs
from incentives.plans.tiers import TierTable
from incentives.plans.windows import Position
from prm.kit.money import exponent_of
from prm.kit.rounding import round_half_away


@dataclass(frozen=True, slots=True)
class Amount:
    """`exact` in minor units of the plan currency, with the one rate or unit amount that applied, if it was one."""

    exact: Fraction
    rate: Decimal | None = None
    unit_amount: Decimal | None = None
    volume: VolumeInputs | None = None


def amount_of(
    component: Component,
    basis_value: Fraction,
    position: Position | None,
    currency: str,
    goal: Fraction | None = None,
) -> Amount:
    """`basis_value`: minor units of the plan currency, or units, as component.basis says; `goal` is what a target's
    steps are shares of."""
    match component:
        case RateComponent() | RegisteredDealComponent() | RecurringComponent():
            return Amount(basis_value * Fraction(component.rate), rate=component.rate)
        case PerUnitComponent():
            minor = Fraction(10) ** exponent_of(currency)
            return Amount(basis_value * Fraction(component.amount) * minor, unit_amount=component.amount)
        case VolumeComponent():
            assert position is not None
            return _by_volume(component, basis_value, replace(position, goal=goal), currency)
        case _:
            raise TypeError(f"{component.type} is not paid per credit")


def _by_volume(
    component: VolumeComponent, basis_value: Fraction, position: Position, currency: str
) -> Amount:
    table = TierTable.of(component, currency, position.goal)
    if component.mode is TierMode.MARGINAL and position.own != 0:
        return _marginal(component, table, basis_value, position)
    deciding = {
        # A credit that is paid and not measured, or measures nothing, takes the row at its place.
        TierMode.MARGINAL: position.before,
        TierMode.RETROACTIVE: position.total,
        TierMode.WHOLE_TRANSACTION: position.order_end,
    }[component.mode]
    row = table.row_at(deciding)
    tier = component.rows[row]
    volume = _volume(component, position, deciding, row)
    return Amount(basis_value * table.pays[row], tier.rate, tier.amount, volume)


def _marginal(
    component: VolumeComponent, table: TierTable, basis_value: Fraction, position: Position
) -> Amount:
    """Each slice pays its own row. Where the basis is not what is measured (units measured, revenue paid), the basis
    is spread over the slices in proportion."""
    parts = table.slices(position.before, position.after)
    exact = basis_value * sum((part.volume * part.pay for part in parts), Fraction(0)) / position.own
    slices = tuple(
        PaidSlice(part.row, part.volume, component.rows[part.row].rate, component.rows[part.row].amount)
        for part in parts
    )
    only = component.rows[parts[0].row] if len(parts) == 1 else None
    # The row reached: the upper one of a rise, the lower one of a fall.
    reached = parts[-1].row if position.own > 0 else parts[0].row
    volume = _volume(component, position, position.before, reached, slices)
    return Amount(exact, only.rate if only else None, only.amount if only else None, volume)


def _volume(
    component: VolumeComponent,
    position: Position,
    deciding: Fraction,
    row: int,
    slices: tuple[PaidSlice, ...] = (),
) -> VolumeInputs:
    return VolumeInputs(
        window_starts_on=position.window.starts_on,
        window_ends_on=position.window.ends_on,
        measure=component.measure.value,
        mode=component.mode.value,
        before=position.before,
        after=position.after,
        deciding=deciding,
        row=row,
        measured=position.measured,
        goal=position.goal,
        slices=slices,
    )


def round_within_limits(exact: Fraction, direction: int, component: Component) -> tuple[int, Cut | None]:
    """Floor, then cap, then the rounding. On a credit note (direction -1) the limits are mirrored."""
    limited, limit, limit_minor = direction * exact, "", 0
    floor, cap = component.floor.sale_minor, component.cap.sale_minor
    if floor is not None and limited < floor:
        limited, limit, limit_minor = Fraction(floor), "sale_floor", floor
    if cap is not None and limited > cap:
        limited, limit, limit_minor = Fraction(cap), "sale_cap", cap
    amount_minor = round_half_away(direction * limited)
    if not limit:
        return amount_minor, None
    return amount_minor, Cut(limit, limit_minor, round_half_away(exact) - amount_minor)
