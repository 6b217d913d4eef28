"""What the bank said of each payment, and the state of the run that follows.

Promises: the same event twice changes nothing; nothing is released because an answer is missing; what was unclear is
decided by a second person. Called by: payouts.console, payouts.exporting (for its callers).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from incentives.ledger.actions import Journal, Posting, Source, keep_dues_apart, post
from incentives.ledger.queries import open_month_for
from incentives.ledger.rules import Kind
from incentives.payouts.models import ItemOutcome, ItemState, PayoutAllocation, PayoutItem, PayoutRun
from incentives.payouts.rules import OUTCOMES, STEPS, settling_step
from incentives.payouts.steps import finish
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

LEG_LENGTH = 60


class OutcomeRefused(Exception):
    """The item is not in a state that takes this outcome."""

    code = "outcome_refused"


class UnclearNeedsAnother(Exception):
    """Who called a payment unclear does not decide it as well."""

    code = "unclear_needs_another"


def record_outcome(
    *, actor: Actor, item: PayoutItem, outcome: str, event_ref: str, note: str, at: datetime
) -> PayoutItem:
    """One answer about one payment; the same event twice changes nothing."""
    run = _hold(actor, item.run_id)
    told = _record(run, item, outcome, event_ref, note, actor=actor, at=at)
    _settle(run, at)
    return told


def record_rest_as_paid(*, actor: Actor, run: PayoutRun, event_ref: str, at: datetime) -> int:
    """The bank has executed the whole file: every payment that was sent, and not told of otherwise, is paid."""
    run = _hold(actor, run.id)
    items = list(PayoutItem.objects.filter(run_id=run.id, state=ItemState.SENT).order_by("id"))
    for item in items:
        _record(run, item, "paid", event_ref, "", actor=actor, at=at)
    _settle(run, at)
    return len(items)


def _hold(actor: Actor, run_id: UUID) -> PayoutRun:
    if not actor.can(STEPS["settle"].permission):
        raise PermissionDenied(STEPS["settle"].permission)
    return PayoutRun.objects.select_for_update().get(id=run_id)


def _record(
    run: PayoutRun, item: PayoutItem, outcome: str, event_ref: str, note: str, *, actor: Actor, at: datetime
) -> PayoutItem:
    item = PayoutItem.objects.get(id=item.id)
    if ItemOutcome.objects.filter(item_id=item.id, event_ref=event_ref).exists():
        return item
    if outcome not in OUTCOMES.get(item.state, frozenset()):
        raise OutcomeRefused
    if item.state == ItemState.UNKNOWN:
        _require_another(actor, item)
    ItemOutcome.objects.create(
        item=item,
        event_ref=event_ref,
        outcome=outcome,
        note=note,
        recorded_by_label=actor.label,
        recorded_by_user_id=actor.user_id,
        recorded_at=at,
    )
    item.state = ItemState(outcome)
    item.save(update_fields=["state"])
    if outcome == ItemState.RETURNED:
        PayoutAllocation.objects.filter(item_id=item.id, released_at__isnull=True).update(released_at=at)
    _post(item, outcome, event_ref, actor, at)
    after = {"event": event_ref, "note": note}
    record(actor=actor, action=f"payout.item_{outcome}", subject=item, at=at, after=after)
    emit(f"payout.item_{outcome}", item_id=item.id, run_id=run.id)
    return item


def _require_another(actor: Actor, item: PayoutItem) -> None:
    doubted = ItemOutcome.objects.filter(item_id=item.id, outcome="unknown").values_list(
        "recorded_by_user_id", flat=True
    )
    if actor.user_id in set(doubted):
        raise UnclearNeedsAnother


def _post(item: PayoutItem, outcome: str, event_ref: str, actor: Actor, at: datetime) -> None:
    amounts: dict[Kind, int] = {}
    if outcome == ItemState.PAID:
        amounts = {Kind.SETTLEMENT: item.amount_minor}
    elif outcome == ItemState.RETURNED:
        amounts = {Kind.RETURN: item.amount_minor, Kind.WITHHOLDING_BACK: item.withheld_minor}
    day = at.astimezone(current_tenant().zone).date()
    journal = Journal(Source("payout_item", item.id), open_month_for(day), day)
    leg = event_ref[:LEG_LENGTH]
    postings = [
        Posting(kind, item.partner_id, item.currency, amount, leg) for kind, amount in amounts.items()
    ]
    post(postings, **vars(journal), actor=actor, at=at)
    if outcome == ItemState.RETURNED:
        keep_dues_apart({item.partner_id}, journal=journal, actor=actor, at=at)


def _settle(run: PayoutRun, at: datetime) -> None:
    step = settling_step(_states(run))
    if step is not None and run.state in STEPS[step].begins:
        run.closed_at = at
        finish(step, run)
        emit("payout.settled", run_id=run.id)


def _states(run: PayoutRun) -> Iterable[str]:
    paid = PayoutItem.objects.filter(run_id=run.id).exclude(state=ItemState.HELD)
    return paid.values_list("state", flat=True)
