"""Calendar months and the windows in which volume accumulates.

Promise: all spans are half-open [starts_on, ends_on) and begin at the fiscal month; called by rules and queries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WindowKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS_IN_YEAR = 12
_MONTHS_IN = {WindowKind.MONTH: 1, WindowKind.QUARTER: 3, WindowKind.YEAR: MONTHS_IN_YEAR}
_CODE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A calendar month, the accounting period of a tenant. Its code is `2026-03`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: date) -> "Period":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, code: str) -> "Period":
        match = _CODE.fullmatch(code)
        if match is None:
            raise ValueError(f"{code!r} is not a period such as 2026-03")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def starts_on(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def ends_on(self) -> date:
        return self.plus(1).starts_on

    def plus(self, months: int) -> "Period":
        index = self.year * MONTHS_IN_YEAR + self.month - 1 + months
        return Period(index // MONTHS_IN_YEAR, index % MONTHS_IN_YEAR + 1)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """A span of whole months, half-open."""

    starts_on: date
    ends_on: date
    kind: WindowKind

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on

    @property
    def last_period(self) -> Period:
        return Period.of(self.ends_on).plus(-1)

    def periods(self) -> Iterator[Period]:
        period = Period.of(self.starts_on)
        while period.starts_on < self.ends_on:
            yield period
            period = period.plus(1)


def window_of(day: date, kind: WindowKind | str, fiscal_month: int = 1) -> Window:
    """The month, quarter or year that holds the day, in a fiscal year beginning on the 1st of `fiscal_month`."""
    if not 1 <= fiscal_month <= MONTHS_IN_YEAR:
        raise ValueError("fiscal_month is 1 to 12")
    kind = WindowKind(kind)
    length = _MONTHS_IN[kind]
    into_fiscal_year = (day.month - fiscal_month) % MONTHS_IN_YEAR
    first = Period.of(day).plus(-(into_fiscal_year % length))
    return Window(first.starts_on, first.plus(length).starts_on, kind)
