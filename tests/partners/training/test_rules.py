"""When a quiz is passed, may be tried again, and until when a certificate holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from partners.training.rules import (
    EXPIRED,
    REVOKED,
    UNKNOWN,
    VALID,
    chance_of,
    due_reminder,
    is_passed,
    standing_on,
    valid_until,
)

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("right", "asked", "percent", "passes"),
    [(4, 5, 80, True), (3, 4, 80, False), (2, 3, 66, True), (2, 3, 67, False), (0, 0, 1, False)],
)
def test_the_percent_is_met_or_not(right: int, asked: int, percent: int, passes: bool) -> None:
    assert is_passed(right, asked, percent) is passes


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 15), 12, date(2027, 3, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), None, None),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_one(
    issued: date, months: int | None, until: date | None
) -> None:
    assert valid_until(issued, months) == until


def test_attempts_are_counted_and_waited_for() -> None:
    failed = [NOW - timedelta(hours=30), NOW - timedelta(hours=10)]
    chance = chance_of(failed, allowed=3, wait_hours=24, now=NOW)
    assert (chance.left, chance.opens_at) == (1, NOW + timedelta(hours=14))
    assert chance_of(failed, allowed=2, wait_hours=0, now=NOW).is_used_up
    assert chance_of(failed, allowed=0, wait_hours=0, now=NOW).left is None


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 3, 31), UNKNOWN),
        (date(2026, 4, 1), VALID),
        (date(2026, 4, 30), VALID),
        (date(2026, 5, 1), EXPIRED),
    ],
)
def test_it_holds_on_its_days(day: date, standing: str) -> None:
    assert standing_on(day, date(2026, 4, 1), date(2026, 5, 1), None) == standing


def test_revoked_counts_from_its_day_on() -> None:
    assert standing_on(date(2026, 4, 9), date(2026, 4, 1), None, date(2026, 4, 10)) == VALID
    assert standing_on(date(2026, 4, 10), date(2026, 4, 1), None, date(2026, 4, 10)) == REVOKED


@pytest.mark.parametrize(
    ("left", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (7, 7), (1, 7), (0, None)]
)
def test_reminders_come_at_60_30_and_7_days(left: int, due: int | None) -> None:
    assert due_reminder(date(2026, 4, 1) + timedelta(days=left), date(2026, 4, 1)) == due
