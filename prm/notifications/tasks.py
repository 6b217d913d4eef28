"""Background work of notices: write them when rung, mail what waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from prm.notifications.actions import DELIVER, deliver, send_letters
from prm.tenancy.context import tenant_context
from prm.tenancy.queries import current_tenant, each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=DELIVER, base=TenantTask, opens_context=False)
def deliver_notice(*, tenant_id: str, ring_id: str, **told: Any) -> None:
    """Two transactions: the notice stands even where the mail server is away."""
    now = timezone.now()
    with tenant_context(UUID(tenant_id)):
        deliver(ring_id=UUID(ring_id), at=now, **told)
    with tenant_context(UUID(tenant_id)):
        _mail(now)


@shared_task(name="prm.notifications.sweep")
def sweep() -> None:
    for _tenant in each_tenant():
        _mail(timezone.now())


def _mail(now: datetime) -> None:
    with timezone.override(current_tenant().zone):
        send_letters(at=now)
