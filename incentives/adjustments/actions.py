"""Correcting a balance by hand: propose, agree, refuse, withdraw, take back.

Promises: permission and state are checked under the lock; nobody agrees to an own proposal; the same form sent twice
proposes once; it is posted together with its state. Called by: adjustments.console, disputes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.adjustments.models import Adjustment, AdjustmentState
from incentives.adjustments.outcomes import tell_outcome
from incentives.adjustments.queries import access_adjustment, months_of_books, opposite_of
from incentives.adjustments.refusals import (
    AmountMissing,
    EntryDiffers,
    MonthAhead,
    NotYourProposal,
    ProposerCannotApprove,
    ReasonMissing,
    StepRefused,
    TakenBackAlready,
)
from incentives.adjustments.rules import PROPOSE, STEPS, needs_second
from incentives.adjustments.terms import current_limit
from incentives.earnings.models import Entry
from incentives.ledger.actions import Correction, adjust
from partners.deals.steps import refuse_conflicted
from partners.directory.family import surviving_id
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.kit.ids import uuid7
from prm.notifications.actions import OnePerson, PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Amount
from prm.outbox.actions import emit
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

PAPER = "adjustment_paper"
LABEL_LENGTH = 200


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to correct. `key` tells the same form sent twice from a second one."""

    partner: Partner
    currency: str
    amount_minor: int
    reason: str
    belongs_on: date
    entry: Entry | None = None
    key: UUID | None = None


@dataclass(frozen=True)
class Paper:
    """The file that proves it."""

    name: str
    content: bytes


def propose_adjustment(
    *, actor: Actor, proposal: Proposal, paper: Paper | None = None, at: datetime
) -> Adjustment:
    """Write it down; up to the vendor's limit it is posted at once, above it a second person is asked.

    Raises `AmountMissing`, `ReasonMissing`, `MonthAhead`, `EntryDiffers`, `ApproverConflicted`, and what `store_file`
    raises.
    """
    _require_person(actor, PROPOSE)
    assert actor.id is not None
    refuse_conflicted(actor, proposal.partner)
    _refuse_impossible(proposal, at)
    key = proposal.key or uuid7()
    try:
        with transaction.atomic():
            return _propose(actor, _row_of(key, proposal), paper, at)
    except IntegrityError:
        return Adjustment.objects.select_related("partner").get(id=key, proposed_by_id__in=[actor.id])


def _row_of(key: UUID, proposal: Proposal) -> Adjustment:
    return Adjustment(
        id=key,
        partner=proposal.partner,
        currency=proposal.currency,
        amount_minor=proposal.amount_minor,
        reason=proposal.reason.strip(),
        belongs_on=proposal.belongs_on,
        entry_id=proposal.entry.id if proposal.entry else None,
    )


def _refuse_impossible(proposal: Proposal, at: datetime) -> None:
    if proposal.amount_minor == 0:
        raise AmountMissing
    if not proposal.reason.strip():
        raise ReasonMissing
    if proposal.belongs_on not in months_of_books(_today(at)):
        raise MonthAhead
    entry = proposal.entry
    mine = (proposal.partner.id, proposal.currency)
    if entry is not None and (entry.partner_id, entry.payout_currency) != mine:
        raise EntryDiffers


def _propose(actor: Actor, row: Adjustment, paper: Paper | None, at: datetime) -> Adjustment:
    assert actor.id is not None
    assert actor.user_id is not None
    row.number = next_number("adjustment")
    row.proposed_at, row.proposed_by_id = at, actor.id
    row.proposed_by_label, row.proposed_by_user_id = actor.label, actor.user_id
    if paper is not None:
        row.file = store_file(actor=actor, purpose=PAPER, name=paper.name, content=paper.content, at=at)
    row.save(force_insert=True)
    _tell_trail(row, actor, "adjustment.proposed", at, amount_minor=row.amount_minor, currency=row.currency)
    if not needs_second(row.amount_minor, row.currency, current_limit()):
        return _post(row, actor, at)
    notify(
        "adjustment.to_approve",
        to=StaffPeople("adjustments.approve"),
        params={**_about(row), "partner": row.partner.name, "who": actor.label},
        link=("adjustment", [row.id]),
    )
    return row


def approve_adjustment(*, actor: Actor, adjustment: Adjustment, at: datetime) -> Adjustment:
    """The second person's yes: it is posted. Raises `ProposerCannotApprove`, `ApproverConflicted`."""
    row = _begin("approve", actor, adjustment)
    _refuse_proposer(actor, row)
    _decided(row, actor, at)
    return _post(row, actor, at)


