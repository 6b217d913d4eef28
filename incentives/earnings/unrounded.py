"""What an entry's stored inputs come to before anything is rounded: the parts of a marginal amount and their sum, the
share that a refund takes, the amount at the payout rate.

Promise: pure and exact; inputs are stored with six places, and what that may have cut is said (`about`).
Called by: earnings.explanation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prm.kit.money import exponent_of

STORED_PLACES = 6


@dataclass(frozen=True)
class Exact:
    """An amount in minor units of a currency, with all that stands behind them."""

    minor: Fraction
    currency: str
    about: bool = False


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
    own = sum((_fraction(piece["volume"]) for piece in slices), Fraction(0))
    if not own:
        return []
    spread = inputs.get("basis") != volume["measure"]  # units are measured, revenue is paid
    basis = _fraction(inputs["basis_value"])
    about = _cut_off(inputs["basis_value"], *(piece["volume"] for piece in slices))
    parts = []
    for piece in slices:
        size = _fraction(piece["volume"])
        base = basis * size / own if spread else size
        parts.append(
            Part(
                row=int(piece["row"]),
                volume=Decimal(str(piece["volume"]))
                if volume["measure"] == "units"
                else Exact(size, currency, about),
                base=Exact(base, currency, about) if spread else None,
                amount=Exact(base * _pay(piece, currency), currency, about),
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
    return Exact(basis.minor * _pay(inputs, currency), currency, basis.about)


def basis_of(inputs: Mapping[str, Any], currency: str) -> Exact:
    """What the rate multiplies, in minor units; or units, as a number."""
    basis = inputs.get("basis_value", inputs["base_minor"])
    return Exact(_fraction(basis), currency, _cut_off(basis))


def total_of(amounts: Iterable[Exact]) -> Exact:
    """The sum of amounts of one currency; at least one."""
    listed = list(amounts)
    about = any(amount.about for amount in listed)
    return Exact(sum((amount.minor for amount in listed), Fraction(0)), listed[0].currency, about)


def share_before_rounding(original_minor: int, share: Any, currency: str) -> Exact:
    """A share of an amount, as a refund takes it back."""
    return Exact(original_minor * _fraction(share), currency, _cut_off(share))


def at_rate(amount_minor: int, base: str, rate: Any, quote: str) -> Exact:
    """Minor units of one currency in another's."""
    shift = Fraction(10) ** (exponent_of(quote) - exponent_of(base))
    return Exact(amount_minor * _fraction(rate) * shift, quote)


def _pay(told: Mapping[str, Any], currency: str) -> Fraction:
    """A rate, or an amount per unit in minor units."""
    if told.get("rate") is not None:
        return _fraction(told["rate"])
    return _fraction(told["unit_amount"]) * Fraction(10) ** exponent_of(currency)


def _fraction(stored: Any) -> Fraction:
    return Fraction(str(stored))


def _cut_off(*stored: Any) -> bool:
    """Whether a stored number uses every place it has: there may have been more."""
    return any(len(str(text).partition(".")[2]) >= STORED_PLACES for text in stored)
