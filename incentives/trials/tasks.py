"""Background work of trials: the messages only ring, the row says whether there is work.

Promise: ringing twice, or a worker that dies, changes nothing; called through the outbox and by beat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.trials.actions import TRY
from incentives.trials.work import resume_backtests, work_on_backtest
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=TRY, base=TenantTask, opens_context=False, time_limit=1800)
def backtest(*, tenant_id: str, backtest_id: str) -> None:
    work_on_backtest(tenant_id=UUID(tenant_id), backtest_id=UUID(backtest_id), now=timezone.now)


@shared_task(name="incentives.trials.resume")
def resume() -> None:
    for _tenant in each_tenant():
        resume_backtests(at=timezone.now())
