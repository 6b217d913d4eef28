"""Exchange rates as a calculation uses them (money.md 2 "Currency").

Promise: the rate of the day, else the last one of the 7 days before, else none; never a guessed 1.0.
Called by: the reference; the SQL compiler repeats the same choice."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from incentives.plans.facts import ExchangeRate
from prm.kit.money import exponent_of

OLDEST_RATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`factor` turns minor units of one currency into minor units of the other; `row` is None within one currency."""

    factor: Fraction
    row: ExchangeRate | None = None


SAME_CURRENCY = Conversion(Fraction(1))


class RateBook:
    """Stored rates by pair and day. Only the stored direction is used: a rate is not turned round."""

    def __init__(self, rates: Iterable[ExchangeRate]) -> None:
        self._days: dict[tuple[str, str], list[date]] = {}
        self._rows: dict[tuple[str, str], list[ExchangeRate]] = {}
        self._found: dict[tuple[str, str, date], Conversion | None] = {}
        for rate in sorted(rates, key=lambda item: (item.published_on, item.id)):
            pair = (rate.base, rate.quote)
            self._days.setdefault(pair, []).append(rate.published_on)
            self._rows.setdefault(pair, []).append(rate)

    def conversion(self, base: str, quote: str, day: date) -> Conversion | None:
        """How to convert on the day; None: no rate, so the line stops."""
        if base == quote:
            return SAME_CURRENCY
        key = (base, quote, day)
        if key not in self._found:
            self._found[key] = self._look_up(base, quote, day)
        return self._found[key]

    def _look_up(self, base: str, quote: str, day: date) -> Conversion | None:
        place = bisect_right(self._days.get((base, quote), []), day)
        if place == 0:
            return None
        row = self._rows[base, quote][place - 1]
        if day - row.published_on > OLDEST_RATE:
            return None
        return Conversion(Fraction(row.rate) * Fraction(10) ** (exponent_of(quote) - exponent_of(base)), row)
