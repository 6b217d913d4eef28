"""The arithmetic of marketing funds: case S8, rounding, limits, deadlines."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.funds.rules import (
    CostShare,
    approvable,
    due_reminder,
    is_over,
    needs_second,
    share_of,
    shares_of,
)

HALF = Decimal(50)
UNTIL = date(2026, 6, 30)


def test_s8_of_an_allocation_of_8000_at_half() -> None:
    allocated = 800_000
    first = approvable(share_of(1_200_000, HALF), allocated)
    assert first == 600_000

    (claim,) = shares_of([740_000], share_percent=HALF, left_minor=first)
    assert claim == CostShare(370_000, 370_000)
    (claim,) = shares_of([600_000], share_percent=HALF, left_minor=first - 370_000)
    assert (claim.share_minor, claim.paid_minor, claim.refused_minor) == (300_000, 230_000, 70_000)

    asked = share_of(700_000, HALF)
    second = approvable(asked, allocated - first)
    assert (asked, second) == (350_000, 200_000)
    (claim,) = shares_of([300_000], share_percent=HALF, left_minor=second)
    assert (claim.paid_minor, second - claim.paid_minor) == (150_000, 50_000)


@pytest.mark.parametrize(
    ("cost_minor", "percent", "share_minor"),
    [
        (1, "50", 1),
        (3, "50", 2),
        (333, "33.33", 111),
        (100, "0.5", 1),
        (99, "0.5", 0),
        (10_001, "100", 10_001),
    ],
)
def test_a_share_is_rounded_once_half_away_from_zero(cost_minor: int, percent: str, share_minor: int) -> None:
    assert share_of(cost_minor, Decimal(percent)) == share_minor


def test_each_line_is_rounded_and_the_earlier_one_is_paid_first() -> None:
    shares = shares_of([101, 101, 101], share_percent=HALF, left_minor=80)
    assert [(one.share_minor, one.paid_minor, one.refused_minor) for one in shares] == [
        (51, 51, 0),
        (51, 29, 22),
        (51, 0, 51),
    ]


def test_a_refused_cost_leaves_its_room_to_the_others() -> None:
    shares = shares_of([200, 200], share_percent=HALF, left_minor=100, refused=[True, False])
    assert [(one.paid_minor, one.refused_minor) for one in shares] == [(0, 100), (100, 0)]


@given(
    nets=st.lists(st.integers(1, 10**12), max_size=20),
    percent=st.decimals("0.01", "100", places=2),
    left=st.integers(-5, 10**12),
)
def test_never_more_is_paid_than_is_left_nor_than_was_computed(
    nets: list[int], percent: Decimal, left: int
) -> None:
    shares = shares_of(nets, share_percent=percent, left_minor=left)
    assert sum(one.paid_minor for one in shares) == max(0, min(left, sum(one.share_minor for one in shares)))
    assert all(0 <= one.paid_minor <= one.share_minor for one in shares)


def test_nothing_is_approvable_of_an_allocation_that_is_used_up() -> None:
    assert approvable(100, 0) == approvable(100, -1) == 0


def test_the_limit_itself_needs_no_second_person() -> None:
    assert not needs_second(100_000, 100_000)
    assert needs_second(100_001, 100_000)


def test_the_last_day_still_counts() -> None:
    assert not is_over(UNTIL, UNTIL)
    assert is_over(UNTIL, UNTIL + timedelta(days=1))


@pytest.mark.parametrize(
    ("days_before", "reminded", "due"),
    [(15, None, None), (14, None, 14), (9, None, 14), (9, 14, None), (3, 14, 3), (2, None, 3), (1, 3, None),
     (-1, 14, None)],
)  # fmt: skip
def test_each_reminder_is_due_once(days_before: int, reminded: int | None, due: int | None) -> None:
    assert due_reminder(UNTIL, UNTIL - timedelta(days=days_before), reminded) == due
