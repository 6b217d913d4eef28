"""The payout run from draft to approval: prepare, calculate again, submit, approve, reject, cancel.

Promises: each step checks permission and state under a lock; what is approved is one content hash; the preparer never
approves. Called by: payouts.{console,tasks}. Calculating stands in payouts.calculation, exporting in payouts.exporting,
the bank's answers in payouts.{settling,outcomes}.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.ledger.queries import is_closed
from incentives.payouts import payer_queries, queries
from incentives.payouts.calculation import (
    CALCULATE,
    SHARDS,
    start_calculating,
    waits_for_worker,
    work_on_run,
)
from incentives.payouts.content import content_hash_of
from incentives.payouts.limits import approvals_needed, keep_judgement
from incentives.payouts.models import PayoutApproval, PayoutRun, PayoutState
from incentives.payouts.steps import (
    ContentChanged,
    RunStateRefuses,
    begin,
    empty,
    finish,
    release,
    require_unchanged,
)
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import StaffPeople, notify
from prm.notifications.rules import Amount
from prm.outbox.actions import emit, enqueue
from prm.tenancy.models import next_number

__all__ = [
    "AlreadyApproved",
    "ContentChanged",
    "ContentUnseen",
    "EditorCannotApprove",
    "NothingToPay",
    "PeriodNotClosed",
    "PreparerCannotApprove",
    "PreparerSubmits",
    "RunAlreadyOpen",
    "RunStateRefuses",
    "TotalDiffers",
    "approve_run",
    "cancel_run",
    "live_approvals",
    "prepare_run",
    "recalculate_run",
    "refuse_approver",
    "reject_run",
    "resume_runs",
    "submit_run",
    "work_on_run",
]

EXPORT = "incentives.payouts.export"


class PeriodNotClosed(Exception):
    """A payout takes entries of closed months only."""

    code = "period_not_closed"


class RunAlreadyOpen(Exception):
    """There is an open run of this month, currency and method."""

    code = "payout_run_already_open"


class NothingToPay(Exception):
    """The run has no payable item; the held ones say why."""

    code = "nothing_to_pay"


class TotalDiffers(Exception):
    """The typed total is not the run's total."""

    code = "total_differs"


class PreparerSubmits(Exception):
    """A run is handed over by the person who prepared it."""

    code = "preparer_submits"


class PreparerCannotApprove(Exception):
    """The person prepared this run."""

    code = "preparer_cannot_approve"


class EditorCannotApprove(Exception):
    """The person last edited something in it: `what` is plans or accounts."""

    code = "editor_cannot_approve"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class ContentUnseen(Exception):
    """The run was calculated again after the person had opened it, and would pay something else."""

    code = "content_unseen"


class AlreadyApproved(Exception):
    """The person has approved this content already."""

    code = "already_approved"


def prepare_run(
    *,
    actor: Actor,
    period_on: date,
    currency: str,
    pays_on: date,
    at: datetime,
    shard_count: int = SHARDS,
) -> PayoutRun:
    """Start a run over closed months up to `period_on`; workers calculate it."""
    if actor.id is None or actor.user_id is None or not actor.can("payouts.prepare"):
        raise PermissionDenied("a payout run is prepared by a person")
    if not is_closed(period_on):
        raise PeriodNotClosed
    try:
        with transaction.atomic():
            run = PayoutRun.objects.create(
                number=next_number("payout"),
                period_on=period_on,
                pays_on=pays_on,
                currency=currency,
                payer_account=payer_queries.payer_for(currency),
                created_by_id=actor.id,
                created_by_user_id=actor.user_id,
                cutoff_at=at,
                created_at=at,
            )
    except IntegrityError as clash:
        raise RunAlreadyOpen from clash
    after = {"period": period_on, "currency": currency, "pays_on": pays_on}
    record(actor=actor, action="payout.prepared", subject=run, at=at, after=after)
    start_calculating(run, actor=actor, at=at, shard_count=shard_count)
    return run


def recalculate_run(*, actor: Actor, run: PayoutRun, at: datetime) -> PayoutRun:
    """Calculate anew a run that was sent back, that failed, or that nobody has submitted yet, with what is known by
    now."""
    run = begin("calculate", actor=actor, run_id=run.id)
    empty(run, at=at)
    run.cutoff_at, run.payer_account = at, payer_queries.payer_for(run.currency)
    run.last_reason = run.last_reason_by = ""
    start_calculating(run, actor=actor, at=at)
    record(actor=actor, action="payout.recalculated", subject=run, at=at)
    return run


