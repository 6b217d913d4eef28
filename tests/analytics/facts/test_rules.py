"""Spans and what they are compared with."""

from datetime import date

import pytest

from analytics.facts.rules import Span, change_percent, span_before, span_of

TODAY = date(2026, 5, 10)


def span(start: str, end: str) -> Span:
    return Span(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("code", "now", "before"),
    [
        ("month", span("2026-05-01", "2026-06-01"), span("2026-04-01", "2026-04-11")),
        ("last-month", span("2026-04-01", "2026-05-01"), span("2026-03-01", "2026-04-01")),
        ("quarter", span("2026-04-01", "2026-06-01"), span("2026-01-01", "2026-02-11")),
        ("last-quarter", span("2026-01-01", "2026-04-01"), span("2025-10-01", "2026-01-01")),
        ("year", span("2026-01-01", "2026-06-01"), span("2025-01-01", "2025-05-11")),
        ("last-year", span("2025-01-01", "2026-01-01"), span("2024-01-01", "2025-01-01")),
        ("12-months", span("2025-06-01", "2026-06-01"), span("2024-06-01", "2025-05-11")),
        ("nonsense", span("2026-04-01", "2026-06-01"), span("2025-02-01", "2025-03-11")),
    ],
)
def test_spans_and_their_comparison(code: str, now: Span, before: Span) -> None:
    assert span_of(code, TODAY, 1) == now
    if code != "nonsense":
        assert span_before(code, now, TODAY) == before


def test_the_fiscal_year_begins_where_the_tenant_says() -> None:
    assert span_of("year", TODAY, 4) == span("2026-04-01", "2026-06-01")
    assert span_of("quarter", date(2026, 3, 31), 2) == span("2026-02-01", "2026-04-01")


def test_a_short_month_is_compared_as_far_as_it_goes() -> None:
    assert span_before("month", span("2026-03-01", "2026-04-01"), date(2026, 3, 31)) == span(
        "2026-02-01", "2026-03-01"
    )


def test_whole_months_and_their_rest() -> None:
    half = span("2026-04-01", "2026-05-11")
    assert (half.whole_until, half.months()) == (date(2026, 5, 1), [date(2026, 4, 1), date(2026, 5, 1)])
    assert span("2026-04-01", "2026-06-01").whole_until == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [
        (110, 100, 10),
        (90, 100, -10),
        (1005, 1000, 1),
        (1004, 1000, 0),
        (5, 0, None),
        (5, -5, None),
        (0, 9, -100),
    ],
)
def test_change_in_percent(now: int, before: int, percent: int | None) -> None:
    assert change_percent(now, before) == percent
