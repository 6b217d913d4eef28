"""The payout run from draft to approval: prepare, calculate, submit, approve, reject, cancel.

Promises: each step checks the state under a lock; what is approved is one content hash; the preparer never approves.
Called by: payouts.{console,tasks}. Exporting and outcomes stand in payouts.exporting.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from incentives.earnings.models import ShardState
from incentives.earnings.shards import FenceLost, claim_shard, finish_shard, heartbeat, release_shard
from incentives.ledger.queries import is_closed
from incentives.payouts import queries, sql_items
from incentives.payouts.models import (
    PayoutAllocation,
    PayoutApproval,
    PayoutItem,
    PayoutRun,
    PayoutShard,
    PayoutState,
)
from incentives.payouts.rules import content_hash, may_follow
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.jobs.failpoints import failpoint
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import tenant_context
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

CALCULATE = "incentives.payouts.calculate"
SHARDS = 4
BANK_DETAILS_REST = timedelta(hours=72)


class PeriodNotClosed(Exception):
    """A payout takes entries of closed months only."""

    code = "period_not_closed"


class RunAlreadyOpen(Exception):
    """There is an open run of this month, currency and method."""

    code = "payout_run_already_open"


class RunStateRefuses(Exception):
    """The run is not in a state that allows this."""

    code = "payout_run_state"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NothingToPay(Exception):
    """The run has no payable item; the held ones say why."""

    code = "nothing_to_pay"


class TotalDiffers(Exception):
    """The typed total is not the run's total."""

    code = "total_differs"


class PreparerCannotApprove(Exception):
    """The person prepared this run."""

    code = "preparer_cannot_approve"


class EditorCannotApprove(Exception):
    """The person last edited something in it: `what` is plans or accounts."""

    code = "editor_cannot_approve"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class AlreadyApproved(Exception):
    """The person has approved this content already."""

    code = "already_approved"


class ContentChanged(Exception):
    """The items are not the ones that were hashed."""

    code = "content_changed"


def prepare_run(*, actor: Actor, period_on: date, currency: str, pays_on: date, at: datetime) -> PayoutRun:
    """Start a run over closed months up to `period_on`; workers calculate it."""
    if actor.id is None or actor.user_id is None:
        raise PermissionError("a payout run is prepared by a person")
    if not is_closed(period_on):
        raise PeriodNotClosed
    try:
        with transaction.atomic():
            run = PayoutRun.objects.create(
                number=next_number("payout"),
                period_on=period_on,
                pays_on=pays_on,
                currency=currency,
                created_by_id=actor.id,
                created_by_user_id=actor.user_id,
                cutoff_at=at,
                created_at=at,
            )
    except IntegrityError as clash:
        raise RunAlreadyOpen from clash
    record(
        actor=actor,
        action="payout.prepared",
        subject=run,
        at=at,
        after={"period": period_on, "currency": currency},
    )
    start_calculating(run=run)
    return run


def start_calculating(*, run: PayoutRun) -> None:
    _move(run, PayoutState.CALCULATING)
    PayoutShard.objects.bulk_create(PayoutShard(run=run, number=number) for number in range(SHARDS))
    enqueue(CALCULATE, run_id=run.id)


def work_on_run(*, tenant_id: UUID, run_id: UUID, now: Callable[[], datetime]) -> None:
    """Calculate shards until none is left, then finish the run; harmless when rung twice."""
    while (shard := claim_shard(PayoutShard, tenant_id=tenant_id, run_id=run_id, at=now())) is not None:
        try:
            with heartbeat(shard), tenant_context(tenant_id):
                _calculate_shard(shard, at=now())
                failpoint("payout.before_commit")
        except FenceLost:
            continue
        except Exception as failure:
            release_shard(shard, failure=str(failure), at=now())
            raise
        failpoint("payout.after_commit")
    with tenant_context(tenant_id):
        finalise_run(run_id=run_id, at=now())


