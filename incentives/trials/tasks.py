"""Background work of trials: tests on history as their rows ask for, deals estimated anew when they move and at night.

Promise: ringing twice, or a worker that dies, changes nothing; called through the outbox and by beat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from incentives.trials.actions import TRY
from incentives.trials.deal_estimates import estimate_deal, live_deal_ids
from incentives.trials.offers import ESTIMATE
from incentives.trials.standings import REFRESH, refresh_standings
from incentives.trials.work import resume_backtests, work_on_backtest
from prm.tenancy.context import tenant_context
from prm.tenancy.queries import each_tenant, list_active_tenant_ids
from prm.tenancy.tasks import TenantTask


@shared_task(name=TRY, base=TenantTask, opens_context=False, time_limit=1800)
def backtest(*, tenant_id: str, backtest_id: str) -> None:
    work_on_backtest(tenant_id=UUID(tenant_id), backtest_id=UUID(backtest_id), now=timezone.now)


@shared_task(name="incentives.trials.resume")
def resume() -> None:
    for _tenant in each_tenant():
        resume_backtests(at=timezone.now())


@shared_task(name=ESTIMATE, base=TenantTask)
def estimate(*, tenant_id: str, deal_id: str, **_told: object) -> None:
    """Rung by what happens to a deal."""
    estimate_deal(deal_id=UUID(deal_id), at=timezone.now())


@shared_task(name=REFRESH, base=TenantTask, time_limit=1800)
def refresh(*, tenant_id: str, **_told: object) -> None:
    """Rung by the end of a calculation."""
    refresh_standings(at=timezone.now())


@shared_task(name="incentives.trials.estimate_everything", time_limit=3600)
def estimate_everything() -> None:
    """Volumes and tiers move with every day: the standings, then each live deal in a transaction of its own."""
    for tenant_id in list_active_tenant_ids():
        with tenant_context(tenant_id):
            refresh_standings(at=timezone.now(), everyone=True)
        with tenant_context(tenant_id):
            ids = live_deal_ids()
        for deal_id in ids:
            with tenant_context(tenant_id):
                estimate_deal(deal_id=deal_id, at=timezone.now())
