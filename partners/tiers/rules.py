"""Whether a partner rises, falls, is warned or stays; and the days of the reviews.

Pure; called by tiers actions and queries."""

from dataclasses import dataclass
from datetime import date, timedelta

from prm.kit.periods import Period

MONTHS_BETWEEN = {"quarter": 3, "half": 6, "year": 12}
RISE, FALL, WARN, KEEP, PINNED = "rise", "fall", "warn", "keep", "pinned"


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner before the decision: the ranks of its tier and of the one it has reached (0: none), and the day on
    which it falls as it was warned (None: it was not)."""

    held: int
    reached: int
    pinned: bool = False
    falls_on: date | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a programme reviews: how often, how long before a fall it warns, how long it waits after one."""

    every: str = "quarter"
    warn_days: int = 60
    grace_days: int = 0
    rises_at_once: bool = True


def decide(standing: Standing, calendar: Calendar, today: date) -> str:
    """What happens to a partner on a day."""
    if standing.pinned:
        return PINNED
    if standing.reached > standing.held:
        return RISE if calendar.rises_at_once or is_review(calendar, today) else KEEP
    if standing.reached == standing.held:
        return KEEP
    if standing.falls_on is None:
        return WARN
    return FALL if today >= standing.falls_on else KEEP


def falls_on(calendar: Calendar, warned_on: date) -> date:
    """The day a partner warned on a day falls unless it reaches its tier again: the first review that leaves it the
    whole time of the warning, and then the grace."""
    review = next_review(calendar, warned_on + timedelta(days=calendar.warn_days))
    return review + timedelta(days=calendar.grace_days)


def falls_next(calendar: Calendar, falls_on: date, today: date) -> bool:
    """Whether the fall is due or belongs to the next review: who falls at a later one is not looked at yet."""
    return falls_on <= next_review(calendar, today) + timedelta(days=calendar.grace_days)


def put_off(calendar: Calendar, falls_on: date, today: date) -> date:
    """The day of the fall of somebody left out of the review that it belongs to: the review after it."""
    return next_review(calendar, max(falls_on, today))


def next_review(calendar: Calendar, day: date) -> date:
    """The first day of the next review period after `day`: what was reached by the evening before counts."""
    step = MONTHS_BETWEEN[calendar.every]
    period = Period.of(day)
    months_into = (period.month - 1) % step
    return period.plus(step - months_into).starts_on


def is_review(calendar: Calendar, day: date) -> bool:
    return next_review(calendar, day - timedelta(days=1)) == day