def _calculate_shard(shard: PayoutShard, *, at: datetime) -> None:
    run = PayoutRun.objects.get(id=shard.run_id)
    parameters: dict[str, Any] = {
        "tenant": run.tenant_id,
        "run": run.id,
        "currency": run.currency,
        "period_on": run.period_on,
        "pays_on": run.pays_on,
        "cutoff_at": run.cutoff_at,
        "shard": shard.number,
        "shards": SHARDS,
        "minimums": json.dumps(queries.minimums_on(run.pays_on)),
        "settled_before": run.cutoff_at - BANK_DETAILS_REST,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(sql_items.MEMBERS, parameters)
        cursor.execute(sql_items.ITEMS, parameters)
        items = cursor.rowcount
        cursor.execute(sql_items.ALLOCATIONS, parameters)
        entries = cursor.rowcount
        cursor.execute(sql_items.DROP)
    finish_shard(shard, counts={"items": items, "entries": entries}, at=at)


def finalise_run(*, run_id: UUID, at: datetime) -> PayoutRun:
    """When all shards are done: count, hash, and wait for its preparer to submit."""
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    unfinished = PayoutShard.objects.filter(run_id=run_id).exclude(state=ShardState.DONE).exists()
    if run.state != PayoutState.CALCULATING or unfinished:
        return run
    run.item_count, run.total_minor, run.funnel = queries.totals_of(run.id)
    run.content_hash = content_hash(queries.payable_items(run.id))
    _move(run, PayoutState.CALCULATED)
    after = {"items": run.item_count, "total_minor": run.total_minor, "hash": run.content_hash}
    record(actor=system_actor(run.tenant_id), action="payout.calculated", subject=run, at=at, after=after)
    return run


def submit_run(*, actor: Actor, run: PayoutRun, typed_total_minor: int | None, at: datetime) -> PayoutRun:
    """Hand the run over for approval. Its preparer types the total."""
    run = _locked(run)
    _require_state(run, PayoutState.SUBMITTED)
    if run.item_count == 0:
        raise NothingToPay
    _require_total(run, typed_total_minor)
    run.submitted_at = at
    _move(run, PayoutState.SUBMITTED)
    record(actor=actor, action="payout.submitted", subject=run, at=at, after={"total_minor": run.total_minor})
    emit("payout.submitted", run_id=run.id)
    return run


def approve_run(*, actor: Actor, run: PayoutRun, typed_total_minor: int | None, at: datetime) -> PayoutRun:
    """One person's yes to the content as it is hashed; above the tenant's threshold a second one is needed."""
    run = _locked(run)
    if run.state != PayoutState.SUBMITTED:
        raise RunStateRefuses(run.state)
    refuse_approver(actor=actor, run=run)
    assert actor.id is not None
    assert actor.user_id is not None
    _require_total(run, typed_total_minor)
    require_unchanged(run)
    try:
        with transaction.atomic():
            PayoutApproval.objects.create(
                run=run,
                approver_id=actor.id,
                approver_user_id=actor.user_id,
                created_by_user_id=run.created_by_user_id,
                content_hash=run.content_hash,
                total_minor=run.total_minor,
                approved_at=at,
            )
    except IntegrityError as clash:
        raise AlreadyApproved from clash
    record(actor=actor, action="payout.approved", subject=run, at=at, after={"hash": run.content_hash})
    if live_approvals(run) >= approvals_needed(run):
        _move(run, PayoutState.APPROVED)
        emit("payout.approved", run_id=run.id)
    return run


def refuse_approver(*, actor: Actor, run: PayoutRun) -> None:
    """Raise when this person may not approve: they prepared the run, or edited last what it pays by."""
    if actor.user_id is None or actor.user_id == run.created_by_user_id:
        raise PreparerCannotApprove
    plans, accounts = queries.edited_by(run.id, actor.user_id)
    if plans or accounts:
        raise EditorCannotApprove("plans" if plans else "accounts")


def approvals_needed(run: PayoutRun) -> int:
    return 2 if run.total_minor > current_tenant().second_approver_above_minor else 1


def live_approvals(run: PayoutRun) -> int:
    rows = PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True, content_hash=run.content_hash)
    return rows.values("approver_user_id").distinct().count()


def reject_run(*, actor: Actor, run: PayoutRun, reason: str, at: datetime) -> PayoutRun:
    """Send the run back: what it took is released, its approvals are void, and it is calculated anew."""
    run = _locked(run)
    if run.state not in (PayoutState.CALCULATED, PayoutState.SUBMITTED, PayoutState.APPROVED):
        raise RunStateRefuses(run.state)
    _release(run, at)
    run.content_hash, run.item_count, run.total_minor, run.funnel = "", 0, 0, {}
    run.submitted_at, run.cutoff_at = None, at
    _move(run, PayoutState.DRAFT)
    record(actor=actor, action="payout.rejected", subject=run, at=at, reason=reason)
    start_calculating(run=run)
    return run


def cancel_run(*, actor: Actor, run: PayoutRun, reason: str, at: datetime) -> PayoutRun:
    run = _locked(run)
    _require_state(run, PayoutState.CANCELLED)
    _release(run, at)
    run.closed_at = at
    _move(run, PayoutState.CANCELLED)
    record(actor=actor, action="payout.cancelled", subject=run, at=at, reason=reason)
    return run


def _release(run: PayoutRun, at: datetime) -> None:
    PayoutAllocation.objects.filter(run_id=run.id, released_at__isnull=True).update(released_at=at)
    PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True).update(voided_at=at)
    PayoutItem.objects.filter(run_id=run.id).delete()
    PayoutShard.objects.filter(run_id=run.id).delete()


def require_unchanged(run: PayoutRun) -> None:
    if content_hash(queries.payable_items(run.id)) != run.content_hash:
        raise ContentChanged


def _require_total(run: PayoutRun, typed_total_minor: int | None) -> None:
    if typed_total_minor != run.total_minor:
        raise TotalDiffers


def _locked(run: PayoutRun) -> PayoutRun:
    return PayoutRun.objects.select_for_update().get(id=run.id)


def _require_state(run: PayoutRun, wanted: PayoutState) -> None:
    if not may_follow(run.state, wanted):
        raise RunStateRefuses(run.state)


def _move(run: PayoutRun, wanted: PayoutState) -> None:
    _require_state(run, wanted)
    run.state = wanted
    run.version += 1
    run.save()


def resume_runs(*, at: datetime) -> None:
    """Ring again what waits: calculations without a worker, exports that were not written."""
    for run in PayoutRun.objects.filter(state=PayoutState.CALCULATING):
        enqueue(CALCULATE, run_id=run.id)
    for run in PayoutRun.objects.filter(state=PayoutState.EXPORTING):
        enqueue("incentives.payouts.export", run_id=run.id)


move_run = _move
