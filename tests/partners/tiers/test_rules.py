"""Who rises, who is warned, who falls, and when: by the example of the programme's page."""

from datetime import date

import pytest

from partners.tiers.rules import (
    Calendar,
    Standing,
    decide,
    falls_next,
    falls_on,
    is_review,
    next_review,
    put_off,
)

QUARTERS = Calendar()
MAY, JUNE_30, JULY = date(2026, 5, 1), date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("every", "day", "review"),
    [
        ("quarter", date(2026, 5, 1), date(2026, 7, 1)),
        ("quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("half", date(2026, 5, 1), date(2026, 7, 1)),
        ("half", date(2026, 8, 1), date(2027, 1, 1)),
        ("year", date(2026, 5, 1), date(2027, 1, 1)),
    ],
)
def test_reviews_begin_with_their_period(every: str, day: date, review: date) -> None:
    calendar = Calendar(every=every)
    assert next_review(calendar, day) == review
    assert is_review(calendar, review)


def test_a_warning_leaves_its_sixty_days() -> None:
    assert falls_on(QUARTERS, MAY) == JULY
    assert falls_on(QUARTERS, date(2026, 5, 2)) == date(2026, 10, 1)
    assert falls_on(Calendar(grace_days=30), MAY) == date(2026, 7, 31)


@pytest.mark.parametrize(
    ("standing", "today", "verdict"),
    [
        (Standing(held=2, reached=1), MAY, "warn"),
        (Standing(held=2, reached=1, falls_on=JULY), JUNE_30, "keep"),
        (Standing(held=2, reached=1, falls_on=JULY), JULY, "fall"),
        (Standing(held=2, reached=2, falls_on=JULY), JULY, "keep"),
        (Standing(held=1, reached=2), MAY, "rise"),
        (Standing(held=2, reached=0, pinned=True, falls_on=JULY), JULY, "pinned"),
    ],
)
def test_what_happens_to_a_partner(standing: Standing, today: date, verdict: str) -> None:
    assert decide(standing, QUARTERS, today) == verdict


@pytest.mark.parametrize(("today", "verdict"), [(MAY, "keep"), (JULY, "rise")])
def test_a_programme_may_raise_at_reviews_alone(today: date, verdict: str) -> None:
    assert decide(Standing(held=1, reached=2), Calendar(rises_at_once=False), today) == verdict


@pytest.mark.parametrize(
    ("falls", "grace", "today", "is_next", "then"),
    [
        (JULY, 0, MAY, True, date(2026, 10, 1)),
        (JULY, 0, date(2026, 7, 5), True, date(2026, 10, 1)),
        (date(2026, 7, 31), 30, MAY, True, date(2026, 10, 1)),
        (date(2026, 7, 31), 0, MAY, False, date(2026, 10, 1)),
        (date(2026, 10, 1), 0, MAY, False, date(2027, 1, 1)),
    ],
)
def test_who_is_left_out_has_until_the_review_after_its_own(
    falls: date, grace: int, today: date, is_next: bool, then: date
) -> None:
    calendar = Calendar(grace_days=grace)
    assert falls_next(calendar, falls, today) is is_next
    assert put_off(calendar, falls, today) == then
