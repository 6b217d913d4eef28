"""Half away from zero, and splits that total the whole."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.kit.rounding import WeightsInvalid, round_half_away, split_by_weights

amounts = st.integers(-(10**12), 10**12)
weight_lists = st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Decimal("2.4999"), 2),
        (Decimal("-0.5"), -1),
        (Fraction(1, 3), 0),
        (7, 7),
    ],
)
def test_half_goes_away_from_zero(value: Fraction | Decimal | int, rounded: int) -> None:
    assert round_half_away(value) == rounded


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        round_half_away(0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        split_by_weights(100, [0.5, 0.5])  # type: ignore[list-item]


@given(st.fractions())
def test_rounding_mirrors(value: Fraction) -> None:
    assert round_half_away(-value) == -round_half_away(value)
    assert abs(round_half_away(value) - value) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (10000, [1, 1, 1], [3334, 3333, 3333]),
        (999999, [1, 1, 1], [333333, 333333, 333333]),
        (9999, [75, 25], [7499, 2500]),
        (-10000, [1, 1, 1], [-3334, -3333, -3333]),
        (1, [0, 1, 1], [0, 1, 0]),
        (5, [Decimal("33.333333"), Decimal("66.666667")], [2, 3]),
        (0, [2, 3], [0, 0]),
    ],
)
def test_largest_remainder(amount: int, weights: list[int], parts: list[int]) -> None:
    assert split_by_weights(amount, weights) == parts


@given(amounts, weight_lists)
def test_split_totals_the_whole(amount: int, weights: list[Fraction]) -> None:
    parts = split_by_weights(amount, weights)
    assert sum(parts) == amount
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < 1


@given(amounts, weight_lists)
def test_split_of_the_negative_mirrors(amount: int, weights: list[Fraction]) -> None:
    assert split_by_weights(-amount, weights) == [-part for part in split_by_weights(amount, weights)]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_refused(weights: list[int]) -> None:
    with pytest.raises(WeightsInvalid):
        split_by_weights(100, weights)
