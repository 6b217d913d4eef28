"""The relay of one tenant, and the sweep that finds rings that were lost."""

from celery import shared_task
from django.utils import timezone

from prm.outbox.actions import RELAYED_AT_ONCE, relay_waiting
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name="prm.outbox.relay", base=TenantTask)
def relay(*, tenant_id: str) -> None:
    while relay_waiting(at=timezone.now()) == RELAYED_AT_ONCE:
        pass


@shared_task(name="prm.outbox.sweep")
def sweep() -> None:
    for _tenant in each_tenant():
        relay_waiting(at=timezone.now())
