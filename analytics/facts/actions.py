"""Writes of facts: marking months that no longer hold, and rebuilding what is marked.

Promise: a mark is taken in the transaction that rebuilds its month; called by analytics.facts.tasks and commands."""

from datetime import datetime

from analytics.facts import rebuild
from analytics.facts.models import DirtyMonth
from partners.sales.queries import touched_months
from prm.tenancy.context import require_context

WRITTEN_AT_ONCE = 5_000


def mark_recorded(*, recorded_at: datetime, at: datetime) -> int:
    """Mark the months that lines recorded at a moment count or counted for; returns how many."""
    marks = [
        DirtyMonth(partner_id=partner_id, month_on=month_on, marked_at=at)
        for partner_id, month_on in touched_months(recorded_at)
    ]
    DirtyMonth.objects.bulk_create(marks, batch_size=WRITTEN_AT_ONCE)
    return len(marks)


def mark_everything(*, at: datetime) -> None:
    """Ask for every month to be rebuilt."""
    rebuild.mark_everything(require_context().tenant_id, at)


def refresh_facts() -> int:
    """Rebuild what is marked, a portion at a time, unless another worker does; returns how many months."""
    if not DirtyMonth.objects.exists():
        return 0
    return rebuild.rebuild_marked(require_context().tenant_id) or 0
