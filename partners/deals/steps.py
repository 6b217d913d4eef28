"""The steps that every decision about a deal is made of; called by deals actions, rulings and roles.

Promise: a deal is changed under its claim's lock alone; each change of state leaves an AuditRecord and an event."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from partners.deals.models import Deal, DealState
from partners.deals.protection import lock_claim, lock_claims, settle_claims
from partners.deals.refusals import ApproverConflicted, DealStepRefused
from partners.deals.stakes import stake_of
from partners.deals.terms import current_terms
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

SETTLE_CLAIM = "partners.deals.settle_claim"


def today_of(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def lock_deal(deal: Deal, *states: str, also: Iterable[tuple[str, UUID]] = ()) -> Deal:
    """The deal under the locks of its claim and of those in `also`, in one of the states."""
    locked = {deal.claim, *also}
    lock_claims(locked)
    rows = Deal.objects.select_related("partner", "line").select_for_update(of=("self",))
    fresh = rows.get(id=deal.id)
    if fresh.claim not in locked:  # it moved while we waited
        lock_claim(*fresh.claim)
        fresh = rows.get(id=deal.id)
    if fresh.state not in states:
        raise DealStepRefused(fresh)
    return fresh


def refuse_conflicted(actor: Actor, *partners: Partner, deals: Iterable[Deal] = ()) -> None:
    """Raises `ApproverConflicted` where the actor has a stake in one of them or in the customer of one of the deals."""
    stake = stake_of(actor, *partners, deals=deals)
    if stake:
        raise ApproverConflicted(stake)


def decide(actor: Actor, deal: Deal, state: str, action: str, at: datetime, reason: str = "") -> None:
    deal.decided_at, deal.decided_by_label, deal.reason = at, actor.label, reason
    if state == DealState.QUEUED:
        deal.own_days = current_terms().protection_days
    move(actor, deal, state, action, at, reason)


def move(actor: Actor, deal: Deal, state: str, action: str, at: datetime, reason: str = "") -> None:
    deal.state, deal.changed_at = state, at
    deal.version += 1
    deal.save()
    record(actor=actor, action=action, subject=deal, at=at, reason=reason)
    emit(action, deal_id=deal.id, partner_id=deal.partner_id)


def settle(actor: Actor, deal: Deal, at: datetime) -> None:
    settle_left(actor, deal.claim, at)


def settle_left(actor: Actor, claim: tuple[str, UUID], at: datetime, *, since: date | None = None) -> None:
    """Let the queue of a claim go on. A partner's own work does not see it: there a worker is rung."""
    key, line_id = claim
    if require_context().scope == "partner":
        enqueue(SETTLE_CLAIM, key=key, line_id=line_id, since=since)
        return
    settle_claims(actor=actor, key=key, line_id=line_id, today=today_of(at), at=at, since=since)
