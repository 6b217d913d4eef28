"""The days over which coverage is told.

Pure; called by coverage queries, own reads and presentation."""

from datetime import date, timedelta

from partners.segments.rules import MONTHS_IN_QUARTER, Span, span_over
from prm.kit.periods import Period, WindowKind, window_of

QUARTERS_SHOWN = 8


def year_until(today: date) -> Span:
    """The twelve months that end with today, as segments count them."""
    return span_over("12m", today)


def month_of(day: date) -> Span:
    period = Period.of(day)
    return Span(period.starts_on, period.ends_on)


def quarters_until(today: date) -> list[date]:
    """The first days of the last calendar quarters, today's first."""
    newest = Period.of(window_of(today, WindowKind.QUARTER).starts_on)
    return [newest.plus(-MONTHS_IN_QUARTER * back).starts_on for back in range(QUARTERS_SHOWN)]


def last_day(span: Span) -> date:
    return span.ends_on - timedelta(days=1)
