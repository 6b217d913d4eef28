"""A worker's turn at a payout run: claim a shard of partners, calculate it in one transaction, go on, finish.

Promises: a shard is taken once, whoever dies when; the hash is over what is paid, whatever the shards or workers; what
cannot be calculated fails with its reason.
Called by: payouts.actions and tasks.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from incentives.earnings.models import ShardState
from incentives.earnings.shards import (
    FenceLost,
    claim_shard,
    finish_shard,
    has_claimable_shards,
    heartbeat,
    release_shard,
)
from incentives.payouts import payer_queries, queries, sql_items
from incentives.payouts.composing import hold_empty, hold_unfit
from incentives.payouts.content import content_hash_of
from incentives.payouts.excluding import hold_excluded
from incentives.payouts.models import ItemState, PayoutItem, PayoutRun, PayoutShard, PayoutState
from incentives.payouts.steps import empty, finish
from incentives.payouts.withholding import withhold
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.jobs.actions import advance_job, fail_job, finish_job, start_job
from prm.kit.failpoints import failpoint
from prm.kit.periods import Period
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import require_context, tenant_context

CALCULATE = "incentives.payouts.calculate"
JOB_KIND = "payouts.calculation"
SHARDS = 4
RINGS = 2
BANK_DETAILS_REST = timedelta(hours=72)
# Why a calculation failed, as `last_reason` keeps it.
FAILED, STOPPED = "calculation_failed", "calculation_stopped"
BROKE, WORKER_LOST = "payouts.broke", "payouts.worker_lost"
UNFINISHED = (ShardState.WAITING, ShardState.RUNNING)
log = logging.getLogger(__name__)


def start_calculating(run: PayoutRun, *, actor: Actor, at: datetime, shard_count: int = SHARDS) -> None:
    """Cut the locked run into shards and ring for workers."""
    run.job = start_job(
        actor=actor,
        kind=JOB_KIND,
        at=at,
        label=f"{run} · {Period.of(run.period_on)}",
        path=f"/m/payouts/{run.id}/",
        subject_id=run.id,
        total=shard_count,
    )
    finish("calculate", run)
    PayoutShard.objects.bulk_create(PayoutShard(run=run, number=number) for number in range(shard_count))
    for _ in range(min(RINGS, shard_count)):
        enqueue(CALCULATE, run_id=run.id)


def work_on_run(*, tenant_id: UUID, run_id: UUID, now: Callable[[], datetime]) -> None:
    """Calculate shards until none is left, then finish the run; harmless when rung twice."""
    while (shard := claim_shard(PayoutShard, tenant_id=tenant_id, run_id=run_id, at=now())) is not None:
        _work_on_shard(shard, tenant_id, now)
        _report(run_id, tenant_id, at=now())
    failpoint("payout.before_finish")
    with tenant_context(tenant_id):
        finish_calculation(run_id=run_id, at=now())


def _work_on_shard(shard: PayoutShard, tenant_id: UUID, now: Callable[[], datetime]) -> None:
    """One shard in one transaction. A failure gives the shard back at once; five in a row set it aside."""
    try:
        with heartbeat(shard), tenant_context(tenant_id):
            _calculate_shard(shard, at=now())
            failpoint("payout.before_commit")
    except FenceLost:
        log.warning("payout shard %s was taken over", shard.number)
        return
    except (DatabaseError, ValueError, LookupError) as failure:
        log.exception("payout shard %s failed", shard.number)
        reason = f"{type(failure).__name__}: {failure}"[:500]
        release_shard(shard, tenant_id=tenant_id, failure=reason, at=now())
        return
    failpoint("payout.after_commit")


def _report(run_id: UUID, tenant_id: UUID, *, at: datetime) -> None:
    """Progress for those who watch; a request to stop is obeyed between shards."""
    with tenant_context(tenant_id):
        job_id = PayoutRun.objects.values_list("job_id", flat=True).get(id=run_id)
        done = PayoutShard.objects.filter(run_id=run_id, state=ShardState.DONE).count()
    if job_id is not None and not advance_job(job_id=job_id, at=at, done=done, tenant_id=tenant_id):
        with tenant_context(tenant_id):
            stop_calculation(run_id=run_id, job_id=job_id)


def stop_calculation(*, run_id: UUID, job_id: UUID) -> None:
    """Set aside the shards that nobody has begun, unless the run is at another calculation by now."""
    waiting = PayoutShard.objects.filter(run_id=run_id, run__job_id=job_id, state=ShardState.WAITING)
    waiting.update(state=ShardState.STUCK, counts={"failure": STOPPED})


def _calculate_shard(shard: PayoutShard, *, at: datetime) -> None:
    run = PayoutRun.objects.filter(id=shard.run_id).first()
    if run is None or run.state != PayoutState.CALCULATING:
        raise FenceLost("the run is not being calculated any more")
    parameters = parameters_of(run.period_on, run.pays_on, run.currency, run.cutoff_at)
    shards = PayoutShard.objects.filter(run_id=run.id).count()
    parameters |= {"run": run.id, "shard": shard.number, "shards": shards}
    items = _fill(parameters)
    with connection.cursor() as cursor:
        cursor.execute(sql_items.ALLOCATIONS, parameters)
        entries = cursor.rowcount
        cursor.execute(sql_items.DROP)
    finish_shard(shard, counts={"items": items, "entries": entries}, at=at)


def parameters_of(period_on: date, pays_on: date, currency: str, cutoff_at: datetime) -> dict[str, Any]:
    """What decides which entries are taken; without the run and its shards."""
    minimums = {plan_id: minimum.minor for plan_id, minimum in queries.minimums_on(pays_on).items()}
    return {
        "tenant": require_context().tenant_id,
        "currency": currency,
        "period_on": period_on,
        "pays_on": pays_on,
        "cutoff_at": cutoff_at,
        "minimums": json.dumps(minimums),
        "settled_before": cutoff_at - BANK_DETAILS_REST,
    }


@dataclass(frozen=True)
class Preview:
    """What a run would say: per reason ("" is payable) how many balances and their sum, what would be withheld, and the
    items behind it."""

    sums: dict[str, tuple[int, int]]
    withheld_minor: int
    look: list[PayoutItem]
    held: list[PayoutItem]


def preview(
    *, actor: Actor, period_on: date, currency: str, pays_on: date, at: datetime, most: int = 50
) -> Preview:
    """The calculation of a run that is taken back at once, so that both can say but the same. Of items worth a look
    and of held ones, `most` are told."""
    assert actor.id is not None
    assert actor.user_id is not None
    with transaction.atomic():
        run = PayoutRun.objects.create(
            number=0,
            method="preview",
            state=PayoutState.CALCULATING,
            period_on=period_on,
            pays_on=pays_on,
            currency=currency,
            payer_account=payer_queries.payer_for(currency),
            created_by_id=actor.id,
            created_by_user_id=actor.user_id,
            cutoff_at=at,
            created_at=at,
        )
        parameters = parameters_of(period_on, pays_on, currency, at)
        _fill(parameters | {"run": run.id, "shard": 0, "shards": 1})
        _judge(run, at=at)
        count, total, _funnel = queries.totals_of(run.id)
        held = {reason: (row["count"], row["total"]) for reason, row in queries.held_by_reason(run).items()}
        payable = queries.list_items(run).filter(state=ItemState.RESERVED)
        told = Preview(
            sums={"": (count, total), **held} if count else held,
            withheld_minor=payable.aggregate(total=Sum("withheld_minor"))["total"] or 0,
            look=list(payable.exclude(facts__notes=[])[:most]),
            held=list(queries.list_items(run).filter(state=ItemState.HELD)[:most]),
        )
        transaction.set_rollback(True)
    return told


def _fill(parameters: dict[str, Any]) -> int:
    """The items of a shard; their entries stay at hand until `DROP`."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(sql_items.MEMBERS, parameters)
        cursor.execute("ANALYZE payout_entry")
        cursor.execute(sql_items.ITEMS, parameters)
        return int(cursor.rowcount)


