"""Background work of calculations: the messages only ring, the rows of the run say what is left to do.

Promise: ringing twice, or a worker that dies, changes nothing; called through the outbox and by beat.
"""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.earnings.actions import CALCULATE, resume_calculations
from incentives.earnings.work import work_on_run
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=CALCULATE, base=TenantTask, opens_context=False, time_limit=1800)
def calculate(*, tenant_id: str, run_id: str) -> None:
    work_on_run(tenant_id=UUID(tenant_id), run_id=UUID(run_id), now=timezone.now)


@shared_task(name="incentives.earnings.resume")
def resume() -> None:
    for _tenant in each_tenant():
        resume_calculations(at=timezone.now())