def submit_run(*, actor: Actor, run: PayoutRun, typed_total_minor: int | None, at: datetime) -> PayoutRun:
    """Hand the run over for approval. Its preparer types the total."""
    run = begin("submit", actor=actor, run_id=run.id)
    if actor.user_id != run.created_by_user_id:
        raise PreparerSubmits
    if run.item_count == 0:
        raise NothingToPay
    _require_total(run, typed_total_minor)
    require_unchanged(run, lock=True)
    keep_judgement(run, at)
    run.submitted_at, run.content_hash = at, content_hash_of(run)
    finish("submit", run)
    record(actor=actor, action="payout.submitted", subject=run, at=at, after={"total_minor": run.total_minor})
    emit("payout.submitted", run_id=run.id)
    notify(
        "payout.submitted",
        to=StaffPeople("payouts.approve"),
        params={
            "number": f"PR-{run.number}",
            "total": Amount(run.total_minor, run.currency),
            "pays_on": run.pays_on,
        },
        link=("payout-detail", [run.id]),
    )
    return run


def approve_run(
    *, actor: Actor, run: PayoutRun, typed_total_minor: int | None, at: datetime, seen_hash: str = ""
) -> PayoutRun:
    """One person's yes to the content as it is hashed; above the tenant's threshold a second one is needed.
    `seen_hash` is that of the content that the person read, where a page tells it."""
    run = begin("approve", actor=actor, run_id=run.id)
    refuse_approver(actor=actor, run=run)
    assert actor.id is not None
    assert actor.user_id is not None
    _require_total(run, typed_total_minor)
    if seen_hash not in ("", run.content_hash):
        raise ContentUnseen
    require_unchanged(run, lock=True)
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
    if live_approvals(run) >= approvals_needed(run, at):
        finish("approve", run)
        emit("payout.approved", run_id=run.id)
    return run


def refuse_approver(*, actor: Actor, run: PayoutRun) -> None:
    """Raise when this person may not approve: they prepared the run, or edited last what it pays by."""
    if actor.user_id is None or actor.user_id == run.created_by_user_id:
        raise PreparerCannotApprove
    edited = queries.editors_of(run).get(actor.user_id)
    if edited is not None:
        raise EditorCannotApprove(edited)


def live_approvals(run: PayoutRun) -> int:
    """How many people stand behind the content as it is hashed now."""
    rows = PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True, content_hash=run.content_hash)
    return rows.values("approver_user_id").distinct().count()


def reject_run(*, actor: Actor, run: PayoutRun, reason: str, at: datetime) -> PayoutRun:
    """Send the run back: what it took is released, its approvals are void; its preparer calculates it again."""
    run = begin("reject", actor=actor, run_id=run.id)
    empty(run, at=at)
    run.last_reason, run.last_reason_by = reason, actor.label
    finish("reject", run)
    record(actor=actor, action="payout.rejected", subject=run, at=at, reason=reason)
    emit("payout.rejected", run_id=run.id)
    return run


def cancel_run(*, actor: Actor, run: PayoutRun, reason: str, at: datetime) -> PayoutRun:
    """Stop a run for good; what it took is free for another one, its items stay readable."""
    run = begin("cancel", actor=actor, run_id=run.id)
    release(run, at=at)
    run.closed_at = at
    run.last_reason, run.last_reason_by = reason, actor.label
    finish("cancel", run)
    record(actor=actor, action="payout.cancelled", subject=run, at=at, reason=reason)
    return run


def _require_total(run: PayoutRun, typed_total_minor: int | None) -> None:
    if typed_total_minor != run.total_minor:
        raise TotalDiffers


def resume_runs(*, at: datetime) -> int:
    """Ring again for what waits in the tenant of the context: calculations without a worker, exports that were not
    written; returns how many."""
    waiting = [
        run for run in PayoutRun.objects.filter(state=PayoutState.CALCULATING) if waits_for_worker(run, at=at)
    ]
    for run in waiting:
        enqueue(CALCULATE, run_id=run.id)
    exports = list(PayoutRun.objects.filter(state=PayoutState.EXPORTING))
    for run in exports:
        enqueue(EXPORT, run_id=run.id)
    return len(waiting) + len(exports)
