"""Background work of payouts: calculate, export, resume; the rows say what is left, a ring only wakes.

Promise: ringing twice changes nothing; called through the outbox and by beat.
"""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.payouts.actions import CALCULATE, resume_runs, work_on_run
from incentives.payouts.exporting import EXPORT, write_export
from incentives.payouts.statements import write_statements
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=CALCULATE, base=TenantTask, opens_context=False)
def calculate(*, tenant_id: str, run_id: str) -> None:
    work_on_run(tenant_id=UUID(tenant_id), run_id=UUID(run_id), now=timezone.now)


@shared_task(name=EXPORT, base=TenantTask)
def export(*, tenant_id: str, run_id: str) -> None:
    write_export(run_id=UUID(run_id), at=timezone.now())


@shared_task(name="incentives.payouts.write_statements", base=TenantTask)
def statements(*, tenant_id: str, period_on: str) -> None:
    write_statements(period_on=date.fromisoformat(period_on))


@shared_task(name="incentives.payouts.resume")
def resume() -> None:
    for _tenant in each_tenant():
        resume_runs(at=timezone.now())
