"""The acceptance cases as tests, the real sales in their generated likeness; the command compares the real ones."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.acceptance.back_dating import back_dating
from tests.acceptance.cases import Number, generated_sales, splits, tiers_in_three_modes
from tests.acceptance.clawback import clawback
from tests.acceptance.deals import protected_deal
from tests.acceptance.funds import marketing_funds
from tests.acceptance.imports import ten_thousand_partners
from tests.acceptance.races import at_the_same_moment
from tests.acceptance.segments import engagement_and_potential
from tests.acceptance.stories import (
    currencies,
    goal_and_bonus,
    refund_after_the_close,
    those_above,
)
from tests.acceptance.tiers import tier_example


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "count"),
    [
        (tiers_in_three_modes, 19),
        (splits, 13),
        (engagement_and_potential, 3),
        (protected_deal, 17),
        (those_above, 14),
        (refund_after_the_close, 12),
        (currencies, 7),
        (back_dating, 14),
        (goal_and_bonus, 11),
        (clawback, 23),
        (marketing_funds, 10),
        (tier_example, 8),
        (partial(ten_thousand_partners, 400), 5),
    ],
    ids=[
        "S1",
        "S3",
        "engagement and potential",
        "S7",
        "S2",
        "S5",
        "S6",
        "S10",
        "S9",
        "S4",
        "S8",
        "tiers",
        "a file of partners",
    ],
)
def test_numbers_come_out_through_the_public_door(case: Callable[[], Iterator[Number]], count: int) -> None:
    numbers = list(case())
    assert [number for number in numbers if not number.holds] == []
    assert len(numbers) == count


def test_generated_sales_come_out_through_the_public_door(own_database: str) -> None:
    """With real commits: its shards are large enough for the worker to extend its lease beside their transaction."""
    numbers = list(generated_sales())
    assert [number for number in numbers if not number.holds] == []
    assert len(numbers) == 35


def test_of_two_requests_at_the_same_moment_one_is_served(own_database: str) -> None:
    numbers = list(at_the_same_moment())
    assert [number for number in numbers if not number.holds] == []
    assert len(numbers) == 6
