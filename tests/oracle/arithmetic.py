"""Whole minor units out of exact fractions: one rounding, one split, the places of currencies."""

from collections.abc import Mapping
from fractions import Fraction

NO_PLACES = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
THREE_PLACES = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
PLACES = dict.fromkeys(NO_PLACES, 0) | dict.fromkeys(THREE_PLACES, 3)


def places(currency: str) -> int:
    return PLACES.get(currency, 2)


def to_minor(major: str | Fraction, currency: str) -> Fraction:
    """Exact minor units of an amount that is written in major ones."""
    scale: int = 10 ** places(currency)
    return Fraction(major) * scale


def half_away(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    size = (2 * abs(value) + 1) // 2
    return -size if value < 0 else size


def turn(first: str) -> bytes:
    """Ties of the largest remainder go to the lower code, by bytes."""
    return first.encode()


def largest_remainder(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """`total` in whole parts by code; a negative total is the mirror of the positive one."""
    whole = sum(weights.values())
    ideal = {code: abs(total) * weight / whole for code, weight in weights.items()}
    parts = {code: int(share // 1) for code, share in ideal.items()}
    left = abs(total) - sum(parts.values())
    for code in sorted(ideal, key=lambda code: (parts[code] - ideal[code], turn(code)))[:left]:
        parts[code] += 1
    return parts if total >= 0 else {code: -part for code, part in parts.items()}
