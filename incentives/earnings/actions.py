"""Starting, finishing and resuming calculations.

Promises: one open calculation per tenant; it ends once, with what it posted in the ledger; a month that is being
calculated does not count as calculated. Called by: earnings.{console,api,work,tasks}.
"""

import logging
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from incentives.earnings import sql_members
from incentives.earnings.closing import ReferencesBroken, close_books, standing_books
from incentives.earnings.models import (
    CalculationMember,
    CalculationRun,
    CalculationShard,
    RunState,
    ShardState,
)
from incentives.earnings.queries import (
    CANCELLED,
    closed_periods,
    earlier_period_to_calculate,
    later_period_to_calculate,
    progress_of,
    recompute_from,
    touched_by_sales,
)
from incentives.earnings.rules import widest_start
from incentives.earnings.scope import asked_in_use, caps_in_use, window_kinds_in_use
from incentives.earnings.shards import has_claimable_shards
from incentives.earnings.sql_dirty import ANY_NEWS, TOUCHED
from incentives.ledger.actions import note_calculated, note_calculating, post_run_entries
from incentives.plans.document import CapOver, CapSpan
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.jobs.actions import fail_job, finish_job, start_job
from prm.kit.periods import Period
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import require_context
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant
from prm.web import format as formats

log = logging.getLogger(__name__)
CALCULATE = "incentives.earnings.calculate"
SHARDS = 8
RINGS = 4
JOB_KIND = "earnings.calculation"


class CalculationAlreadyOpen(Exception):
    """Another calculation of this tenant is queued or going on."""

    code = "calculation_already_open"
    message = _("A calculation is going on. Wait until it has finished.")


class PeriodIsClosed(Exception):
    """A closed period never changes; what is late is posted in the open one."""

    code = "period_is_closed"
    message = _("This month is closed. What comes late is posted in the open month.")


class PeriodBeforeFirst(Exception):
    """The tenant's books begin later."""

    code = "period_before_first"
    message = _("The books begin later than this month.")


class EarlierPeriodFirst(Exception):
    """Open periods are calculated oldest first; `period_on` is the one to begin with."""

    code = "earlier_period_first"

    def __init__(self, period_on: date) -> None:
        super().__init__(period_on.isoformat())
        self.period_on = period_on

    @property
    def message(self) -> str:
        told = {"month": formats.month(self.period_on)}
        return str(_("Open months are calculated oldest first: begin with %(month)s.")) % told


CALCULATION_REFUSALS = (CalculationAlreadyOpen, PeriodIsClosed, PeriodBeforeFirst, EarlierPeriodFirst)


def start_calculation(
    *, actor: Actor, period_on: date, at: datetime, shard_count: int = SHARDS
) -> CalculationRun:
    """Queue the calculation of an open period. Raises one of the refusals above and writes nothing."""
    period_on = Period.of(period_on).starts_on
    _refuse_period(period_on)
    try:
        with transaction.atomic():
            run = CalculationRun.objects.create(
                number=next_number("calculation"),
                period_on=period_on,
                recompute_from=recompute_from(period_on),
                shard_count=shard_count,
                started_by_label=actor.label,
                created_at=at,
            )
    except IntegrityError as clash:
        raise CalculationAlreadyOpen from clash
    numbers = assign_members(run)
    CalculationShard.objects.bulk_create(CalculationShard(run=run, number=number) for number in numbers)
    run.shard_count = len(numbers)
    note_calculating(period_on=period_on)
    run.job = start_job(
        actor=actor,
        kind=JOB_KIND,
        at=at,
        label=f"{run} · {Period.of(period_on)}",
        path=f"/m/calculations/{run.id}/",
        subject_id=run.id,
        total=run.shard_count,
    )
    run.save(update_fields=["job", "shard_count"])
    after = {"period": period_on, "recompute_from": run.recompute_from, "shards": run.shard_count}
    record(actor=actor, action="calculation.started", subject=run, at=at, after=after)
    for _ring in range(min(RINGS, run.shard_count) or 1):
        enqueue(CALCULATE, run_id=run.id)
    return run


def _refuse_period(period_on: date) -> None:
    if period_on < current_tenant().first_period_on:
        raise PeriodBeforeFirst
    if period_on in closed_periods():
        raise PeriodIsClosed
    earlier = earlier_period_to_calculate(period_on)
    if earlier is not None:
        raise EarlierPeriodFirst(earlier)


def assign_members(run: CalculationRun) -> list[int]:
    """Partners to shards. Where sales alone have changed since the month was last calculated, those whom they touch and
    who hangs together with them; else everybody. Returns the shards that have something to do: none where no fact is
    new."""
    touched = touched_by_sales(run.period_on)
    if touched is not None:
        touched["reaches_from"] = _volume_from(run)
        if not _any_news(touched):
            return []
    return assign_touched(run, touched)


