"""Spans of days that a page is about, and what they are compared with.

Pure; called by analytics.facts queries and analytics.dashboards."""

from dataclasses import dataclass
from datetime import date, timedelta

from prm.kit.periods import Period, WindowKind, window_of

CODES = ("month", "last-month", "quarter", "last-quarter", "year", "last-year", "12-months")
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Span:
    """Half-open days that begin with a month."""

    starts_on: date
    ends_on: date

    @property
    def whole_until(self) -> date:
        """The end of its last whole month; the days from there on are a part of one."""
        return self.ends_on if self.ends_on.day == 1 else Period.of(self.ends_on).starts_on

    def months(self) -> list[date]:
        """The first days of its months, a partial last one included."""
        found, period = [], Period.of(self.starts_on)
        while period.starts_on < self.ends_on:
            found.append(period.starts_on)
            period = period.plus(1)
        return found


def span_of(code: str, today: date, fiscal_month: int) -> Span:
    """The span that a code names; the running month, quarter or year ends with the running month."""
    month = Period.of(today)
    quarter = window_of(today, WindowKind.QUARTER, fiscal_month)
    year = window_of(today, WindowKind.YEAR, fiscal_month)
    spans = {
        "month": Span(month.starts_on, month.ends_on),
        "last-month": Span(month.plus(-1).starts_on, month.starts_on),
        "quarter": Span(quarter.starts_on, month.ends_on),
        "last-quarter": Span(Period.of(quarter.starts_on).plus(-3).starts_on, quarter.starts_on),
        "year": Span(year.starts_on, month.ends_on),
        "last-year": Span(Period.of(year.starts_on).plus(-YEAR_MONTHS).starts_on, year.starts_on),
        "12-months": Span(month.plus(1 - YEAR_MONTHS).starts_on, month.ends_on),
    }
    return spans.get(code, spans["quarter"])


def span_before(code: str, span: Span, today: date) -> Span:
    """What a span is compared with: the same length before it, the year before for a year; a running span is compared
    up to the same day, so that a half month is never held against a whole one."""
    months = len(span.months())
    step = {"quarter": 3, "last-quarter": 3}.get(
        code, YEAR_MONTHS if code in ("year", "last-year") else months
    )
    start = Period.of(span.starts_on).plus(-step)
    last = start.plus(months - 1)
    if span.ends_on <= today:
        return Span(start.starts_on, last.ends_on)
    same_day = last.starts_on + timedelta(days=today.day)
    return Span(start.starts_on, min(same_day, last.ends_on))


def compared_spans(today: date, fiscal_month: int) -> set[tuple[Span, Span]]:
    """Each span that a page of today can name, with the one it is compared with."""
    named = {code: span_of(code, today, fiscal_month) for code in CODES}
    return {(span, span_before(code, span, today)) for code, span in named.items()}


def change_percent(now_minor: int, before_minor: int) -> int | None:
    """By how many percent a figure moved, half away from zero; None where there was nothing before."""
    if before_minor <= 0:
        return None
    scaled = abs(now_minor - before_minor) * 200 // before_minor
    percent = (scaled + 1) // 2
    return percent if now_minor >= before_minor else -percent
