"""What one person of finance says the bank said, and the second person who confirms or declines it.

Promises: nothing is posted, released or settled before the second person's yes; nobody confirms an own answer; an
answer is decided once, and one that a bank statement overtook not at all. Called by: payouts.{console,exporting}.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from incentives.payouts.hand_models import AnswerState, HandAnswer
from incentives.payouts.models import ItemState, PayoutItem, PayoutRun
from incentives.payouts.settling import (
    Answer,
    OutcomeRefused,
    hold_run,
    is_recorded,
    record_answers,
    refuse_answer,
)
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit

__all__ = [
    "AnswerDecided",
    "AnswerWaits",
    "OutcomeRefused",
    "ProposerCannotConfirm",
    "confirm_answer",
    "count_answers_to_confirm",
    "decline_answer",
    "record_outcome",
    "record_rest_as_paid",
    "rest_of",
]


class AnswerWaits(Exception):
    """Another answer about the same waits for a second person."""

    code = "answer_waits"


class AnswerDecided(Exception):
    """The answer was confirmed, declined or overtaken already."""

    code = "answer_decided"


class ProposerCannotConfirm(Exception):
    """Who recorded the answer does not confirm it."""

    code = "proposer_cannot_confirm"


def record_outcome(
    *, actor: Actor, item: PayoutItem, outcome: str, event_ref: str, note: str, at: datetime
) -> HandAnswer | None:
    """One answer about one payment, to be confirmed by a second person; None where it counts already.

    Raises `OutcomeRefused`, `UnclearNeedsAnother`, `AnswerWaits`.
    """
    run = hold_run(actor, item.run_id)
    item = PayoutItem.objects.get(id=item.id)
    if is_recorded(item, event_ref):
        return None
    refuse_answer(item, outcome, actor.user_id)
    return _propose(
        actor, HandAnswer(run=run, item=item, event_ref=event_ref, outcome=outcome, note=note), at
    )


def record_rest_as_paid(*, actor: Actor, run: PayoutRun, event_ref: str, at: datetime) -> int:
    """The bank has executed the whole file: every payment that was sent, and not told of otherwise, will be paid once
    a second person confirms it. Returns how many. Raises `OutcomeRefused`, `AnswerWaits`."""
    run = hold_run(actor, run.id)
    if not (count := rest_of(run).count()):
        raise OutcomeRefused
    _propose(actor, HandAnswer(run=run, event_ref=event_ref, outcome=ItemState.PAID), at)
    return count


def confirm_answer(*, actor: Actor, run: PayoutRun, answer_id: UUID, at: datetime) -> int:
    """The second person's yes: it is posted. Returns of how many payments. Raises `ProposerCannotConfirm`,
    `AnswerDecided`, and what the payment refuses by now."""
    run = hold_run(actor, run.id)
    waiting = _waiting(run, answer_id)
    if actor.user_id is None or actor.user_id == waiting.proposed_by_user_id:
        raise ProposerCannotConfirm
    items = [waiting.item_id] if waiting.item_id else list(rest_of(run).values_list("id", flat=True))
    answers = [_as_told(waiting, key) for key in items]
    with transaction.atomic():
        _decide(waiting, AnswerState.CONFIRMED, actor, at)
        return record_answers(actor=actor, run=run, answers=answers, at=at)


def decline_answer(*, actor: Actor, run: PayoutRun, answer_id: UUID, reason: str, at: datetime) -> HandAnswer:
    """It does not count, and nothing was posted. Its proposer may withdraw it so, too. Raises `AnswerDecided`."""
    run = hold_run(actor, run.id)
    waiting = _waiting(run, answer_id)
    return _decide(waiting, AnswerState.DECLINED, actor, at, reason)


def rest_of(run: PayoutRun) -> QuerySet[PayoutItem]:
    """Payments that were sent and that nobody has told of otherwise."""
    told = HandAnswer.objects.filter(run_id=run.id, state=AnswerState.WAITING, item_id__isnull=False)
    sent = PayoutItem.objects.filter(run_id=run.id, state=ItemState.SENT)
    return sent.exclude(id__in=told.values("item_id")).order_by("id")


def count_answers_to_confirm(actor: Actor) -> int:
    """Answers of the bank that somebody else recorded by hand."""
    waiting = HandAnswer.objects.filter(state=AnswerState.WAITING)
    return waiting.exclude(proposed_by_user_id__in=[actor.user_id]).count()


def _propose(actor: Actor, answer: HandAnswer, at: datetime) -> HandAnswer:
    if actor.user_id is None:
        raise PermissionDenied("an answer is recorded by a person")
    waiting = HandAnswer.objects.filter(
        run_id=answer.run_id, item_id=answer.item_id, state=AnswerState.WAITING
    )
    same = waiting.filter(event_ref=answer.event_ref, outcome=answer.outcome).first()
    if same is not None:
        return same
    answer.proposed_at, answer.proposed_by_label = at, actor.label
    answer.proposed_by_user_id = actor.user_id
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError as clash:
        raise AnswerWaits from clash
    _tell_trail(answer, "payout.answer_proposed", actor, at)
    return answer


def _waiting(run: PayoutRun, answer_id: UUID) -> HandAnswer:
    """Decided under the run's lock, so once."""
    waiting = HandAnswer.objects.filter(run_id=run.id, id=answer_id, state=AnswerState.WAITING).first()
    if waiting is None:
        raise AnswerDecided
    return waiting


def _decide(
    answer: HandAnswer, state: AnswerState, actor: Actor, at: datetime, reason: str = ""
) -> HandAnswer:
    answer.state, answer.decided_at, answer.decision_reason = state, at, reason
    answer.decided_by_label, answer.decided_by_user_id = actor.label, actor.user_id
    answer.save()
    _tell_trail(answer, f"payout.answer_{state}", actor, at, reason)
    return answer


def _tell_trail(answer: HandAnswer, action: str, actor: Actor, at: datetime, reason: str = "") -> None:
    subject = answer.item or answer.run
    after = {"outcome": answer.outcome, "event": answer.event_ref, "note": answer.note}
    record(actor=actor, action=action, subject=subject, at=at, after=after, reason=reason)
    emit(action, id=answer.id, run_id=answer.run_id)


def _as_told(answer: HandAnswer, item_id: UUID) -> Answer:
    return Answer(
        item_id,
        answer.outcome,
        answer.event_ref,
        answer.note,
        by_label=answer.proposed_by_label,
        by_user_id=answer.proposed_by_user_id,
        confirmed=True,
    )