def refuse_adjustment(*, actor: Actor, adjustment: Adjustment, reason: str, at: datetime) -> Adjustment:
    """The second person's no; nothing was posted."""
    row = _begin("refuse", actor, adjustment)
    _refuse_proposer(actor, row)
    if not reason.strip():
        raise ReasonMissing
    _decided(row, actor, at, reason.strip())
    row.state = AdjustmentState.REFUSED
    row.save()
    _tell_trail(row, actor, "adjustment.refused", at, reason=row.decision_reason)
    notify(
        "adjustment.refused",
        to=OnePerson(row.proposed_by_id),
        params={**_about(row), "reason": row.decision_reason},
        link=("adjustment", [row.id]),
    )
    tell_outcome(row, actor, at)
    return row


def withdraw_adjustment(*, actor: Actor, adjustment: Adjustment, at: datetime) -> Adjustment:
    """Take an own proposal back before anybody agreed. Raises `NotYourProposal`."""
    row = _begin("withdraw", actor, adjustment)
    if actor.user_id != row.proposed_by_user_id:
        raise NotYourProposal
    _decided(row, actor, at)
    row.state = AdjustmentState.WITHDRAWN
    row.save()
    _tell_trail(row, actor, "adjustment.withdrawn", at)
    tell_outcome(row, actor, at)
    return row


def take_back_adjustment(*, actor: Actor, adjustment: Adjustment, reason: str, at: datetime) -> Adjustment:
    """Propose the opposite of a posted one, once. Raises `TakenBackAlready`; the limit counts for it as well."""
    row = _begin("take_back", actor, adjustment)
    refuse_conflicted(actor, row.partner)
    if not reason.strip():
        raise ReasonMissing
    if row.takes_back_id is not None or opposite_of(row) is not None:
        raise TakenBackAlready
    opposite = Adjustment(
        partner=row.partner,
        currency=row.currency,
        amount_minor=-row.amount_minor,
        reason=reason.strip(),
        belongs_on=row.belongs_on,
        entry_id=row.entry_id,
        takes_back=row,
    )
    try:
        with transaction.atomic():
            return _propose(actor, opposite, None, at)
    except IntegrityError as clash:
        raise TakenBackAlready from clash


def _begin(step: str, actor: Actor, adjustment: Adjustment) -> Adjustment:
    """The row, locked until our commit, if this person may take the step from where it stands."""
    seen = access_adjustment(actor, adjustment.id)
    row = Adjustment.objects.select_for_update().get(id=seen.id)
    row.partner, row.takes_back = seen.partner, seen.takes_back
    _require_person(actor, STEPS[step].permission)
    if row.state != STEPS[step].begins:
        raise StepRefused(row.get_state_display())
    return row


def _require_person(actor: Actor, permission: str) -> None:
    if actor.id is None or actor.user_id is None or not actor.can(permission):
        raise PermissionDenied(permission)


def _refuse_proposer(actor: Actor, row: Adjustment) -> None:
    if actor.user_id == row.proposed_by_user_id:
        raise ProposerCannotApprove
    refuse_conflicted(actor, row.partner)


def _decided(row: Adjustment, actor: Actor, at: datetime, reason: str = "") -> None:
    row.decided_at, row.decided_by_label, row.decided_by_user_id = at, actor.label, actor.user_id
    row.decision_reason = reason


def _post(row: Adjustment, actor: Actor, at: datetime) -> Adjustment:
    """From now on the partner is owed it, or owes it."""
    correction = Correction(
        partner_id=row.partner_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        label=f"{row} · {row.reason}"[:LABEL_LENGTH],
        belongs_on=row.belongs_on,
        settles_with=_settles_with(row),
        written_by_user_id=row.proposed_by_user_id,
    )
    owed = adjust(actor=actor, adjustment_id=row.id, correction=correction, at=at)
    row.state, row.ledger_id, row.posted_on = AdjustmentState.POSTED, owed.id, owed.period_on
    row.save()
    _tell_trail(row, actor, "adjustment.posted", at, posted_on=row.posted_on)
    notify(
        "adjustment.posted",
        to=PartnerPeople(surviving_id(row.partner_id), "own_earnings.view"),
        params={**_about(row), "reason": row.reason},
        link=("portal-adjustment", [row.id]),
    )
    tell_outcome(row, actor, at)
    return row


def _settles_with(row: Adjustment) -> UUID | None:
    """What was paid of the corrected money decides what becomes due back."""
    corrected: UUID | None = row.entry_id
    return row.takes_back.ledger_id if corrected is None and row.takes_back else corrected


def _about(row: Adjustment) -> dict[str, str | Amount]:
    return {"number": str(row), "amount": Amount(row.amount_minor, row.currency)}


def _tell_trail(
    row: Adjustment, actor: Actor, action: str, at: datetime, *, reason: str = "", **after: object
) -> None:
    record(actor=actor, action=action, subject=row, at=at, after={"state": row.state, **after}, reason=reason)
    emit(action, id=row.id, partner_id=row.partner_id, state=row.state)


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
