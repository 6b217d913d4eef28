"""Background work of facts: marks follow each recorded batch, beat has them rebuilt."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from analytics.facts.actions import mark_recorded, refresh_facts, refresh_rankings
from analytics.facts.catalogue import MARK
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=MARK, base=TenantTask)
def mark(*, tenant_id: str, recorded_at: str, **told: object) -> None:
    """Rung by `sales.recorded`."""
    mark_recorded(recorded_at=datetime.fromisoformat(recorded_at), at=timezone.now())


@shared_task(name="analytics.facts.refresh")
def refresh() -> None:
    for tenant in each_tenant():
        refresh_facts()
        refresh_rankings(today=timezone.localdate(timezone=tenant.zone))
