"""Background work of segments: recalculate all of a tenant when asked, and each night.

Promise: a ring that comes twice changes nothing the second time; called by the outbox and beat."""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from partners.segments.actions import RECALCULATE
from partners.segments.engagement import ENGAGED, note_engagement
from partners.segments.work import recalculate_all
from prm.tenancy.queries import list_active_tenant_ids
from prm.tenancy.tasks import TenantTask


@shared_task(name=RECALCULATE, base=TenantTask, opens_context=False, time_limit=1800)
def recalculate(*, tenant_id: str, job_id: str, started_by: str) -> None:
    recalculate_all(tenant_id=UUID(tenant_id), job_id=UUID(job_id), started_by=started_by, now=timezone.now)


@shared_task(name="partners.segments.recalculate_everything", time_limit=3600)
def recalculate_everything() -> None:
    for tenant_id in list_active_tenant_ids():
        recalculate_all(tenant_id=tenant_id, now=timezone.now)


@shared_task(name=ENGAGED, base=TenantTask)
def engaged(*, tenant_id: str, kind: str, partner_id: str, happened_on: str, reference: str) -> None:
    note_engagement(
        kind=kind, partner_id=UUID(partner_id), happened_on=_day(happened_on), reference=reference
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
