"""From an approved run to money on its way, and what the bank said of each payment.

Promises: what is exported is what was approved; transfers, item states and file commit together, once; nothing is
released because an answer is missing. Called by: payouts.{console,tasks}.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from incentives.ledger.actions import Posting, Source, post
from incentives.ledger.queries import open_month_for, payables
from incentives.ledger.rules import Kind
from incentives.payouts import queries
from incentives.payouts.actions import (
    RunStateRefuses,
    live_approvals,
    move_run,
    require_unchanged,
)
from incentives.payouts.bank_accounts import unseal
from incentives.payouts.bank_file import Payment, write_file
from incentives.payouts.models import (
    ItemOutcome,
    ItemState,
    PayoutAllocation,
    PayoutFile,
    PayoutItem,
    PayoutRun,
    PayoutState,
)
from incentives.payouts.rules import OUTCOMES, settled_state
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.jobs.failpoints import failpoint
from prm.outbox.actions import emit, enqueue
from prm.tenancy.queries import current_tenant

EXPORT = "incentives.payouts.export"


class NotApproved(Exception):
    """No live approval stands for the content."""

    code = "not_approved"


class OutcomeRefused(Exception):
    """The item is not in a state that takes this outcome."""

    code = "outcome_refused"


def start_export(*, actor: Actor, run: PayoutRun, at: datetime) -> PayoutRun:
    """Send the approved run on its way; there is no way back from here."""
    run = PayoutRun.objects.select_for_update().get(id=run.id)
    if run.state != PayoutState.APPROVED:
        raise RunStateRefuses(run.state)
    require_unchanged(run)
    move_run(run, PayoutState.EXPORTING)
    record(actor=actor, action="payout.export_started", subject=run, at=at, after={"hash": run.content_hash})
    enqueue(EXPORT, run_id=run.id)
    return run


def write_export(*, run_id: UUID, at: datetime) -> PayoutRun:
    """Reserve, write the file, mark the items sent: all of it or nothing, and only once."""
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    if run.state != PayoutState.EXPORTING:
        return run
    if live_approvals(run) == 0:
        raise NotApproved
    require_unchanged(run)
    actor = system_actor(run.tenant_id)
    items = list(queries.list_items(run).filter(state=ItemState.RESERVED))
    _reserve(run, items, actor, at)
    failpoint("payout.before_file")
    _write_file(run, items, actor, at)
    PayoutItem.objects.filter(run_id=run.id, state=ItemState.RESERVED).update(state=ItemState.SENT)
    run.exported_at = at
    move_run(run, PayoutState.EXPORTED)
    record(actor=actor, action="payout.exported", subject=run, at=at, after={"items": len(items)})
    emit("payout.exported", run_id=run.id)
    failpoint("payout.after_file")
    return run


def _reserve(run: PayoutRun, items: list[PayoutItem], actor: Actor, at: datetime) -> None:
    """Mature what is still pending of each balance, then move it into transit, in an open month."""
    purses = payables([item.partner_id for item in items], run.currency)
    postings: list[Posting] = []
    for item in items:
        available = purses[item.partner_id].get("payable_available", 0)
        leg = str(item.id)
        missing = item.gross_minor - available
        if missing > 0:
            postings.append(Posting(Kind.MATURITY, item.partner_id, run.currency, missing, leg))
        postings.append(Posting(Kind.RESERVE, item.partner_id, run.currency, item.amount_minor, leg))
        if item.withheld_minor:
            postings.append(
                Posting(Kind.WITHHOLDING, item.partner_id, run.currency, item.withheld_minor, leg)
            )
    post(
        postings,
        source=Source("payout_run", run.id),
        actor=actor,
        period_on=open_month_for(run.pays_on),
        effective_on=run.pays_on,
        at=at,
    )


def _write_file(run: PayoutRun, items: list[PayoutItem], actor: Actor, at: datetime) -> None:
    message_id = f"{current_tenant().slug[:12].upper()}-P{run.number}-{run.pays_on:%Y%m%d}"
    content = write_file([_payment(run, item) for item in items], message_id=message_id)
    stored = store_file(
        actor=actor,
        purpose="payment_file",
        name=f"{message_id}.csv",
        content=content,
        at=at,
        media_type="text/csv",
    )
    PayoutFile.objects.create(
        run=run,
        message_id=message_id,
        file=stored,
        sha256=sha256(content).hexdigest(),
        item_count=len(items),
        total_minor=sum(item.amount_minor for item in items),
        created_at=at,
    )


def _payment(run: PayoutRun, item: PayoutItem) -> Payment:
    account = item.bank_account
    assert account is not None, "a payable item names the account it is paid to"
    return Payment(
        payment_id=str(item.id),
        partner_code=item.partner.code,
        holder=account.holder,
        account=unseal(account),
        bank_code=account.bank_code,
        amount_minor=item.amount_minor,
        currency=item.currency,
        reference=f"{run} {item.partner.code}",
    )


def record_outcome(
    *, actor: Actor, item: PayoutItem, outcome: str, event_ref: str, note: str, at: datetime
) -> PayoutItem:
    """What the bank said of one payment; the same event twice changes nothing."""
    run = PayoutRun.objects.select_for_update().get(id=item.run_id)
    item = PayoutItem.objects.get(id=item.id)
    if ItemOutcome.objects.filter(item_id=item.id, event_ref=event_ref).exists():
        return item
    if outcome not in OUTCOMES.get(item.state, frozenset()):
        raise OutcomeRefused
    ItemOutcome.objects.create(
        item=item,
        event_ref=event_ref,
        outcome=outcome,
        note=note,
        recorded_by_label=actor.label,
        recorded_at=at,
    )
    _post_outcome(run, item, outcome, event_ref, actor, at)
    item.state = ItemState(outcome)
    item.save(update_fields=["state"])
    if outcome == ItemState.RETURNED:
        PayoutAllocation.objects.filter(item_id=item.id, released_at__isnull=True).update(released_at=at)
    record(
        actor=actor,
        action=f"payout.item_{outcome}",
        subject=item,
        at=at,
        after={"event": event_ref, "note": note},
    )
    _settle(run, at)
    return item


def _post_outcome(
    run: PayoutRun, item: PayoutItem, outcome: str, event_ref: str, actor: Actor, at: datetime
) -> None:
    kind = {"paid": Kind.SETTLEMENT, "returned": Kind.RETURN}.get(outcome)
    if kind is None:
        return
    day = at.astimezone(current_tenant().zone).date()
    post(
        [Posting(kind, item.partner_id, item.currency, item.amount_minor, leg=event_ref[:60])],
        source=Source("payout_item", item.id),
        actor=actor,
        period_on=open_month_for(day),
        effective_on=day,
        at=at,
    )


def _settle(run: PayoutRun, at: datetime) -> None:
    states = (
        PayoutItem.objects.filter(run_id=run.id).exclude(state=ItemState.HELD).values_list("state", flat=True)
    )
    reached = settled_state(list(states))
    if (
        reached is not None
        and run.state in (PayoutState.EXPORTED, PayoutState.PARTLY_SETTLED)
        and run.state != reached
    ):
        run.closed_at = at
        move_run(run, PayoutState(reached))
