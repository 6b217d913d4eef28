"""What the bank said of each payment, and the state of the run that follows.

Promises: the same event twice changes nothing; nothing is released because an answer is missing; what was unclear is
decided by a second person, and so is what was recorded by mistake. A bank statement counts at once (here); what one
person records by hand waits for a second one (payouts.outcomes). Called by: payouts.{console,outcomes,overview,
reconciling}.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from incentives.ledger.actions import Journal, Posting, Source, keep_dues_apart, post, reverse
from incentives.ledger.queries import open_month_for
from incentives.ledger.rules import Kind
from incentives.payouts.hand_models import AnswerState, HandAnswer
from incentives.payouts.models import ItemOutcome, ItemState, PayoutAllocation, PayoutItem, PayoutRun
from incentives.payouts.rules import OUTCOMES, STEPS, may_take, settling_step
from incentives.payouts.steps import finish
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

LEG_LENGTH = 60
Days = tuple[date, date]
# What an answer has posted, to be reversed when it was recorded by mistake.
POSTED: dict[str, frozenset[Kind]] = {
    ItemState.PAID: frozenset({Kind.SETTLEMENT}),
    ItemState.RETURNED: frozenset({Kind.RETURN, Kind.WITHHOLDING_BACK}),
}


class OutcomeRefused(Exception):
    """The item is not in a state that takes this outcome."""

    code = "outcome_refused"


class UnclearNeedsAnother(Exception):
    """Who called a payment unclear does not decide it as well."""

    code = "unclear_needs_another"


class AnotherRunOpen(Exception):
    """The run would be open again beside another one of its month and currency."""

    code = "another_run_open"


class TakenUpAgain(Exception):
    """The earnings of a returned payment are in another run by now."""

    code = "taken_up_again"


@dataclass(frozen=True)
class Answer:
    """What was said of one payment, and by whom; without a name it is the word of who records it. `confirmed` marks an
    answer of two people: whoever records it is the second one."""

    item_id: UUID
    outcome: str
    event_ref: str
    note: str
    by_label: str = ""
    by_user_id: UUID | None = None
    confirmed: bool = False


def record_answers(*, actor: Actor, run: PayoutRun, answers: Sequence[Answer], at: datetime) -> int:
    """Several answers about payments of one run; returns how many were new."""
    run = hold_run(actor, run.id)
    items = {item.id: item for item in _items_of(run)}
    days = _days_of(at)
    told = [_record(items[answer.item_id], answer, actor=actor, at=at, days=days) for answer in answers]
    _overtake(run, [answer.item_id for answer in answers], actor=actor, at=at)
    _settle(run, at)
    return sum(told)


def take_back_answer(*, actor: Actor, item: PayoutItem, reason: str, at: datetime) -> PayoutItem:
    """An answer was recorded by mistake: what it posted is reversed, and the payment is unclear until another person
    decides it. Nothing is released or sent by this."""
    run = hold_run(actor, item.run_id)
    item = PayoutItem.objects.get(id=item.id)
    if item.state not in POSTED:
        raise OutcomeRefused
    with transaction.atomic():
        _reopen(run)
        _take_again(item)
    journal = _journal(item, _days_of(at))
    reversals = reverse(POSTED[item.state], journal=journal, actor=actor, at=at, reason=reason)
    item.state = ItemState.UNKNOWN
    item.save(update_fields=["state"])
    _keep(Answer(item.id, item.state, str(reversals[0].id), reason), actor=actor, at=at)
    keep_dues_apart({item.partner_id}, journal=journal, actor=actor, at=at)
    record(actor=actor, action="payout.answer_taken_back", subject=item, at=at, reason=reason)
    emit("payout.item_unknown", item_id=item.id, run_id=run.id)
    return item


def doubter_of(item: PayoutItem) -> UUID | None:
    """Who called the payment unclear last, or took its answer back: another person decides."""
    doubts = ItemOutcome.objects.filter(item_id=item.id, outcome="unknown").order_by("-id")
    return doubts.values_list("recorded_by_user_id", flat=True).first()


def _reopen(run: PayoutRun) -> None:
    if not may_take("reopen", run.state):
        return
    run.closed_at = None
    try:
        finish("reopen", run)
    except IntegrityError as clash:
        raise AnotherRunOpen from clash


def _take_again(item: PayoutItem) -> None:
    """What a return had made free for another run belongs to this payment again."""
    try:
        PayoutAllocation.objects.filter(item_id=item.id, released_at__isnull=False).update(released_at=None)
    except IntegrityError as clash:
        raise TakenUpAgain from clash


def hold_run(actor: Actor, run_id: UUID) -> PayoutRun:
    """The run, locked until our commit: answers about it come one after the other."""
    if not actor.can(STEPS["settle"].permission):
        raise PermissionDenied(STEPS["settle"].permission)
    return PayoutRun.objects.select_for_update().get(id=run_id)


def refuse_answer(item: PayoutItem, outcome: str, user_id: UUID | None) -> None:
    """Raise when the payment does not take this answer, or not from this person."""
    if outcome not in OUTCOMES.get(item.state, frozenset()):
        raise OutcomeRefused
    if item.state == ItemState.UNKNOWN and user_id == doubter_of(item):
        raise UnclearNeedsAnother


def is_recorded(item: PayoutItem, event_ref: str) -> bool:
    return ItemOutcome.objects.filter(item_id=item.id, event_ref=event_ref).exists()


def _items_of(run: PayoutRun) -> QuerySet[PayoutItem]:
    """Of a run that is held: nobody else changes them. Run and partner name them in the records."""
    return PayoutItem.objects.filter(run_id=run.id).select_related("run", "partner")


def _record(item: PayoutItem, answer: Answer, *, actor: Actor, at: datetime, days: Days) -> bool:
    """Whether it was new."""
    if is_recorded(item, answer.event_ref):
        return False
    outcome, event_ref = answer.outcome, answer.event_ref
    refuse_answer(item, outcome, answer.by_user_id if answer.confirmed else actor.user_id)
    _keep(answer, actor=actor, at=at)
    item.state = ItemState(outcome)
    item.save(update_fields=["state"])
    if outcome == ItemState.RETURNED:
        PayoutAllocation.objects.filter(item_id=item.id, released_at__isnull=True).update(released_at=at)
    _post(item, event_ref, actor=actor, at=at, days=days)
    after = {"event": event_ref, "note": answer.note}
    record(actor=actor, action=f"payout.item_{outcome}", subject=item, at=at, after=after)
    emit(f"payout.item_{outcome}", item_id=item.id, run_id=item.run_id)
    return True


def _keep(answer: Answer, *, actor: Actor, at: datetime) -> None:
    ItemOutcome.objects.create(
        item_id=answer.item_id,
        event_ref=answer.event_ref,
        outcome=answer.outcome,
        note=answer.note,
        recorded_by_label=answer.by_label if answer.confirmed else actor.label,
        recorded_by_user_id=answer.by_user_id if answer.confirmed else actor.user_id,
        confirmed_by_label=actor.label if answer.confirmed else "",
        confirmed_by_user_id=actor.user_id if answer.confirmed else None,
        recorded_at=at,
    )


def _overtake(run: PayoutRun, item_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
    """What somebody had recorded by hand of these payments has its answer now, and waits for nobody any more."""
    waiting = HandAnswer.objects.filter(run_id=run.id, state=AnswerState.WAITING)
    over = Q(item_id__in=item_ids)
    if not PayoutItem.objects.filter(run_id=run.id, state=ItemState.SENT).exists():
        over |= Q(item_id__isnull=True)
    waiting.filter(over).update(
        state=AnswerState.OVERTAKEN,
        decided_at=at,
        decided_by_label=actor.label,
        decided_by_user_id=actor.user_id,
    )


def _post(item: PayoutItem, event_ref: str, *, actor: Actor, at: datetime, days: Days) -> None:
    amounts: dict[Kind, int] = {}
    if item.state == ItemState.PAID:
        amounts = {Kind.SETTLEMENT: item.amount_minor}
    elif item.state == ItemState.RETURNED:
        amounts = {Kind.RETURN: item.amount_minor, Kind.WITHHOLDING_BACK: item.withheld_minor}
    journal = _journal(item, days)
    leg = event_ref[:LEG_LENGTH]
    postings = [
        Posting(kind, item.partner_id, item.currency, amount, leg) for kind, amount in amounts.items()
    ]
    post(postings, **vars(journal), actor=actor, at=at)
    if item.state == ItemState.RETURNED:
        keep_dues_apart({item.partner_id}, journal=journal, actor=actor, at=at)


def _days_of(at: datetime) -> Days:
    """The open month that answers are posted in, and the business day they count from."""
    day = at.astimezone(current_tenant().zone).date()
    return open_month_for(day), day


def _journal(item: PayoutItem, days: Days) -> Journal:
    return Journal(Source("payout_item", item.id), *days)


def _settle(run: PayoutRun, at: datetime) -> None:
    step = settling_step(_states(run))
    if step is not None and run.state in STEPS[step].begins:
        run.closed_at = at
        finish(step, run)
        emit("payout.settled", run_id=run.id)


def _states(run: PayoutRun) -> Iterable[str]:
    paid = PayoutItem.objects.filter(run_id=run.id).exclude(state=ItemState.HELD)
    return paid.values_list("state", flat=True)
