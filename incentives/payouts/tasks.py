"""Background work of payouts: calculate, export, resume; the rows say what is left, a ring only wakes.

Promise: ringing twice changes nothing; called through the outbox and by beat.
"""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.payouts.actions import EXPORT, resume_runs
from incentives.payouts.calculation import CALCULATE, work_on_run
from incentives.payouts.exporting import write_export
from incentives.payouts.reconciling import forget_statements
from incentives.payouts.statements import WRITE, resume_statements, write_statements
from prm.tenancy.context import tenant_context
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask

STATEMENTS_AT_ONCE = 20


@shared_task(name=CALCULATE, base=TenantTask, opens_context=False)
def calculate(*, tenant_id: str, run_id: str) -> None:
    work_on_run(tenant_id=UUID(tenant_id), run_id=UUID(run_id), now=timezone.now)


@shared_task(name=EXPORT, base=TenantTask)
def export(*, tenant_id: str, run_id: str) -> None:
    write_export(run_id=UUID(run_id), at=timezone.now())


@shared_task(name=WRITE, base=TenantTask, opens_context=False)
def statements(*, tenant_id: str, period_on: str) -> None:
    """Some at a time, each turn in a transaction of its own."""
    written = STATEMENTS_AT_ONCE
    while written == STATEMENTS_AT_ONCE:
        with tenant_context(UUID(tenant_id)):
            written = write_statements(period_on=date.fromisoformat(period_on), limit=STATEMENTS_AT_ONCE)


@shared_task(name="incentives.payouts.resume")
def resume() -> None:
    for _tenant in each_tenant():
        resume_runs(at=timezone.now())
        resume_statements(at=timezone.now())
        forget_statements(at=timezone.now())
