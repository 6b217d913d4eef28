"""Amounts on their way from stored inputs to what is posted: each as a spreadsheet writes it, and as all that it may
have been.

Promise: one operation makes both, so that a formula and a calculation again cannot say different things; pure. Called
by: earnings.formulas."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from incentives.earnings.unrounded import Exact, number_of
from prm.kit.money import Money, exponent_of
from prm.kit.rounding import round_half_away


@dataclass(frozen=True)
class Span:
    """Minor units: what the stored numbers come to as they stand, and the least and the most that they may have been
    stored for."""

    point: Fraction
    least: Fraction
    most: Fraction

    @classmethod
    def of(cls, exact: Exact) -> "Span":
        return cls(exact.minor, exact.minor - exact.slack, exact.minor + exact.slack)

    def through(self, rising: Callable[[Fraction], Fraction]) -> "Span":
        """Through a function that never falls."""
        return Span(rising(self.point), rising(self.least), rising(self.most))

    def minus(self, other: "Span") -> "Span":
        return Span(self.point - other.point, self.least - other.most, self.most - other.least)

    def times(self, other: "Span") -> "Span":
        ends = [one * two for one in (self.least, self.most) for two in (other.least, other.most)]
        return Span(self.point * other.point, min(ends), max(ends))


@dataclass(frozen=True)
class Term:
    """`text` is in whole units of the currency, without the sign of equality before it."""

    text: str
    span: Span
    currency: str

    @classmethod
    def of(cls, money: Money) -> "Term":
        minor = Fraction(money.amount_minor)
        return cls(major(money), Span(minor, minor, minor), money.currency)

    @property
    def places(self) -> int:
        return exponent_of(self.currency)

    def rounded(self) -> "Term":
        span = self.span.through(lambda minor: Fraction(round_half_away(minor)))
        return replace(self, text=f"ROUND({self.text},{self.places})", span=span)

    def at_most(self, limit: Money) -> "Term":
        span = self.span.through(lambda minor: min(minor, Fraction(limit.amount_minor)))
        return replace(self, text=f"MIN({self.text},{major(limit)})", span=span)

    def at_least(self, limit: Money) -> "Term":
        span = self.span.through(lambda minor: max(minor, Fraction(limit.amount_minor)))
        return replace(self, text=f"MAX({self.text},{major(limit)})", span=span)

    def part(self, part: int, of: int) -> "Term":
        span = self.span.through(lambda minor: minor * Fraction(part, of))
        return replace(self, text=f"{self.text}*{part}/{of}", span=span)

    def of_share(self, share: Any) -> "Term":
        return replace(self, text=f"{self.text}*{plain(share)}", span=self.span.times(_span_of(share)))

    def less(self, other: "Term") -> "Term":
        return replace(self, text=f"{self.text}-{other.text}", span=self.span.minus(other.span))

    def unless_zero(self, money: Money) -> "Term":
        """Less an amount, where there is any."""
        return self.less(Term.of(money)) if money.amount_minor else self

    def converted(self, rate: Any, currency: str) -> "Term":
        shift = Fraction(10) ** (exponent_of(currency) - self.places)
        span = self.span.times(_span_of(rate)).through(lambda minor: minor * shift)
        return Term(f"({self.text})*{plain(rate)}", span, currency)

    def standing_for(self, money: Money) -> "Term":
        """Written as the amount that was posted."""
        return replace(self, text=major(money))


def _span_of(stored: Any) -> Span:
    number = number_of(stored)
    return Span(number.value, number.value - number.slack, number.value + number.slack)


def major(money: Money) -> str:
    """In whole units; a negative one in brackets, so that it can stand behind any sign."""
    text = whole_units(money.amount_minor, money.currency)
    return f"({text})" if money.amount_minor < 0 else text


def whole_units(minor: Any, currency: str) -> str:
    """Minor units, perhaps with a fraction, in whole units."""
    return plain(Decimal(str(minor)).scaleb(-exponent_of(currency)))


def plain(number: Any) -> str:
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
