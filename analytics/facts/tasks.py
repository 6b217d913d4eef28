"""Background work of facts: marks follow each recorded batch, beat has them rebuilt."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from analytics.facts.actions import mark_recorded, refresh_facts, refresh_rankings
from analytics.facts.catalogue import MARK
from prm.tenancy.context import tenant_context
from prm.tenancy.queries import current_tenant, list_active_tenant_ids
from prm.tenancy.tasks import TenantTask

PORTIONS = 5  # of one tenant, so that a large load keeps no other waiting for long


@shared_task(name=MARK, base=TenantTask)
def mark(*, tenant_id: str, recorded_at: str, **told: object) -> None:
    """Rung by `sales.recorded`."""
    mark_recorded(recorded_at=datetime.fromisoformat(recorded_at), at=timezone.now())


@shared_task(name="analytics.facts.refresh")
def refresh() -> None:
    for tenant_id in list_active_tenant_ids():
        for _portion in range(PORTIONS):
            with tenant_context(tenant_id):
                if not refresh_facts():
                    refresh_rankings(today=timezone.localdate(timezone=current_tenant().zone))
                    break
