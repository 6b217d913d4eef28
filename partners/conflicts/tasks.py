"""Background work of conflicts: find who stands against a raised claim, tell the others of an appeal, make rulings
final. Rung by outbox and beat.

Promise: run twice it does nothing twice."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from partners.conflicts.actions import GATHER, HEAR, close_quiet, hear_others, open_conflict
from partners.conflicts.queries import side_to_gather, side_to_hear_about
from partners.deals.steps import today_of
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=GATHER, base=TenantTask)
def gather(*, tenant_id: str, side_id: str) -> None:
    side = side_to_gather(UUID(side_id))
    if side is not None:
        open_conflict(actor=system_actor(UUID(tenant_id)), deal=side.deal, at=timezone.now())


@shared_task(name=HEAR, base=TenantTask)
def hear(*, tenant_id: str, side_id: str) -> None:
    side = side_to_hear_about(UUID(side_id))
    if side is not None:
        hear_others(actor=system_actor(UUID(tenant_id)), side=side, at=timezone.now())


@shared_task(name="partners.conflicts.close_quiet")
def close_rulings() -> None:
    for tenant in each_tenant():
        now = timezone.now()
        close_quiet(actor=system_actor(tenant.id), today=today_of(now), at=now)
