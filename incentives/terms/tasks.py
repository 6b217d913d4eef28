"""Background work of terms: asking partners as versions, assignments and calculations ask for it, and each night.

Promise: ringing twice asks nobody twice; called through the outbox and by beat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.terms.actions import ASK, ask_partners
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=ASK, base=TenantTask)
def ask(*, tenant_id: str, run_id: str = "", **_told: object) -> None:
    """Rung by a published version, an assignment, the end of a calculation."""
    ask_partners(at=timezone.now(), run_id=UUID(run_id) if run_id else None)


@shared_task(name="incentives.terms.ask_everywhere")
def ask_everywhere() -> None:
    """Partners that have come under a plan by themselves: joined, moved into a segment or a tier."""
    for _tenant in each_tenant():
        ask_partners(at=timezone.now())
