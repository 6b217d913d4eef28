"""A worker's turn at a calculation: claim a shard, calculate it in one transaction, go on, finish.

Promises: a shard is posted once, whoever dies when; nothing is posted into a closed period.
Called by: earnings.tasks.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, connection

from incentives.earnings.actions import CALCULATE, cancel_calculation, finalise_run
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationRun, CalculationShard, RunState
from incentives.earnings.queries import progress_of
from incentives.earnings.scope import load_scope
from incentives.earnings.shards import FenceLost, claim_shard, finish_shard, heartbeat, release_shard
from prm.jobs.actions import advance_job
from prm.kit.failpoints import failpoint
from prm.outbox.actions import enqueue
from prm.tenancy.context import tenant_context

log = logging.getLogger(__name__)

LONGEST_TURN_SECONDS = 300
"""A worker that has been at one run for so long rings the next one and lets others have their turn."""


class PeriodClosedMeanwhile(RuntimeError):
    """The period was closed after the calculation began."""

    code = "period_closed_meanwhile"


def work_on_run(*, tenant_id: UUID, run_id: UUID, now: Callable[[], datetime]) -> None:
    """Calculate shards until none is left or the turn is over, then finish the run if it was the last."""
    turn_ends = time.monotonic() + LONGEST_TURN_SECONDS
    if not _begin(tenant_id, run_id, at=now()):
        return
    while True:
        shard = claim_shard(CalculationShard, tenant_id=tenant_id, run_id=run_id, at=now())
        if shard is None:
            break
        _work_on_shard(shard, tenant_id, now)
        _report(shard, tenant_id, now)
        if time.monotonic() > turn_ends:
            with tenant_context(tenant_id):
                enqueue(CALCULATE, run_id=run_id)
            return
    failpoint("calculation.before_finalise")
    with tenant_context(tenant_id):
        finalise_run(run_id=run_id, at=now())
        failpoint("calculation.finalised")
    failpoint("calculation.after_finalise")


def _begin(tenant_id: UUID, run_id: UUID, *, at: datetime) -> bool:
    with tenant_context(tenant_id):
        waiting = CalculationRun.objects.filter(id=run_id, state=RunState.QUEUED)
        if waiting.update(state=RunState.CALCULATING, started_at=at) and progress_of(run_id).shards:
            _refresh_statistics()
        return CalculationRun.objects.filter(id=run_id, state=RunState.CALCULATING).exists()


def _refresh_statistics() -> None:
    """A calculation often follows a large load at once, before the server has looked at the new rows; planned blindly,
    its joins take minutes instead of milliseconds. Nobody searches the inputs of entries, and they are most of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE (SKIP_LOCKED) partners_saleline, partners_salesplit, partners_salepayment, incentives_entry ("
            "tenant_id, run_id, period_on, belongs_on, plan_id, component_id, line_id, credited_partner_id, partner_id)"
        )


def _work_on_shard(shard: CalculationShard, tenant_id: UUID, now: Callable[[], datetime]) -> None:
    """One shard in one transaction. A failure gives the shard back at once; five in a row set it aside."""
    try:
        with heartbeat(shard), tenant_context(tenant_id):
            run = CalculationRun.objects.get(id=shard.run_id)
            _hold_period_open(run)
            counts = calculate_shard(shard, load_scope(run), at=now())
            finish_shard(shard, counts=dict(counts), at=now())
            failpoint("calculation.before_commit")
    except FenceLost:
        log.warning("calculation shard %s was taken over", shard.number)
        return
    except (DatabaseError, PeriodClosedMeanwhile, ValueError, LookupError) as failure:
        log.exception("calculation shard %s failed", shard.number)
        code = failure.code if isinstance(failure, PeriodClosedMeanwhile) else None
        detail = f"{type(failure).__name__}: {failure}"[:500]
        release_shard(shard, tenant_id=tenant_id, failure=detail, code=code, at=now())
        return
    failpoint("calculation.after_commit")


def _hold_period_open(run: CalculationRun) -> None:
    """Nobody closes the period while this transaction posts into it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at FROM incentives_period WHERE tenant_id = %s AND starts_on = %s FOR SHARE",
            [run.tenant_id, run.period_on],
        )
        row = cursor.fetchone()
    if row is not None and row[0] is not None:
        raise PeriodClosedMeanwhile(run.period_on.isoformat())


def _report(shard: CalculationShard, tenant_id: UUID, now: Callable[[], datetime]) -> None:
    """Progress for those who watch; a request to cancel is obeyed between shards."""
    with tenant_context(tenant_id):
        job_id = CalculationRun.objects.values_list("job_id", flat=True).get(id=shard.run_id)
        done = progress_of(shard.run_id).done
    if job_id is not None and not advance_job(job_id=job_id, at=now(), done=done, tenant_id=tenant_id):
        with tenant_context(tenant_id):
            cancel_calculation(run_id=shard.run_id)
