"""From an approved run to money on its way: transfers, item states and the file commit together, once.

Promises: what is exported is what was approved; there is one file per run, and its bytes never change.
Called by: payouts.{console,tasks}. What the bank says afterwards stands in payouts.settling.
"""

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from incentives.ledger.actions import Journal, Posting, Source, hold_books, keep_dues_apart, post
from incentives.ledger.queries import available_in, open_month_for
from incentives.ledger.rules import Kind
from incentives.payouts import queries
from incentives.payouts.actions import EXPORT, ContentChanged, live_approvals
from incentives.payouts.composing import batch_of, file_kind_of, number_orders
from incentives.payouts.files.formats import FORMATS
from incentives.payouts.files.payments import PaymentRefused
from incentives.payouts.limits import approvals_needed
from incentives.payouts.models import ItemState, PayoutFile, PayoutItem, PayoutRun, PayoutState
from incentives.payouts.refusals import kept
from incentives.payouts.steps import begin, empty, finish, require_unchanged
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.files.models import StoredFile
from prm.kit.failpoints import failpoint
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import require_context

__all__ = [
    "EXPORT",
    "NotApproved",
    "open_payment_file",
    "start_export",
    "write_export",
]


class NotApproved(Exception):
    """Too few live approvals stand for the content."""

    code = "not_approved"


def start_export(*, actor: Actor, run: PayoutRun, at: datetime) -> PayoutRun:
    """Send the approved run on its way; there is no way back from here but through the bank."""
    run = begin("export", actor=actor, run_id=run.id)
    _require_approved(run, at)
    finish("export", run)
    record(actor=actor, action="payout.export_started", subject=run, at=at, after={"hash": run.content_hash})
    enqueue(EXPORT, run_id=run.id)
    return run


def write_export(*, run_id: UUID, at: datetime) -> PayoutRun:
    """Reserve, write the file, mark the items sent: all of it or nothing, and only once.

    Where the content is not what was approved any more, nothing is sent and the run goes back to its preparer.
    """
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    if run.state != PayoutState.EXPORTING:
        return run
    actor = system_actor(require_context().tenant_id)
    run = begin("finish_export", actor=actor, run_id=run_id)
    hold_books()
    try:
        _require_approved(run, at)
        items = list(queries.list_items(run).filter(state=ItemState.RESERVED))
        number_orders(run, items)
        batch = batch_of(run, items, at)
        content = FORMATS[file_kind_of(run)].write(batch)
    except (NotApproved, ContentChanged, PaymentRefused) as refusal:
        return _refuse(run, refusal, actor=actor, at=at)
    run.exported_at = at
    finish("finish_export", run)
    PayoutItem.objects.filter(run_id=run.id, state=ItemState.RESERVED).update(state=ItemState.SENT)
    _post_transfers(run, items, actor, at)
    failpoint("payout.before_file")
    _keep_file(run, content, batch.message_id, actor, at)
    record(actor=actor, action="payout.exported", subject=run, at=at, after={"items": len(items)})
    emit("payout.exported", run_id=run.id)
    transaction.on_commit(lambda: failpoint("payout.after_export"))
    return run


def _require_approved(run: PayoutRun, at: datetime) -> None:
    require_unchanged(run, lock=True)
    if live_approvals(run) < approvals_needed(run, at):
        raise NotApproved


def _refuse(run: PayoutRun, refusal: Exception, *, actor: Actor, at: datetime) -> PayoutRun:
    reason = kept(refusal) if isinstance(refusal, PaymentRefused) else str(getattr(refusal, "code", ""))
    empty(run, at=at)
    run.last_reason, run.last_reason_by = reason, ""
    finish("refuse_export", run)
    record(actor=actor, action="payout.export_refused", subject=run, at=at, reason=reason)
    return run


def _post_transfers(run: PayoutRun, items: list[PayoutItem], actor: Actor, at: datetime) -> None:
    """Mature what is still pending of each balance, move it into transit, net what was due back."""
    available = available_in(run.currency, [item.partner_id for item in items])
    postings: list[Posting] = []
    for item in items:
        missing = item.gross_minor - available.get(item.partner_id, 0)
        amounts = {
            Kind.MATURITY: max(0, missing),
            Kind.RESERVE: item.amount_minor,
            Kind.WITHHOLDING: item.withheld_minor,
        }
        postings += [
            Posting(kind, item.partner_id, run.currency, amount, leg=str(item.id))
            for kind, amount in amounts.items()
        ]
    journal = Journal(Source("payout_run", run.id), _posting_month(run), run.pays_on)
    post(postings, **vars(journal), actor=actor, at=at)
    keep_dues_apart({item.partner_id for item in items}, journal=journal, actor=actor, at=at)


def _posting_month(run: PayoutRun) -> date:
    return open_month_for(run.pays_on)


def _keep_file(run: PayoutRun, content: bytes, message_id: str, actor: Actor, at: datetime) -> None:
    kind = FORMATS[file_kind_of(run)]
    stored = store_file(
        actor=actor,
        purpose="payment_file",
        name=f"{message_id}.{kind.extension}",
        content=content,
        at=at,
        media_type=kind.media_type,
    )
    PayoutFile.objects.create(
        run=run,
        message_id=message_id,
        file=stored,
        sha256=sha256(content).hexdigest(),
        item_count=run.item_count,
        total_minor=run.total_minor,
        created_at=at,
    )


def open_payment_file(*, actor: Actor, run: PayoutRun, at: datetime) -> StoredFile:
    """The file to hand out; who took it is written down, for it holds whole account numbers."""
    kept = queries.access_payment_file(run)
    record(
        actor=actor,
        action="payout.file_downloaded",
        subject=run,
        at=at,
        after={"message_id": kept.message_id},
    )
    stored: StoredFile = kept.file
    return stored
