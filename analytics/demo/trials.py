"""The draft of a demo vendor, tried on the whole months in its books.

Called by: analytics.demo.story.
"""

from django.utils import timezone

from analytics.demo.stage import Stage
from incentives.plans.models import PlanVersion
from incentives.trials.actions import start_backtest
from incentives.trials.work import work_on_backtest
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context


def add_trial(stage: Stage) -> None:
    with tenant_context(stage.tenant.id):
        draft = PlanVersion.objects.select_related("plan").get(published_at__isnull=True)
        backtest = start_backtest(
            actor=stage.first("programme_admin"),
            version=draft,
            first_on=stage.tenant.first_period_on,
            last_on=Period.of(stage.today).plus(-1).starts_on,
            throughout=True,
            at=timezone.now(),
        )
    work_on_backtest(tenant_id=stage.tenant.id, backtest_id=backtest.id, now=timezone.now)
