"""Days, months and windows. A day is its ISO text, which orders as the days do."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def plus_months(day: str, months: int) -> str:
    """The same day of the month so many months later, or the last day of a shorter month."""
    year, month, of_month = map(int, day.split("-"))
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(of_month, monthrange(year, month)[1])).isoformat()


def minus_days(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def each(start: str, end: str) -> Iterator[str]:
    """The days of [start, end)."""
    day = date.fromisoformat(start)
    while (told := day.isoformat()) < end:
        yield told
        day += timedelta(days=1)


def month_of(day: str) -> str:
    """The first day of its month."""
    return day[:7] + "-01"


def months_into(month: int, fiscal_month: int) -> int:
    """Months since the fiscal year began."""
    return (month - fiscal_month) % 12


def window(day: str, kind: str, fiscal_month: int) -> tuple[str, str]:
    """[start, end) of the month, quarter or year that holds the day."""
    into = months_into(int(day[5:7]), fiscal_month) % MONTHS[kind]
    start = plus_months(month_of(day), -into)
    return start, plus_months(start, MONTHS[kind])


def inside(start: str | None, end: str | None, day: str) -> bool:
    """Whether the day is in [start, end); None: open."""
    return (start is None or start <= day) and (end is None or day < end)


def holds(dated: Mapping[str, Any], day: str) -> bool:
    """Whether something with "from" and "to" holds on the day."""
    return inside(dated.get("from"), dated.get("to"), day)


def recent(published: str, day: str) -> bool:
    """Whether a rate of that day may still be used: at most 7 days old, never of the future."""
    return minus_days(day, 7) <= published <= day


def before_months_after(first: str, months: int, day: str) -> bool:
    """Whether the day is before the same day so many months after the first."""
    return day < plus_months(first, months)
