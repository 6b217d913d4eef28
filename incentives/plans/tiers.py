"""Tier tables as arithmetic (money.md 2 "Tier bounds", "A negative volume", 3 `tiers`, 5 S1).

Promise: the slices between two volumes total their difference exactly; called by incentives.plans.amounts."""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from incentives.plans.document import Measure, VolumeComponent
from prm.kit.money import exponent_of


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a movement inside one row; `volume` is negative when the movement goes down."""

    row: int
    volume: Fraction
    pay: Fraction


@dataclass(frozen=True, slots=True)
class TierTable:
    """Lower bounds in the measured unit (minor units, or units) and what each row pays: a rate, or an amount in
    minor units per unit."""

    bounds: tuple[Fraction, ...]
    pays: tuple[Fraction, ...]

    @classmethod
    def of(cls, component: VolumeComponent, currency: str, goal: Fraction | None) -> "TierTable":
        """`goal`, in the measured unit, is what the bounds are shares of; None: they are volumes themselves."""
        minor = Fraction(10) ** exponent_of(currency)
        volume = Fraction(1) if component.measure is Measure.UNITS else minor
        unit = volume if goal is None else goal
        return cls(
            tuple(Fraction(row.starts_at) * unit for row in component.rows),
            tuple(
                Fraction(row.rate) if row.rate is not None else Fraction(row.amount or 0) * minor
                for row in component.rows
            ),
        )

    def row_at(self, volume: Fraction) -> int:
        """Lower bounds are inclusive; a negative volume is in the first row."""
        return max(bisect_right(self.bounds, volume) - 1, 0)

    def slices(self, before: Fraction, after: Fraction) -> tuple[Slice, ...]:
        """The movement cut at the bounds, from the lower volume up; the first row reaches down without end."""
        low, high = min(before, after), max(before, after)
        sign = 1 if after >= before else -1
        cut: list[Slice] = []
        for row in range(self.row_at(low), len(self.bounds)):
            upper = self.bounds[row + 1] if row + 1 < len(self.bounds) else high
            volume = min(high, upper) - low
            if volume > 0:
                cut.append(Slice(row, sign * volume, self.pays[row]))
            low = max(low, min(high, upper))
            if low >= high:
                break
        return tuple(cut)

    def weighted(self, before: Fraction, after: Fraction) -> Fraction:
        """The sum of slice volume times its pay."""
        return sum((part.volume * part.pay for part in self.slices(before, after)), Fraction(0))
