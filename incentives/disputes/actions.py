"""Questioning an amount: open, ask, answer, withdraw, rule.

Promises: permission and state are checked under the lock; what is disputed is held from the opening to the ruling; the
other side is told of each word. Called by: disputes interfaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from incentives.adjustments.actions import Proposal, propose_adjustment
from incentives.adjustments.models import Adjustment, AdjustmentState
from incentives.disputes.models import Dispute, DisputeState
from incentives.disputes.queries import SUBJECT, access_dispute, balance_of
from incentives.disputes.refusals import (
    AdjustmentWaits,
    DisputedAlready,
    RulingMissing,
    StepRefused,
    WordsMissing,
)
from incentives.disputes.rules import DISPUTE, STEPS, answer_by
from incentives.disputes.terms import answer_days
from incentives.earnings.models import Entry
from incentives.holds.actions import hold_disputed, release
from incentives.holds.models import Hold
from incentives.ledger.queries import open_month_for
from partners.deals.steps import refuse_conflicted
from partners.directory.family import surviving_id
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.comments.actions import Attachment, write_comment
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Amount
from prm.outbox.actions import emit
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant


@dataclass(frozen=True)
class Question:
    """What is questioned: an entry, or a sale line (its id and currency) that earned nothing."""

    partner: Partner
    body: str
    entry: Entry | None = None
    line_id: UUID | None = None
    currency: str = ""
    files: Sequence[Attachment] = ()


def open_dispute(*, actor: Actor, question: Question, at: datetime) -> Dispute:
    """From now on the amount waits. Raises `WordsMissing`, `DisputedAlready`, and what `store_file` raises."""
    _require(actor, DISPUTE)
    if actor.is_partner and question.partner.id != actor.partner_id:
        raise PermissionDenied("another partner's amount")
    _require_words(question.body)
    entry = question.entry
    row = Dispute(
        partner=question.partner,
        entry_id=entry.id if entry else None,
        line_id=question.line_id,
        currency=entry.payout_currency if entry else question.currency,
        amount_minor=entry.payout_amount_minor if entry else 0,
        language=(get_language() or current_tenant().language)[:2],
        opened_at=at,
        opened_by_label=actor.label,
        answer_by=answer_by(_today(at), answer_days()),
    )
    try:
        with transaction.atomic():
            row.number = next_number("dispute")
            row.save(force_insert=True)
    except IntegrityError as clash:
        raise DisputedAlready from clash
    if entry is not None:
        row.hold = _hold(actor, row, entry, at)
        row.save(update_fields=["hold"])
    _tell_trail(row, actor, "dispute.opened", at)
    _say(actor, row, question.body, question.files, at)
    return row


def _hold(actor: Actor, row: Dispute, entry: Entry, at: datetime) -> Hold:
    """In the balance where the entry stands, which may be that of a partner merged into this one."""
    partner = Partner.objects.get(id=entry.partner_id)
    return hold_disputed(actor=actor, entry=entry, partner=partner, reason=str(row), at=at)


def ask_again(
    *, actor: Actor, dispute: Dispute, body: str, files: Sequence[Attachment] = (), at: datetime
) -> Dispute:
    """The partner's next word: the vendor has its days again."""
    row = _begin("ask", actor, dispute)
    _require_words(body)
    row.state, row.answer_by = DisputeState.OPEN, answer_by(_today(at), answer_days())
    row.save(update_fields=["state", "answer_by"])
    _say(actor, row, body, files, at)
    return row


def answer_dispute(
    *, actor: Actor, dispute: Dispute, body: str, files: Sequence[Attachment] = (), at: datetime
) -> Dispute:
    """The vendor's word; the partner may ask on."""
    row = _begin("answer", actor, dispute)
    _require_words(body)
    row.state = DisputeState.ANSWERED
    row.save(update_fields=["state"])
    _tell_trail(row, actor, "dispute.answered", at)
    _say(actor, row, body, files, at)
    return row


def withdraw_dispute(*, actor: Actor, dispute: Dispute, at: datetime) -> Dispute:
    """The partner is content: what waited is paid with the next run."""
    row = _begin("withdraw", actor, dispute)
    _refuse_while_ruled(row)
    _end(row, DisputeState.WITHDRAWN, "", actor, at)
    notify(
        "dispute.withdrawn",
        to=StaffPeople("disputes.answer", first=row.partner.manager_id),
        params={"number": str(row), "partner": row.partner.name},
        link=("dispute", [row.id]),
    )
    return row


def reject_dispute(*, actor: Actor, dispute: Dispute, ruling: str, at: datetime) -> Dispute:
    """The amount stands. Raises `RulingMissing`, `ApproverConflicted`, `AdjustmentWaits`."""
    row = _begin_ruling("reject", actor, dispute, ruling)
    _end(row, DisputeState.REJECTED, ruling.strip(), actor, at)
    _tell_ruling(row)
    return row


