"""The steps that every decision about a deal is made of; called by deals actions, rulings and roles.

Promise: a deal is changed under its claim's lock alone; each change of state leaves an AuditRecord and an event."""

from datetime import date, datetime

from partners.deals import queries
from partners.deals.models import Deal
from partners.deals.protection import lock_claim, settle_claims
from partners.deals.refusals import ApproverConflicted, DealStepRefused
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant


def today_of(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def lock_deal(deal: Deal, *states: str) -> Deal:
    """The deal under its claim's lock, in one of the states."""
    lock_claim(deal.claim_key, deal.line_id)
    fresh = Deal.objects.select_related("partner", "line").select_for_update(of=("self",)).get(id=deal.id)
    if fresh.state not in states:
        raise DealStepRefused(fresh)
    return fresh


def refuse_conflicted(actor: Actor, *partners: Partner) -> None:
    """Raises `ApproverConflicted` where the person declared an interest in one of them, or something hints at one."""
    for partner in partners:
        stake = queries.stake_of(actor, partner)
        if stake:
            raise ApproverConflicted(stake)


def decide(actor: Actor, deal: Deal, state: str, action: str, at: datetime, reason: str = "") -> None:
    deal.decided_at, deal.decided_by_label, deal.reason = at, actor.label, reason
    move(actor, deal, state, action, at, reason)


def move(actor: Actor, deal: Deal, state: str, action: str, at: datetime, reason: str = "") -> None:
    deal.state, deal.changed_at = state, at
    deal.version += 1
    deal.save()
    record(actor=actor, action=action, subject=deal, at=at, reason=reason)
    emit(action, deal_id=deal.id, partner_id=deal.partner_id)


def settle(actor: Actor, deal: Deal, at: datetime) -> None:
    settle_claims(actor=actor, key=deal.claim_key, line_id=deal.line_id, today=today_of(at), at=at)
