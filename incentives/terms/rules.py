"""Which text of a plan a partner may accept, and what an acceptance covers.

Pure; called by terms queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

REMIND_EVERY = timedelta(days=7)


@dataclass(frozen=True)
class Text:
    """A published version with terms that a partner is asked for."""

    version_id: UUID
    plan_id: UUID
    published_at: datetime
    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def taken_over_by(text: Text, asked: Iterable[Text], day: date) -> Text | None:
    """A later text of the same plan that the same partner is asked for and that rules on the day, so that this one is
    not accepted any more; money that waits for it is freed by the later one."""
    later = [one for one in asked if _is_later(one, text) and one.covers(day)]
    return max(later, key=lambda one: one.published_at, default=None)


def is_settled(text: Text, asked: Iterable[Text], accepted: Collection[UUID]) -> bool:
    """Accepted itself, or by the acceptance of a later text of the plan."""
    return text.version_id in accepted or any(
        one.version_id in accepted and _is_later(one, text) for one in asked
    )


def _is_later(one: Text, than: Text) -> bool:
    return one.plan_id == than.plan_id and one.published_at > than.published_at
