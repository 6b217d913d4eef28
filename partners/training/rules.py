"""When a quiz is passed and may be tried again, until when a certificate holds, when its end is near.

Pure; called by training actions, queries and presentation."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

REMINDER_DAYS = (60, 30, 7)
VALID, EXPIRED, REVOKED, UNKNOWN = "valid", "expired", "revoked", "unknown"


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether the quiz may be taken: `opens_at` says from when, None that it is open; `left` of the attempts, None
    without a limit."""

    left: int | None
    opens_at: datetime | None

    @property
    def is_used_up(self) -> bool:
        return self.left == 0


def is_passed(right: int, asked: int, pass_percent: int) -> bool:
    return asked > 0 and right * 100 >= pass_percent * asked


def chance_of(failed_at: Sequence[datetime], *, allowed: int, wait_hours: int, now: datetime) -> Chance:
    """After the attempts failed since the last success, oldest first; `allowed` 0 is no limit."""
    left = max(0, allowed - len(failed_at)) if allowed else None
    opens_at = failed_at[-1] + timedelta(hours=wait_hours) if failed_at else None
    return Chance(left, opens_at if opens_at and opens_at > now else None)


def valid_until(issued_on: date, months: int | None) -> date | None:
    """The first day on which it does not hold any more; on the last day of a shorter month. None: for good."""
    if months is None:
        return None
    place = issued_on.year * 12 + issued_on.month - 1 + months
    year, month = divmod(place, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(issued_on.day, last))


def standing_on(day: date, issued_on: date, until: date | None, revoked_on: date | None) -> str:
    if day < issued_on:
        return UNKNOWN
    if revoked_on is not None and revoked_on <= day:
        return REVOKED
    return EXPIRED if until is not None and until <= day else VALID


def due_reminder(until: date, today: date) -> int | None:
    """The nearest of 60, 30 and 7 days that is reached; None before, and once it is over."""
    left = (until - today).days
    return min((days for days in REMINDER_DAYS if left <= days), default=None) if left > 0 else None
