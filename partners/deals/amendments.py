"""What an approved claim is on, said anew: a partner asks, the vendor approves or refuses.

Promise: under the locks of both claims; a claim that moves takes the last place of its new queue with the days that its
protection had left, and those behind it move up; what is refused changes nothing. Called by deals interfaces."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from partners.deals import queries
from partners.deals.discretion import refuse_naming
from partners.deals.holds import refuse_held
from partners.deals.models import AMENDABLE, Amendment, AmendmentState, Deal, DealState
from partners.deals.moving import as_told, claim_after, move_claim, refuse_uncertified, save_claim, tell_parts
from partners.deals.protection import end_protection, tell_partner, tell_staff
from partners.deals.refusals import (
    AmendmentAsked,
    CustomerYours,
    DealStepRefused,
    NothingAmended,
    ProtectionOver,
    ReasonMissing,
)
from partners.deals.steps import lock_deal, refuse_conflicted, settle, settle_left, today_of
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.searching import search_key
from prm.outbox.actions import emit

AMENDED = ("customer", "tax_id", "domain", "country", "line")


def ask_amendment(*, actor: Actor, deal: Deal, facts: dict[str, Any], why: str, at: datetime) -> Amendment:
    """The facts as they should stand; those left out stay. Raises `NothingAmended`, `AmendmentAsked`, `CustomerYours`,
    `ClaimContested`, `CertificateMissing`."""
    deal = lock_deal(deal, *AMENDABLE)
    wanted = {name: facts.get(name, getattr(deal, name)) for name in AMENDED}
    was = {name: as_told(getattr(deal, name)) for name in AMENDED if getattr(deal, name) != wanted[name]}
    if not was:
        raise NothingAmended
    claim, line_id = claim_after(deal, wanted)
    if (claim.key, line_id) != deal.claim:
        refuse_held(deal)
        refuse_uncertified(deal.partner, wanted["line"], at)
        standing = queries.standing_of(claim, line_id, deal.partner_id, today_of(at), at, own=deal.id)
        if standing.word == queries.YOURS:
            raise CustomerYours
    try:
        with transaction.atomic():
            amendment = Amendment.objects.create(
                deal=deal,
                partner_id=deal.partner_id,
                was=was,
                why=why,
                asked_at=at,
                asked_by_label=actor.label,
                **wanted,
            )
    except IntegrityError as clash:
        raise AmendmentAsked from clash
    told = {name: as_told(wanted[name]) for name in was}
    record(
        actor=actor, action="deal.amendment_asked", subject=deal, at=at, before=was, after=told, reason=why
    )
    tell_staff(deal, "deal.amendment_asked")
    return amendment


@transaction.atomic
def answer_amendment(
    *, actor: Actor, deal: Deal, amendment: Amendment, approve: bool, answer: str, at: datetime
) -> Deal:
    """Let the claim be what was asked for, or refuse with a reason."""
    wanted = {name: getattr(amendment, name) for name in AMENDED}
    claim, line_id = claim_after(deal, wanted)
    deal = lock_deal(deal, *AMENDABLE, also=[(claim.key, line_id)])
    amended = as_amended(deal, amendment)
    refuse_conflicted(actor, deal.partner, deals=[deal, amended])
    amendment = Amendment.objects.select_for_update().get(id=amendment.id)
    if amendment.state != AmendmentState.ASKED:
        raise DealStepRefused(deal)
    if not approve and not answer.strip():
        raise ReasonMissing
    refuse_naming(answer, [deal, amended], field="answer")
    amendment.state = AmendmentState.APPROVED if approve else AmendmentState.REFUSED
    amendment.decided_at, amendment.decided_by_label, amendment.answer = at, actor.label, answer
    amendment.save()
    if approve:
        return _amend(actor, deal, wanted, answer, at)
    record(actor=actor, action="deal.amendment_refused", subject=deal, at=at, reason=answer)
    tell_partner(deal, "deal.amendment_refused", reason=answer)
    return deal


def as_amended(deal: Deal, amendment: Amendment) -> Deal:
    """The deal as it would stand: to be compared with others, never to be saved."""
    facts = {name: getattr(amendment, name) for name in AMENDED}
    claim, _line_id = claim_after(deal, facts)
    return Deal(
        id=deal.id,
        partner=deal.partner,
        claim_key=claim.key,
        claim_basis=claim.basis,
        name_key=search_key(amendment.customer),
        **facts,
    )


def _amend(actor: Actor, deal: Deal, wanted: dict[str, Any], reason: str, at: datetime) -> Deal:
    before, old = {name: as_told(getattr(deal, name)) for name in AMENDED}, deal.claim
    claim, line_id = claim_after(deal, wanted)
    moves = (claim.key, line_id) != old
    if moves:
        _give_up(deal, at)
        move_claim(deal, claim, wanted["line"], at)
        deal.state, deal.decided_at, deal.decided_by_label = DealState.QUEUED, at, actor.label
    for name in AMENDED:
        setattr(deal, name, wanted[name])
    deal.version += 1
    deal.changed_at = at
    save_claim(deal)
    tell_parts(deal)
    after = {name: as_told(wanted[name]) for name in AMENDED if as_told(wanted[name]) != before[name]}
    was = {name: before[name] for name in after}
    record(actor=actor, action="deal.amended", subject=deal, at=at, before=was, after=after, reason=reason)
    emit("deal.amended", deal_id=deal.id, partner_id=deal.partner_id)
    tell_partner(deal, "deal.amended")
    if moves:
        settle_left(actor, old, at, since=today_of(at))
        settle(actor, deal, at)
        deal.refresh_from_db()
        if deal.state == DealState.QUEUED:
            tell_partner(deal, "deal.approved_on_condition", place=queries.place_of(deal, today_of(at)))
    return deal


def _give_up(deal: Deal, at: datetime) -> None:
    """The protection ends today; the days that it had left are what it will last where it goes."""
    if deal.state != DealState.PROTECTED:
        return
    held, today = queries.protection_of(deal), today_of(at)
    if held is None or held.ends_on <= today:
        raise ProtectionOver
    deal.own_days = (held.ends_on - today).days
    end_protection(deal, today)
