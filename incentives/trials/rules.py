"""Pure decisions of a trial: its months, whose change is large, what lies at the next bound.

Promise: no database, no clock; called by trials.{actions,presentation,rehearsal}."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from incentives.plans.document import BonusStep, Tier, VolumeComponent
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away

LONGEST_TRIAL = 36
LARGE_CHANGE = Decimal("0.2")


def months_between(first_on: date, last_on: date) -> list[date]:
    """First days of the months from the first to the last, both included."""
    return list(_months(Period.of(first_on), Period.of(last_on)))


def _months(first: Period, last: Period) -> Iterator[date]:
    while first <= last:
        yield first.starts_on
        first = first.plus(1)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody gets without the version and with it, in minor units."""

    old_minor: int
    new_minor: int

    @property
    def difference_minor(self) -> int:
        return self.new_minor - self.old_minor

    @property
    def share(self) -> Decimal | None:
        """Of what it was; None: there was nothing, or less."""
        if self.old_minor <= 0:
            return None
        return Decimal(self.difference_minor) / Decimal(self.old_minor)

    @property
    def is_large(self) -> bool:
        """More than a fifth of what it was; all of it where there was nothing."""
        if self.share is None:
            return self.difference_minor != 0
        return abs(self.share) > LARGE_CHANGE


@dataclass(frozen=True, slots=True)
class Chance:
    """The next bound of a retroactive table: how much is missing and what reaching it pays on what is sold already.
    Volumes are exact, in whole units of the currency or in units."""

    bound: Decimal
    missing: Decimal
    gain_minor: int


def chance_at(
    component: VolumeComponent, *, row: int, volume: Decimal, basis: Decimal, goal: Decimal | None, unit: int
) -> Chance | None:
    """`volume`, `basis` and `goal` in the measured unit, of which `unit` make a whole one; None: the last row is
    reached."""
    rows = component.rows
    if row + 1 >= len(rows):
        return None
    whole = Decimal(unit)
    bound = rows[row + 1].starts_at * (whole if goal is None else goal)
    gain = basis * (_pay(rows, row + 1, unit) - _pay(rows, row, unit))
    return Chance(bound / whole, (bound - volume) / whole, round_half_away(gain))


def _pay(rows: Sequence[Tier], place: int, unit: int) -> Decimal:
    """Minor units per measured unit of the basis."""
    row = rows[place]
    return row.rate if row.rate is not None else (row.amount or Decimal(0)) * unit


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a table with the volume at which it begins, and what is missing to it (0: reached)."""

    bound: Decimal
    missing: Decimal
    pays: Tier | BonusStep

    @property
    def is_reached(self) -> bool:
        return self.missing == 0

    @property
    def is_prorated(self) -> bool:
        """Whether it begins at the partner's part of what the plan says."""
        return isinstance(self.pays, BonusStep) and self.pays.prorate


def steps_of(rows: Sequence[Tier], *, volume: Decimal, goal: Decimal | None) -> list[Step]:
    """In whole units; the bounds of a target are shares of its goal."""
    steps = []
    for row in rows:
        bound = row.starts_at if goal is None else row.starts_at * goal
        steps.append(Step(bound, max(bound - volume, Decimal(0)), row))
    return steps


def bonus_steps_of(rows: Sequence[BonusStep], *, volume: Decimal, bounds: Sequence[str | None]) -> list[Step]:
    """In whole units; `bounds` as a standing keeps them. A step whose prorated goal comes to nothing is left out."""
    return [
        Step(Decimal(bound), max(Decimal(bound) - volume, Decimal(0)), row)
        for row, bound in zip(rows, bounds, strict=True)
        if bound is not None
    ]


def forecast(volume: Decimal, starts_on: date, ends_on: date, as_of: date) -> Decimal | None:
    """The volume at the end of the window if each day to come sells as much as the days so far did, today included;
    None: nothing was sold."""
    passed = (as_of - starts_on).days + 1
    if volume <= 0 or passed <= 0:
        return None
    return volume * (ends_on - starts_on).days / passed
