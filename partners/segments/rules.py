"""The spans of days that a fact is measured over: "12m" trailing months, or a year, quarter or month of the calendar;
what engagement still counts, medians and quadrants; what a rule compares a fact with.

Promise: pure; a trailing span ends with the day it is asked for, that day included. Called by facts and forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from prm.kit.periods import Period

MONTHS_IN_YEAR, MONTHS_IN_QUARTER = 12, 3
LONGEST_TRAILING = 60
HALF_LIFE_DAYS = 90
_OVER = re.compile(
    r"(?P<months>[1-9][0-9]?)m|(?P<year>20[0-9]{2})(-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open days."""

    starts_on: date
    ends_on: date


def suits_over(text: str) -> bool:
    found = _OVER.fullmatch(text)
    return found is not None and int(found["months"] or 1) <= LONGEST_TRAILING


def span_over(text: str, as_of: date) -> Span:
    """The days that `text` names, none of them after `as_of`. Raises ValueError where it names nothing."""
    tomorrow = as_of + timedelta(days=1)
    months, whole = _named(text)
    if whole is None:
        return Span(months_before(tomorrow, months), tomorrow)
    return Span(whole.starts_on, max(whole.starts_on, min(whole.ends_on, tomorrow)))


def span_before(text: str, as_of: date) -> Span:
    """The same length of time before `span_over`, whole."""
    months, whole = _named(text)
    start = months_before(as_of + timedelta(days=1), months) if whole is None else whole.starts_on
    return Span(months_before(start, months), start)


def _named(text: str) -> tuple[int, Span | None]:
    """The length in months, and the calendar span where the text names one."""
    found = _OVER.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no span")
    if found["months"]:
        return int(found["months"]), None
    year = int(found["year"])
    if found["quarter"]:
        first, length = Period(year, (int(found["quarter"]) - 1) * MONTHS_IN_QUARTER + 1), MONTHS_IN_QUARTER
    elif found["month"]:
        first, length = Period(year, int(found["month"])), 1
    else:
        first, length = Period(year, 1), MONTHS_IN_YEAR
    return length, Span(first.starts_on, first.plus(length).starts_on)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a month that is too short."""
    period = Period.of(day).plus(-months)
    last = period.plus(1).starts_on - timedelta(days=1)
    return period.starts_on.replace(day=min(day.day, last.day))


def decayed(weight: Decimal, age_days: int) -> Decimal:
    """What an event still counts: half of it after each 90 days."""
    return weight * Decimal("0.5") ** (Decimal(age_days) / HALF_LIFE_DAYS)


def engagement(events: list[tuple[Decimal, int]]) -> Decimal:
    """The sum of (weight, age in days), to one decimal place, half away from zero."""
    total = sum((decayed(weight, age) for weight, age in events), Decimal())
    return total.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def percentile(values: list[int], share: Decimal) -> Decimal | None:
    """Continuous, linear between neighbours; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


QUADRANTS = ("grow", "activate", "maintain", "review")


def median(values: list[Decimal]) -> Decimal:
    """The middle one, or the mean of the two in the middle; 0 of nothing."""
    if not values:
        return Decimal()
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def quadrant_of(potential: Decimal, engagement: Decimal, *, middle: tuple[Decimal, Decimal]) -> str:
    """Where a partner stands against the medians of potential and engagement; a median itself counts as high, and
    nothing at all never does."""
    high_potential = potential >= middle[0] and potential > 0
    high_engagement = engagement >= middle[1] and engagement > 0
    if high_potential:
        return "grow" if high_engagement else "activate"
    return "maintain" if high_engagement else "review"


def values_asked(rule: Mapping[str, Any], fact: str) -> set[str]:
    """The texts that a rule as JSON compares one fact with, however deep."""
    found: set[str] = set()
    for member in next(iter(rule.values())):
        if "fact" not in member:
            found |= values_asked(member, fact)
        elif member["fact"] == fact:
            found |= {member["value"]} if isinstance(member["value"], str) else set(member["value"])
    return found
