"""When two people are needed, and what an adjustment makes of a balance."""

import pytest

from incentives.adjustments.rules import Limit, Standing, needs_second

LIMIT = Limit(100_000, "EUR")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "needed"),
    [
        (100_000, "EUR", False),
        (100_001, "EUR", True),
        (-100_000, "EUR", False),
        (-100_001, "EUR", True),
        (1, "USD", True),
    ],
)
def test_above_the_limit_and_in_other_currencies_two_people_are_needed(
    amount_minor: int, currency: str, needed: bool
) -> None:
    assert needs_second(amount_minor, currency, LIMIT) is needed


@pytest.mark.parametrize(
    ("before_minor", "change_minor", "after_minor", "due_minor"),
    [(5_000, -2_000, 3_000, 0), (5_000, -7_000, -2_000, 2_000), (-1_000, 4_000, 3_000, 0)],
)
def test_what_is_more_than_the_balance_is_due_back(
    before_minor: int, change_minor: int, after_minor: int, due_minor: int
) -> None:
    standing = Standing(before_minor, change_minor)
    assert (standing.after_minor, standing.due_minor) == (after_minor, due_minor)
