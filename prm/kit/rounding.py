"""The one rounding and the one split of the product.

Promises: half away from zero, so a reversal mirrors what it reverses; the parts of a split total the whole exactly.
Called by: every rule that ends in minor units."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Exact = int | Fraction | Decimal


class WeightsInvalid(ValueError):
    """A split without a positive weight, or with a negative one."""

    code = "weights_invalid"


def exact(value: Exact) -> Fraction:
    """The value as a fraction. Floats are refused: they have already lost what we count."""
    if isinstance(value, bool) or not isinstance(value, int | Fraction | Decimal):
        raise TypeError(f"{type(value).__name__} is not an exact number")
    return Fraction(value)


def round_half_away(value: Exact) -> int:
    """The nearest whole number; a half goes away from zero: 2.5 -> 3, -2.5 -> -3."""
    fraction = exact(value)
    whole, rest = divmod(abs(fraction.numerator), fraction.denominator)
    if 2 * rest >= fraction.denominator:
        whole += 1
    return -whole if fraction < 0 else whole


def split_by_weights(amount_minor: int, weights: Sequence[Exact]) -> list[int]:
    """Largest remainder, in the order of the weights.

    Remainders are compared exactly and ties go to the earlier weight, so the caller orders by key. Zero weight
    gets nothing. A negative amount is allocated by its absolute value, which makes it the mirror of the positive.
    """
    if type(amount_minor) is not int:
        raise TypeError("amount_minor is a whole number of minor units")
    shares = [exact(weight) for weight in weights]
    total = sum(shares, Fraction(0))
    if total <= 0 or any(share < 0 for share in shares):
        raise WeightsInvalid("weights must not be negative and at least one must be positive")
    parts: list[int] = []
    remainders: list[Fraction] = []
    for share in shares:
        ideal = abs(amount_minor) * share / total
        parts.append(ideal.numerator // ideal.denominator)
        remainders.append(ideal - parts[-1])
    left = abs(amount_minor) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts if amount_minor >= 0 else [-part for part in parts]
