"""The draft of a demo vendor, tried on the whole months in its books, and what the deals of one partner would earn.

Called by: analytics.demo.story.
"""

from django.db.models import Q
from django.utils import timezone

from analytics.demo.stage import Stage
from incentives.plans.models import PlanVersion
from incentives.trials.actions import start_backtest
from incentives.trials.deal_estimates import estimate_deal
from incentives.trials.standings import refresh_standings
from incentives.trials.work import work_on_backtest
from partners.deals.models import LIVE, Deal
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


def add_estimates() -> None:
    """Where partners stand; of the deals with a login beside them and of one that waits for an answer what they would
    earn: a worker estimates the others."""
    refresh_standings(at=timezone.now())
    looked_at = Q(partner__code="P001") | Q(extensions__state="asked")
    for deal in Deal.objects.filter(looked_at, state__in=LIVE).distinct().order_by("id"):
        estimate_deal(deal_id=deal.id, at=timezone.now())
