"""Writes of facts: marking months that no longer hold, and rebuilding what is marked.

Promise: a mark is taken in the transaction that rebuilds its month; called by analytics.facts.tasks and commands."""

from datetime import date, datetime

from analytics.facts import rankings, rebuild
from analytics.facts.models import DirtyDay, DirtyMonth, Ranking
from analytics.facts.rules import compared_spans
from partners.sales.queries import touched_days
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

WRITTEN_AT_ONCE = 5_000


def mark_recorded(*, recorded_at: datetime, at: datetime) -> int:
    """Mark the months and days that lines recorded at a moment count or counted for; returns how many months."""
    touched = touched_days(recorded_at)
    months = [
        DirtyMonth(partner_id=partner_id, month_on=month_on, marked_at=at)
        for partner_id, month_on in {(partner_id, day.replace(day=1)) for partner_id, day in touched}
    ]
    DirtyMonth.objects.bulk_create(months, batch_size=WRITTEN_AT_ONCE)
    days = [DirtyDay(sold_on=day, marked_at=at) for day in {day for _partner_id, day in touched}]
    DirtyDay.objects.bulk_create(days, batch_size=WRITTEN_AT_ONCE)
    return len(months)


def mark_everything(*, at: datetime) -> None:
    """Ask for every month and day to be rebuilt."""
    rebuild.mark_everything(require_context().tenant_id, at)


def refresh_facts() -> int:
    """Rebuild what is marked, a portion at a time, unless another worker does; returns how many months and days."""
    if not (DirtyMonth.objects.exists() or DirtyDay.objects.exists()):
        return 0
    return rebuild.rebuild_marked(require_context().tenant_id) or 0


def refresh_rankings(*, today: date) -> int:
    """Rank anew whatever no longer holds of the spans that a page of today can ask for; returns how many."""
    tenant = current_tenant()
    assert tenant.id is not None
    if not rebuild.take_turn(tenant.id):
        return 0
    basis, wanted = rankings.basis_now(), compared_spans(today, tenant.fiscal_month)
    held = {rankings.spans_of(row) for row in Ranking.objects.filter(basis=basis)} & wanted
    if held < wanted:
        outdated = [row.id for row in Ranking.objects.all() if rankings.spans_of(row) not in held]
        Ranking.objects.filter(id__in=outdated).delete()
        Ranking.objects.bulk_create(
            rankings.measure(now, before).stored(now, before, basis) for now, before in wanted - held
        )
    return len(wanted - held)
