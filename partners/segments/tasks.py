"""Background work of segments: recalculate all of a tenant when asked, and each night.

Promise: a ring that comes twice changes nothing the second time; called by the outbox and beat."""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from partners.segments.actions import RECALCULATE
from partners.segments.engagement import (
    COURSE_PASSED,
    DEAL_REGISTERED,
    PROFILE_COMPLETED,
    note_engagement,
)
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


@shared_task(name=DEAL_REGISTERED, base=TenantTask)
def deal_registered(*, tenant_id: str, deal_id: str, partner_id: str, registered_on: str) -> None:
    """Rung by `deal.registered`."""
    note_engagement(
        kind="deal_registered",
        partner_id=UUID(partner_id),
        happened_on=date.fromisoformat(registered_on),
        reference=deal_id,
    )


@shared_task(name=COURSE_PASSED, base=TenantTask)
def course_passed(*, tenant_id: str, certificate_id: str, partner_id: str, issued_on: str) -> None:
    """Rung by `certificate.issued`."""
    note_engagement(
        kind="course_passed",
        partner_id=UUID(partner_id),
        happened_on=date.fromisoformat(issued_on),
        reference=certificate_id,
    )


@shared_task(name=PROFILE_COMPLETED, base=TenantTask)
def profile_completed(*, tenant_id: str, partner_id: str, completed_on: str) -> None:
    """Rung by `partner.profile_completed`; a profile that is completed again counts no second time."""
    note_engagement(
        kind="profile_completed",
        partner_id=UUID(partner_id),
        happened_on=date.fromisoformat(completed_on),
        reference="profile",
    )