def assign_touched(run: CalculationRun, touched: dict[str, Any] | None) -> list[int]:
    """Partners to shards; what hangs together goes to the same one. `touched`: parameters of `sql_dirty.TOUCHED`; None:
    everybody. Returns the shards that have something to do; the first also looks after sales without partner."""
    together = any(over is CapOver.ALL and per is not CapSpan.SALE for per, over in caps_in_use())
    parameters: dict[str, Any] = {
        "tenant": run.tenant_id,
        "run": run.id,
        "shards": run.shard_count,
        "due_from": run.recompute_from,
        "volume_from": _volume_from(run),
        "until": Period.of(run.period_on).ends_on,
        "asks_registration": asked_in_use().registration,
        "together": together,
        "everyone": together or touched is None,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED if touched else sql_members.NOBODY, touched)
        cursor.execute(sql_members.LINKS, parameters)
        cursor.execute(sql_members.LABELS)
        cursor.execute(sql_members.SPREAD, parameters)
        while cursor.rowcount:
            cursor.execute(sql_members.SPREAD, parameters)
        cursor.execute(sql_members.MEMBERS, parameters)
        cursor.execute("DROP TABLE calc_label, calc_link, calc_touched")
        if touched is None:
            return list(range(run.shard_count))
        cursor.execute(sql_members.SHARDS_WITH_MEMBERS, parameters)
        return sorted({0, *(number for (number,) in cursor.fetchall())})


def _volume_from(run: CalculationRun) -> date:
    """The first day whose sales count for what is calculated."""
    return widest_start(run.recompute_from, window_kinds_in_use(), current_tenant().fiscal_month)


def _any_news(touched: dict[str, Any]) -> bool:
    """Whether any sale or payment was recorded since the month was last calculated."""
    with connection.cursor() as cursor:
        cursor.execute(ANY_NEWS, touched)
        return bool(cursor.fetchone()[0])


def finalise_run(*, run_id: UUID, at: datetime) -> CalculationRun:
    """Once all shards are done: prove, count, hash, post to the ledger, tell. Safe to call at any time, by anybody."""
    run = CalculationRun.objects.select_for_update().get(id=run_id)
    if run.state != RunState.CALCULATING:
        return run
    progress = progress_of(run_id)
    if not progress.is_over:
        return run
    if progress.stuck:
        return _fail(run, progress.failure, at=at)
    try:
        closing = standing_books(run) or close_books(run)
    except ReferencesBroken as broken:
        log.error("calculation %s: %s", run.number, broken)
        return _fail(run, ReferencesBroken.code, at=at)
    run.entry_count, run.totals, run.funnel = closing.entry_count, closing.totals, closing.funnel
    run.result_hash = closing.result_hash
    return _end(run, RunState.CALCULATED, at=at)


def _fail(run: CalculationRun, failure: str, *, at: datetime) -> CalculationRun:
    """What finished shards posted stands and reaches the ledger; the next calculation posts the rest. `failure` is a
    code; its words stand in earnings.wording."""
    run.failure = failure
    return _end(run, RunState.FAILED, at=at)


def _end(run: CalculationRun, state: RunState, *, at: datetime) -> CalculationRun:
    actor = system_actor(require_context().tenant_id)
    run.state, run.finished_at = state, at
    run.save()
    CalculationMember.objects.filter(run_id=run.id).delete()
    post_run_entries(actor=actor, run_id=run.id, period_on=run.period_on, at=at)
    if state is RunState.CALCULATED:
        note_calculated(period_on=run.period_on, at=at)
    after = {"entries": run.entry_count, "totals": run.totals, "failure": run.failure}
    record(actor=actor, action=f"calculation.{state.value}", subject=run, at=at, after=after)
    emit("calculation.finished", run_id=run.id, period_on=run.period_on.isoformat(), state=state.value)
    _end_job(run, at=at)
    if state is RunState.CALCULATED:
        _go_on(run, actor, at=at)
    return run


def _go_on(run: CalculationRun, actor: Actor, *, at: datetime) -> None:
    """Calculate the later month anew. Where a fact came in meanwhile, the month of this run is to be calculated first:
    the queue of those who calculate says so, and this run has ended all the same."""
    later = later_period_to_calculate(run)
    if later is None:
        return
    try:
        start_calculation(actor=actor, period_on=later, at=at, shard_count=run.shard_count or SHARDS)
    except CALCULATION_REFUSALS as refusal:
        log.info("calculation of %s does not follow %s: %s", later, run.number, refusal.code)


def _end_job(run: CalculationRun, *, at: datetime) -> None:
    if run.job_id is None:
        return
    if run.state == RunState.FAILED:
        fail_job(job_id=run.job_id, at=at, failure=run.failure)
    else:
        counts = {
            "looked_at": run.funnel["looked_at"],
            "earned": run.funnel["earned"],
            "entries": run.entry_count,
        }
        finish_job(job_id=run.job_id, at=at, counts=counts)


def cancel_calculation(*, run_id: UUID) -> None:
    """Set aside the shards that nobody has begun; the run fails with that reason once the others are done."""
    waiting = CalculationShard.objects.filter(run_id=run_id, state=ShardState.WAITING)
    waiting.update(state=ShardState.STUCK, counts={"code": CANCELLED})


def resume_calculations(*, at: datetime) -> bool:
    """Ring the open run of the tenant in context if it waits for a worker: a lost ring, a dead worker, an end that
    nobody wrote."""
    run = CalculationRun.objects.filter(state__in=[RunState.QUEUED, RunState.CALCULATING]).first()
    if run is None:
        return False
    waits = has_claimable_shards(CalculationShard, run_id=run.id, at=at) or progress_of(run.id).is_over
    if waits:
        enqueue(CALCULATE, run_id=run.id)
    return waits
