"""Reads of calculations: what is dirty, what must come first, what is going on.

Promise: reads only what stands in this tenant; called by earnings.actions, pages and API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q
from django.http import Http404
from django.utils import timezone

from incentives.earnings.models import CalculationRun, CalculationShard, RunState, ShardState
from incentives.earnings.rules import widest_start
from incentives.earnings.scope import asked_in_use, caps_in_use, window_kinds_in_use
from incentives.earnings.sql_dirty import EARLIEST_DIRTY_DAY, MAY_TOUCH_EVERYONE
from incentives.ledger.queries import list_periods
from incentives.plans.document import CapSpan
from partners.sales.models import SaleLine, SalePayment
from prm.accounts.actor import Actor
from prm.kit.periods import Period
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant

# Why a run failed, as its row keeps it: `earnings.closing` and `earnings.work` have more of these codes.
CANCELLED = "cancelled"
SHARD_FAILED = "shard_failed"

# A fact carries the time at which its request began; it may have been committed this much later.
LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is; a stuck shard fails it once the others are done, with the code in `failure`."""

    shards: int
    done: int
    stuck: int
    failure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to calculate, be it done or stuck."""
        return self.done + self.stuck == self.shards


def access_run(actor: Actor, run_id: UUID) -> CalculationRun:
    run: CalculationRun | None = list_runs(actor).filter(id=run_id).first()
    if run is None:
        raise Http404
    return run


def list_runs(actor: Actor) -> Any:
    """Newest first, each with `parts_done`: how many of its shards are."""
    done = Count("shards", filter=Q(shards__state=ShardState.DONE))
    return CalculationRun.objects.annotate(parts_done=done).order_by("-number")


def open_run() -> CalculationRun | None:
    """The one run that is queued or calculating."""
    return CalculationRun.objects.filter(state__in=[RunState.QUEUED, RunState.CALCULATING]).first()


def progress_of(run_id: UUID) -> RunProgress:
    shards = list(CalculationShard.objects.filter(run_id=run_id).order_by("number"))
    stuck = [shard for shard in shards if shard.state == ShardState.STUCK]
    return RunProgress(
        shards=len(shards),
        done=sum(shard.state == ShardState.DONE for shard in shards),
        stuck=len(stuck),
        failure=_failure_of(stuck),
    )


def _failure_of(stuck: Iterable[CalculationShard]) -> str:
    """What went wrong, before that somebody stopped the rest."""
    codes = [str(shard.counts.get("code", SHARD_FAILED)) for shard in stuck]
    return next((code for code in codes if code != CANCELLED), codes[0] if codes else "")


def dirty_since(since: datetime) -> date | None:
    """The earliest day that a fact recorded after `since` touches; None: nothing new."""
    with connection.cursor() as cursor:
        cursor.execute(EARLIEST_DIRTY_DAY, _dirty_parameters(since))
        row = cursor.fetchone()
    return row[0] if row else None


def _dirty_parameters(since: datetime) -> dict[str, Any]:
    tenant, asked = current_tenant(), asked_in_use()
    return {
        "tenant": tenant.id,
        "zone": str(tenant.zone),
        "since": since,
        "asks_industry": "industry" in asked.facts,
        "asks_tree": asked.tree,
        "asks_registration": asked.registration,
        "asks_goal": asked.goals,
        "asks_payment": asked.payments,
        "asks_newness": "customer_is_new" in asked.facts,
        "asks_subscription": "subscription" in asked.facts,
        "segments": sorted(asked.segments),
        "certificates": sorted(asked.certificates),
    }


def touched_by_sales(period_on: date) -> dict[str, Any] | None:
    """The parameters of `sql_dirty.TOUCHED`, where sales alone have changed what a month earned since it was last
    calculated: of all others it would come to the same. None: anything may have changed for anybody."""
    last = _last_calculated_runs().get(period_on)
    return None if last is None else touched_since(last.created_at, period_on)


def touched_since(at: datetime, period_on: date) -> dict[str, Any] | None:
    """The same of whatever was read from the targets of the month at that moment."""
    if any(closed > at for closed in closed_periods().values()):
        return None
    parameters = {
        **_dirty_parameters(at - LONGEST_TRANSACTION),
        "until": Period.of(period_on).ends_on,
        "reaches_from": date.min,
    }
    with connection.cursor() as cursor:
        cursor.execute(MAY_TOUCH_EVERYONE, parameters)
        (everyone,) = cursor.fetchone()
    return None if everyone else parameters


def recompute_from(period_on: date) -> date:
    """The first day to calculate: the start of the widest window that holds the period or any fact recorded since an
    earlier period was calculated; the tenant's first period where none was, or where a cap counts all that was ever
    paid."""
    tenant = current_tenant()
    earlier = (
        CalculationRun.objects.filter(period_on__lt=period_on, state=RunState.CALCULATED)
        .order_by("-number")
        .first()
    )
    if earlier is None or any(per is CapSpan.LIFE for per, _over in caps_in_use()):
        return tenant.first_period_on
    touched = [
        dirty_since(earlier.created_at - LONGEST_TRANSACTION),
        _sold_before_its_invoice(period_on),
        _sold_before_its_payment(period_on),
    ]
    days = [period_on, *(day for day in touched if day is not None)]
    return max(tenant.first_period_on, _window_start(tenant, days))


def _sold_before_its_invoice(period_on: date) -> date | None:
    """The earliest day of a sale that is invoiced in the period, where a plan earns on invoice."""
    if not asked_in_use().invoices:
        return None
    ends_on = Period.of(period_on).ends_on
    invoiced = SaleLine.objects.filter(invoiced_on__gte=period_on, invoiced_on__lt=ends_on, voided=False)
    day: date | None = invoiced.aggregate(day=Min("occurred_on"))["day"]
    return day


def _sold_before_its_payment(period_on: date) -> date | None:
    """The earliest day of a sale that is paid in the period, where a plan earns on payment."""
    if not asked_in_use().payments:
        return None
    ends_on = Period.of(period_on).ends_on
    paid = SalePayment.objects.filter(paid_on__gte=period_on, paid_on__lt=ends_on, voided=False)
    day: date | None = paid.aggregate(day=Min("line__occurred_on"))["day"]
    return day


def _window_start(tenant: Tenant, days: Iterable[date]) -> date:
    return widest_start(min(days), window_kinds_in_use(), tenant.fiscal_month)


def earlier_period_to_calculate(period_on: date) -> date | None:
    """The oldest open period before this one that has sales and was never calculated, or whose facts have changed
    since."""
    tenant = current_tenant()
    closed, sold, runs = closed_periods(), _months_sold(tenant, period_on), _last_calculated_runs()
    period = Period.of(tenant.first_period_on)
    while period.starts_on < period_on:
        if period.starts_on not in closed:
            run = runs.get(period.starts_on)
            if period.starts_on in sold if run is None else _is_outdated(run, period):
                return period.starts_on
        period = period.plus(1)
    return None


# One look into an index a month, however many lines there are.
_MONTHS_SOLD = """
SELECT starts_on FROM (
    SELECT m::date AS starts_on, (m + interval '1 month')::date AS ends_on
    FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 month') AS m) month
WHERE EXISTS (SELECT FROM partners_saleline l WHERE l.tenant_id = %(tenant)s
        AND l.occurred_on >= starts_on AND l.occurred_on < ends_on)
    OR %(invoices)s AND EXISTS (SELECT FROM partners_saleline l WHERE l.tenant_id = %(tenant)s
        AND l.invoiced_on >= starts_on AND l.invoiced_on < ends_on)
    OR %(payments)s AND EXISTS (SELECT FROM partners_salepayment p WHERE p.tenant_id = %(tenant)s
        AND p.paid_on >= starts_on AND p.paid_on < ends_on)
"""


def _months_sold(tenant: Tenant, until: date) -> set[date]:
    """First days of the months up to a day that have lines, or invoices or payments of lines where a plan earns on
    them."""
    asked = asked_in_use()
    parameters: dict[str, Any] = {
        "tenant": tenant.id,
        "first": Period.of(tenant.first_period_on).starts_on,
        "last": until,
        "invoices": asked.invoices,
        "payments": asked.payments,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS_SOLD, parameters)
        return {starts_on for (starts_on,) in cursor.fetchall()}


def _last_calculated_runs() -> dict[date, CalculationRun]:
    """The newest finished run of each period."""
    runs = CalculationRun.objects.filter(state=RunState.CALCULATED).order_by("period_on", "-number")
    return {run.period_on: run for run in runs.distinct("period_on")}


def _is_outdated(run: CalculationRun, period: Period) -> bool:
    """Whether facts that came since the run reach into its period."""
    day = dirty_since(run.created_at)
    return day is not None and day < period.ends_on


def count_to_calculate(actor: Actor) -> int:
    """1 when an open month, the running one included, is not calculated with all its facts, else 0."""
    running = Period.of(timezone.localdate())
    return int(earlier_period_to_calculate(running.ends_on) is not None)


def later_period_to_calculate(run: CalculationRun) -> date | None:
    """The next open period after a calculated one, if it was calculated before: it must be calculated again."""
    later = CalculationRun.objects.filter(
        period_on__gt=run.period_on, state=RunState.CALCULATED, number__lt=run.number
    )
    months = sorted(set(later.values_list("period_on", flat=True)) - closed_periods().keys())
    return months[0] if months else None


def closed_periods() -> dict[date, datetime]:
    """When each closed period was closed."""
    periods = list_periods().filter(closed_at__isnull=False)
    return {period.starts_on: period.closed_at for period in periods if period.closed_at is not None}
