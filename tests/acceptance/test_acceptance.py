"""The acceptance cases as tests; the real sales have a test of their own beside the engine."""

from collections.abc import Callable, Iterator

import pytest

from tests.acceptance.cases import Number, splits, tiers_in_three_modes


@pytest.mark.django_db
@pytest.mark.parametrize("case", [tiers_in_three_modes, splits], ids=["S1", "S3"])
def test_numbers_come_out_through_the_public_door(case: Callable[[], Iterator[Number]]) -> None:
    numbers = list(case())
    assert [number for number in numbers if not number.holds] == []
    assert len(numbers) >= 9
