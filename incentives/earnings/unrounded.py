"""What an entry's stored inputs come to before anything is rounded: the parts of a marginal amount and their sum, the
share that a refund takes, the amount at the payout rate.

Promise: pure and exact; inputs are stored with six places: what that may have cut is said (`about`), and how far it may
lie off (`slack`). Called by: earnings.{explanation,formulas}."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prm.kit.money import exponent_of

STORED_PLACES = 6
HALF_A_PLACE = Fraction(1, 2 * 10**STORED_PLACES)


@dataclass(frozen=True)
class Exact:
    """An amount in minor units of a currency, with all that stands behind them. What was multiplied lies within
    `slack` of it, on either side."""

    minor: Fraction
    currency: str
    about: bool = False
    slack: Fraction = field(default=Fraction(0), compare=False)


@dataclass(frozen=True)
class Number:
    """A number and how far the one that it was stored for may lie off."""

    value: Fraction
    slack: Fraction = Fraction(0)

    def __mul__(self, other: "Number") -> "Number":
        off = abs(self.value) * other.slack + abs(other.value) * self.slack + self.slack * other.slack
        return Number(self.value * other.value, off)

    def __truediv__(self, other: "Number") -> "Number":
        """By a sum of numbers of one sign that are not all zero; one that is stored as another than zero is more than
        half a place."""
        least = max(abs(other.value) - other.slack, HALF_A_PLACE)
        quotient = self.value / other.value
        return Number(quotient, (self.slack + abs(quotient) * other.slack) / least)

    def __add__(self, other: "Number") -> "Number":
        return Number(self.value + other.value, self.slack + other.slack)

    def as_amount(self, currency: str, *, about: bool) -> Exact:
        return Exact(self.value, currency, about, self.slack)


@dataclass(frozen=True)
class Part:
    """A marginal amount's part in one row of the table: the volume in it (units, or an amount), what the rate is of
    where that is something else, and what it earns."""

    row: int
    volume: Exact | Decimal
    base: Exact | None
    amount: Exact


def parts_of(inputs: Mapping[str, Any], currency: str) -> list[Part]:
    """The slices of a marginal amount; none in other modes."""
    volume = inputs.get("volume") or {}
    slices: Sequence[Mapping[str, Any]] = volume.get("slices") or []
    own = sum((number_of(piece["volume"]) for piece in slices), Number(Fraction(0)))
    if not own.value:
        return []
    spread = inputs.get("basis") != volume["measure"]  # units are measured, revenue is paid
    basis = number_of(inputs["basis_value"])
    about = _cut_off(inputs["basis_value"], *(piece["volume"] for piece in slices))
    parts = []
    for piece in slices:
        size = number_of(piece["volume"])
        base = basis * size / own if spread else size
        parts.append(
            Part(
                row=int(piece["row"]),
                volume=Decimal(str(piece["volume"]))
                if volume["measure"] == "units"
                else size.as_amount(currency, about=about),
                base=base.as_amount(currency, about=about) if spread else None,
                amount=(base * _pay(piece, currency)).as_amount(currency, about=about),
            )
        )
    return parts


def amount_before_rounding(inputs: Mapping[str, Any], currency: str) -> Exact | None:
    """What the rate or the amount per unit comes to; None where the inputs name neither."""
    parts = parts_of(inputs, currency)
    if parts:
        return total_of(part.amount for part in parts)
    if inputs.get("rate") is None and inputs.get("unit_amount") is None:
        return None
    basis = basis_of(inputs, currency)
    return (Number(basis.minor, basis.slack) * _pay(inputs, currency)).as_amount(currency, about=basis.about)


def basis_of(inputs: Mapping[str, Any], currency: str) -> Exact:
    """What the rate multiplies, in minor units; or units, as a number."""
    basis = inputs.get("basis_value", inputs["base_minor"])
    return number_of(basis).as_amount(currency, about=_cut_off(basis))


def total_of(amounts: Iterable[Exact]) -> Exact:
    """The sum of amounts of one currency; at least one."""
    listed = list(amounts)
    about = any(amount.about for amount in listed)
    total = sum((Number(amount.minor, amount.slack) for amount in listed), Number(Fraction(0)))
    return total.as_amount(listed[0].currency, about=about)


def share_before_rounding(original_minor: int, share: Any, currency: str) -> Exact:
    """A share of an amount, as a refund takes it back."""
    taken = Number(Fraction(original_minor)) * number_of(share)
    return taken.as_amount(currency, about=_cut_off(share))


def at_rate(amount_minor: int, base: str, rate: Any, quote: str) -> Exact:
    """Minor units of one currency in another's."""
    shift = Number(Fraction(10) ** (exponent_of(quote) - exponent_of(base)))
    return (Number(Fraction(amount_minor)) * number_of(rate) * shift).as_amount(quote, about=False)


def number_of(stored: Any) -> Number:
    """Texts are stored with six places; a whole number, and a Decimal that was read where all places stand, lack
    nothing."""
    return Number(Fraction(str(stored)), HALF_A_PLACE if isinstance(stored, str) else Fraction(0))


def _pay(told: Mapping[str, Any], currency: str) -> Number:
    """A rate, or an amount per unit in minor units."""
    if told.get("rate") is not None:
        return number_of(told["rate"])
    return number_of(told["unit_amount"]) * Number(Fraction(10) ** exponent_of(currency))


def _cut_off(*stored: Any) -> bool:
    """Whether a stored number uses every place it has: there may have been more."""
    return any(len(str(text).partition(".")[2]) >= STORED_PLACES for text in stored)
