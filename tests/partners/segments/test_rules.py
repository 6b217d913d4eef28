"""Spans of days, the decay of engagement, and the percentile, by the numbers of the acceptance page."""

from datetime import date
from decimal import Decimal

import pytest

from partners.segments.rules import (
    Span,
    engagement,
    months_before,
    percentile,
    span_before,
    span_over,
    suits_over,
)

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("over", "span", "before"),
    [
        ("12m", (date(2025, 7, 1), date(2026, 7, 1)), (date(2024, 7, 1), date(2025, 7, 1))),
        ("1m", (date(2026, 6, 1), date(2026, 7, 1)), (date(2026, 5, 1), date(2026, 6, 1))),
        ("2025", (date(2025, 1, 1), date(2026, 1, 1)), (date(2024, 1, 1), date(2025, 1, 1))),
        ("2026", (date(2026, 1, 1), date(2026, 7, 1)), (date(2025, 1, 1), date(2026, 1, 1))),
        ("2026-Q1", (date(2026, 1, 1), date(2026, 4, 1)), (date(2025, 10, 1), date(2026, 1, 1))),
        ("2026-03", (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 2, 1), date(2026, 3, 1))),
        ("2027", (date(2027, 1, 1), date(2027, 1, 1)), (date(2026, 1, 1), date(2027, 1, 1))),
    ],
)
def test_spans_end_with_the_day_they_are_asked_for(
    over: str, span: tuple[date, date], before: tuple[date, date]
) -> None:
    assert span_over(over, DAY) == Span(*span)
    assert span_before(over, DAY) == Span(*before)


@pytest.mark.parametrize("text", ["0m", "61m", "12", "2026-Q5", "2026-13", "m", "", "12m "])
def test_other_texts_name_no_span(text: str) -> None:
    assert not suits_over(text)


def test_a_month_that_is_too_short_gives_its_last_day() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)


def test_engagement_of_the_example() -> None:
    events = [(Decimal(20), 0), (Decimal(15), 90), (Decimal(10), 180)]
    assert engagement(events) == Decimal("30.0")


@pytest.mark.parametrize(
    ("values", "expected"),
    [([10, 20, 30, 40, 50], Decimal(42)), ([50, 10], Decimal(42)), ([7], Decimal(7)), ([], None)],
)
def test_the_percentile_is_continuous(values: list[int], expected: Decimal | None) -> None:
    assert percentile(values, Decimal("0.8")) == expected