def _judge(run: PayoutRun, *, at: datetime) -> None:
    """What is decided of a run's payments together: tax, what its file cannot take, what was taken out by hand."""
    withhold(run)
    hold_empty(run, at=at)
    hold_unfit(run, at=at)
    hold_excluded(run, at=at)


def finish_calculation(*, run_id: UUID, at: datetime) -> PayoutRun:
    """Once no shard is left to calculate: count, hash, and wait for its preparer to submit; or say what failed. Safe
    to call at any time."""
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    shards = list(PayoutShard.objects.filter(run_id=run_id).order_by("number"))
    if run.state != PayoutState.CALCULATING or any(shard.state in UNFINISHED for shard in shards):
        return run
    stuck = [shard for shard in shards if shard.state == ShardState.STUCK]
    if stuck:
        return _fail(run, stuck, at=at)
    actor = system_actor(require_context().tenant_id)
    _judge(run, at=at)
    run.item_count, run.total_minor, run.funnel = queries.totals_of(run.id)
    run.content_hash = content_hash_of(run)
    finish("finish_calculation", run)
    after = {"items": run.item_count, "total_minor": run.total_minor, "hash": run.content_hash}
    record(actor=actor, action="payout.calculated", subject=run, at=at, after=after)
    if run.job_id is not None:
        counts = {"payments": run.item_count, "held_out": sum(run.funnel.values())}
        finish_job(job_id=run.job_id, at=at, counts=counts)
    return run


def _fail(run: PayoutRun, stuck: list[PayoutShard], *, at: datetime) -> PayoutRun:
    """What the finished shards took is free again; the run waits to be calculated anew, or cancelled."""
    broken = [shard for shard in stuck if shard.counts.get("failure") != STOPPED]
    run.last_reason, run.last_reason_by = (FAILED if broken else STOPPED), ""
    if broken:
        told = broken[0].counts.get("failure")
        failure = f"{BROKE}: {told}" if told else f"{WORKER_LOST}: {broken[0].fence}"
        log.error("a payout run is stuck", extra={"facts": {"run": str(run), "failure": failure}})
        if run.job_id is not None:
            fail_job(job_id=run.job_id, at=at, failure=failure)
    empty(run, at=at)
    finish("fail_calculation", run)
    actor = system_actor(require_context().tenant_id)
    record(actor=actor, action="payout.failed", subject=run, at=at, reason=run.last_reason)
    emit("payout.failed", run_id=run.id)
    return run


def waits_for_worker(run: PayoutRun, *, at: datetime) -> bool:
    """Whether a worker that is rung now would find something to do on a run that is being calculated."""
    unfinished = PayoutShard.objects.filter(run_id=run.id, state__in=UNFINISHED).exists()
    return not unfinished or has_claimable_shards(PayoutShard, run_id=run.id, at=at)
