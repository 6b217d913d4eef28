"""A worker's turn at a payout run: claim a shard of partners, calculate it in one transaction, go on, finish.

Promises: a shard is taken once, whoever dies when; the hash is over what is paid, whatever the shards or workers.
Called by: payouts.actions and tasks.
"""

import json
import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from incentives.earnings.models import ShardState
from incentives.earnings.shards import (
    FenceLost,
    claim_shard,
    finish_shard,
    has_claimable_shards,
    heartbeat,
    release_shard,
)
from incentives.payouts import queries, sql_items
from incentives.payouts.models import PayoutRun, PayoutShard, PayoutState
from incentives.payouts.rules import content_hash
from incentives.payouts.steps import begin, finish
from prm.accounts.actor import system_actor
from prm.audit.actions import record
from prm.jobs.failpoints import failpoint
from prm.outbox.actions import enqueue
from prm.tenancy.context import require_context, tenant_context

CALCULATE = "incentives.payouts.calculate"
SHARDS = 4
BANK_DETAILS_REST = timedelta(hours=72)
log = logging.getLogger(__name__)


def start_calculating(run: PayoutRun) -> None:
    """Cut the locked run into shards and ring for workers."""
    finish("calculate", run)
    PayoutShard.objects.bulk_create(PayoutShard(run=run, number=number) for number in range(SHARDS))
    for _ in range(2):
        enqueue(CALCULATE, run_id=run.id)


def work_on_run(*, tenant_id: UUID, run_id: UUID, now: Callable[[], datetime]) -> None:
    """Calculate shards until none is left, then finish the run; harmless when rung twice."""
    while (shard := claim_shard(PayoutShard, tenant_id=tenant_id, run_id=run_id, at=now())) is not None:
        _work_on_shard(shard, tenant_id, now)
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
    except DatabaseError as failure:
        log.exception("payout shard %s failed", shard.number)
        reason = f"{type(failure).__name__}: {failure}"[:500]
        release_shard(shard, tenant_id=tenant_id, failure=reason, at=now())
        return
    failpoint("payout.after_commit")


def _calculate_shard(shard: PayoutShard, *, at: datetime) -> None:
    run = PayoutRun.objects.filter(id=shard.run_id).first()
    if run is None or run.state != PayoutState.CALCULATING:
        raise FenceLost("the run is not being calculated any more")
    parameters = parameters_of(run.period_on, run.pays_on, run.currency, run.cutoff_at)
    parameters |= {"run": run.id, "shard": shard.number, "shards": SHARDS}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(sql_items.MEMBERS, parameters)
        cursor.execute("ANALYZE payout_entry")
        cursor.execute(sql_items.ITEMS, parameters)
        items = cursor.rowcount
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


def preview(*, period_on: date, currency: str, pays_on: date, at: datetime) -> dict[str, tuple[int, int]]:
    """What a run would say if it were calculated now: per reason ("" is payable) how many balances, and their sum."""
    parameters = {**parameters_of(period_on, pays_on, currency, at), "shard": 0, "shards": 1}
    with connection.cursor() as cursor:
        cursor.execute(sql_items.MEMBERS, parameters)
        cursor.execute(sql_items.PREVIEW, parameters)
        found = {reason: (count, total) for reason, count, total in cursor.fetchall()}
        cursor.execute(sql_items.DROP)
    return found


def finish_calculation(*, run_id: UUID, at: datetime) -> PayoutRun:
    """When all shards are done: count, hash, and wait for its preparer to submit. Safe to call at any time."""
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    unfinished = PayoutShard.objects.filter(run_id=run_id).exclude(state=ShardState.DONE).exists()
    if run.state != PayoutState.CALCULATING or unfinished:
        return run
    actor = system_actor(require_context().tenant_id)
    run = begin("finish_calculation", actor=actor, run_id=run_id)
    run.item_count, run.total_minor, run.funnel = queries.totals_of(run.id)
    run.content_hash = content_hash(queries.payable_items(run.id))
    finish("finish_calculation", run)
    after = {"items": run.item_count, "total_minor": run.total_minor, "hash": run.content_hash}
    record(actor=actor, action="payout.calculated", subject=run, at=at, after=after)
    return run


def waits_for_worker(run: PayoutRun, *, at: datetime) -> bool:
    """Whether a worker that is rung now would find something to do on a run that is being calculated."""
    shards = PayoutShard.objects.filter(run_id=run.id)
    all_done = not shards.exclude(state=ShardState.DONE).exists()
    return all_done or has_claimable_shards(PayoutShard, run_id=run.id, at=at)