def accept_dispute(
    *, actor: Actor, dispute: Dispute, amount_minor: int, ruling: str, at: datetime
) -> Dispute:
    """Propose the adjustment that follows; the ruling stands once it is posted, at once where one person is enough.

    Raises `RulingMissing`, `AdjustmentWaits`, and what proposing an adjustment raises.
    """
    row = _begin_ruling("accept", actor, dispute, ruling)
    entry = Entry.objects.filter(id=row.entry_id).first() if row.entry_id else None
    proposal = Proposal(
        partner=balance_of(row),
        currency=row.currency,
        amount_minor=amount_minor,
        reason=f"{row}: {ruling.strip()}"[:500],
        belongs_on=_month_of(entry, at),
        entry=entry,
    )
    row.ruling = ruling.strip()
    row.adjustment = propose_adjustment(actor=actor, proposal=proposal, at=at)
    row.save(update_fields=["ruling", "adjustment"])
    if row.adjustment.state == AdjustmentState.POSTED:
        _accept(row, actor, at)
    return row


def follow_adjustment(adjustment: Adjustment, actor: Actor, at: datetime) -> None:
    """What became of an adjustment decides the dispute that it answers; called inside the adjustment's own step."""
    row = Dispute.objects.select_for_update().filter(adjustment_id=adjustment.id).first()
    if row is None or row.state not in STEPS["accept"].begins:
        return
    if adjustment.state == AdjustmentState.POSTED:
        _accept(row, actor, at)
        return
    row.adjustment, row.ruling = None, ""
    row.save(update_fields=["adjustment", "ruling"])
    _tell_trail(row, actor, "dispute.adjustment_refused", at)


def _accept(row: Dispute, actor: Actor, at: datetime) -> None:
    _end(row, DisputeState.ACCEPTED, row.ruling, actor, at)
    _tell_ruling(row)


def _month_of(entry: Entry | None, at: datetime) -> date:
    """The month that the amount belonged to, as far as it is one of the books."""
    if entry is not None and entry.belongs_on >= current_tenant().first_period_on:
        return entry.belongs_on
    return open_month_for(_today(at))


def _begin_ruling(step: str, actor: Actor, dispute: Dispute, ruling: str) -> Dispute:
    row = _begin(step, actor, dispute)
    if actor.user_id is None:
        raise PermissionDenied("a person of the vendor decides")
    refuse_conflicted(actor, row.partner)
    _refuse_while_ruled(row)
    if not ruling.strip():
        raise RulingMissing
    return row


def _refuse_while_ruled(row: Dispute) -> None:
    if row.adjustment_id is not None:
        raise AdjustmentWaits


def _begin(step: str, actor: Actor, dispute: Dispute) -> Dispute:
    """The row, locked until our commit, if this actor may take the step from where it stands."""
    seen = access_dispute(actor, dispute.id)
    row = Dispute.objects.select_for_update().get(id=seen.id)
    row.partner = seen.partner
    _require(actor, STEPS[step].permission)
    if row.state not in STEPS[step].begins:
        raise StepRefused(row.get_state_display())
    return row


def _require(actor: Actor, permission: str) -> None:
    """A key passes a partner's words on, and decides nothing."""
    if not actor.can(permission) and not (permission == DISPUTE and actor.kind == "token"):
        raise PermissionDenied(permission)


def _require_words(body: str) -> None:
    if not body.strip():
        raise WordsMissing


def _say(actor: Actor, row: Dispute, body: str, files: Sequence[Attachment], at: datetime) -> None:
    """A shared comment, of which the other side is told; a key's word is the partner's, so the vendor is."""
    write_comment(actor=actor, key=SUBJECT, subject_id=row.id, body=body, shared=True, at=at, files=files)
    if actor.kind == "token":
        notify(
            "dispute.passed_on",
            to=StaffPeople("disputes.answer", first=row.partner.manager_id),
            params={"number": str(row), "partner": row.partner.name, "text": body[:200]},
            link=("dispute", [row.id]),
        )


def _end(row: Dispute, state: str, ruling: str, actor: Actor, at: datetime) -> None:
    row.state, row.ruling = state, ruling
    row.decided_at, row.decided_by_label = at, actor.label
    row.save()
    if row.hold_id is not None:
        hold = Hold.objects.select_for_update().get(id=row.hold_id)
        release(hold, actor=actor, reason=str(row), at=at)
    _tell_trail(row, actor, f"dispute.{state}", at, reason=ruling)


def _tell_ruling(row: Dispute) -> None:
    amount = row.adjustment.amount_minor if row.adjustment else 0
    notify(
        f"dispute.{row.state}",
        to=PartnerPeople(surviving_id(row.partner_id), "own_earnings.view"),
        params={"number": str(row), "ruling": row.ruling, "amount": Amount(amount, row.currency)},
        link=("portal-dispute", [row.id]),
    )


def _tell_trail(row: Dispute, actor: Actor, action: str, at: datetime, *, reason: str = "") -> None:
    record(actor=actor, action=action, subject=row, at=at, after={"state": row.state}, reason=reason)
    emit(action, id=row.id, partner_id=row.partner_id, state=row.state)


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
