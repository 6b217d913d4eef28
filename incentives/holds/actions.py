"""Placing and releasing holds.

Promises: only people with the right do, and not where they have a stake; what is owed does not change; the partner is
told both times. Called by: holds.console, disputes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from incentives.earnings.models import Entry
from incentives.holds.models import Hold, HoldCause
from incentives.holds.queries import access_hold
from incentives.holds.refusals import DayPassed, EndsWithDispute, ReasonMissing, ReleasedAlready
from partners.deals.models import Deal
from partners.deals.steps import refuse_conflicted
from partners.directory.family import surviving_id
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant


@dataclass(frozen=True)
class Wanted:
    """What is to wait: all money of the partner, or that of one of its deals."""

    partner: Partner
    reason: str
    deal: Deal | None = None
    ends_on: date | None = None


def place_hold(*, actor: Actor, wanted: Wanted, at: datetime) -> Hold:
    """From the next payout run that is calculated. Raises `ReasonMissing`, `DayPassed`, `ApproverConflicted`."""
    _require(actor, wanted.partner)
    if not wanted.reason.strip():
        raise ReasonMissing
    if wanted.ends_on is not None and wanted.ends_on < at.astimezone(current_tenant().zone).date():
        raise DayPassed
    hold = Hold(
        partner=wanted.partner, deal=wanted.deal, reason=wanted.reason.strip(), ends_on=wanted.ends_on
    )
    _place(hold, actor, at)
    _tell(hold, "hold.placed", hold.reason)
    return hold


def hold_disputed(*, actor: Actor, entry: Entry, partner: Partner, reason: str, at: datetime) -> Hold:
    """What a partner questions waits, with all that was posted for the same sale; its caller has checked who asks."""
    hold = Hold(
        partner=partner, cause=HoldCause.DISPUTE, entry_id=entry.id, line_id=entry.line_id, reason=reason
    )
    _place(hold, actor, at)
    return hold


def _place(hold: Hold, actor: Actor, at: datetime) -> None:
    hold.number, hold.placed_at, hold.placed_by_label = next_number("hold"), at, actor.label
    hold.save(force_insert=True)
    after = {"ends_on": hold.ends_on, "cause": hold.cause}
    record(actor=actor, action="hold.placed", subject=hold, at=at, after=after, reason=hold.reason)
    emit("hold.placed", id=hold.id, partner_id=hold.partner_id)


def release_hold(*, actor: Actor, hold: Hold, reason: str, at: datetime) -> Hold:
    """What waited is paid by the next run. Raises `ReasonMissing`, `ReleasedAlready`, `EndsWithDispute`."""
    seen = access_hold(actor, hold.id)
    _require(actor, seen.partner)
    if not reason.strip():
        raise ReasonMissing
    fresh = Hold.objects.select_for_update().get(id=seen.id)
    fresh.partner = seen.partner
    if fresh.cause == HoldCause.DISPUTE:
        raise EndsWithDispute
    if fresh.released_at is not None:
        raise ReleasedAlready
    release(fresh, actor=actor, reason=reason.strip(), at=at)
    _tell(fresh, "hold.released", reason.strip())
    return fresh


def release(hold: Hold, *, actor: Actor, reason: str, at: datetime) -> None:
    """Let a locked hold go; its caller has checked who does and tells the partner."""
    hold.released_at, hold.released_by_label, hold.release_reason = at, actor.label, reason
    hold.save(update_fields=["released_at", "released_by_label", "release_reason"])
    record(actor=actor, action="hold.released", subject=hold, at=at, reason=reason)
    emit("hold.released", id=hold.id, partner_id=hold.partner_id)


def _require(actor: Actor, partner: Partner) -> None:
    if actor.user_id is None or not actor.can("holds.place"):
        raise PermissionDenied("holds.place")
    refuse_conflicted(actor, partner)


def _tell(hold: Hold, kind: str, reason: str) -> None:
    notify(
        kind,
        to=PartnerPeople(surviving_id(hold.partner_id), "own_earnings.view"),
        params={"number": str(hold), "reason": reason},
        link=("portal-entry-list", []),
    )
