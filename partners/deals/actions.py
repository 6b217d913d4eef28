"""Writes of deals: register, correct, follow up, decide, extend, close.

Promise: under the claim's lock; what is refused writes nothing; each change leaves an AuditRecord, an event and, where
it concerns somebody, a notice. Called by deals interfaces and tasks."""

from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from partners.deals import queries
from partners.deals.discretion import refuse_naming
from partners.deals.models import (
    CLAIMING,
    UNDECIDED,
    Deal,
    DealState,
    Extension,
    ExtensionState,
    Protection,
)
from partners.deals.moving import (
    as_told,
    claim_after,
    move_claim,
    refuse_uncertified,
    save_claim,
    tell_parts,
    turn_of,
)
from partners.deals.protection import end_protection, lock_claim, tell_partner, tell_staff
from partners.deals.refusals import (
    CustomerClaimed,
    CustomerYours,
    DealChangedMeanwhile,
    DealStepRefused,
    ExtensionAsked,
    FieldNotAsked,
    ProtectionOver,
    ReasonMissing,
)
from partners.deals.rules import claim_of, decide_by
from partners.deals.steps import decide, lock_deal, move, refuse_conflicted, settle, settle_left, today_of
from partners.deals.terms import current_terms
from partners.directory.models import Partner
from partners.products.models import ProductCategory
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

EDITABLE = (
    "customer",
    "tax_id",
    "domain",
    "country",
    "line",
    "contact",
    "amount_minor",
    "closes_on",
    "stage",
    "note",
)
FOLLOWED_UP = ("stage", "amount_minor", "closes_on", "contact", "note")
OPEN = (*CLAIMING, DealState.PROTECTED, DealState.EXPIRED)


class DealFacts(TypedDict, total=False):
    """What is told of a deal; `amount_minor` in minor units of `currency`."""

    customer: str
    tax_id: str
    domain: str
    country: str
    contact: str
    line: ProductCategory
    amount_minor: int
    currency: str
    closes_on: date
    stage: str
    note: str


def register_deal(
    *, actor: Actor, partner: Partner, facts: DealFacts, at: datetime, join_queue: bool = False
) -> Deal:
    """Claim a customer for a product line. Raises `CertificateMissing`, `CustomerYours`, or `CustomerClaimed`
    unless `join_queue`."""
    claim = claim_of(facts["customer"], facts.get("tax_id", ""), facts.get("domain", ""))
    line = facts["line"]
    refuse_uncertified(partner, line, at)
    lock_claim(claim.key, line.id)
    turn = turn_of(claim, line, at)
    standing = queries.standing_of(claim, line.id, partner.id, today_of(at), turn)
    if standing.word == queries.YOURS:
        raise CustomerYours
    if standing.place > 1 and not join_queue:
        raise CustomerClaimed(standing)
    local = at.astimezone(current_tenant().zone)
    deal = Deal(
        **facts,
        partner=partner,
        number=next_number("deal"),
        claim_key=claim.key,
        claim_basis=claim.basis,
        submitted_at=turn,
        submitted_by_label=actor.label,
        decide_by=decide_by(local, current_terms().decision_hours),
        changed_at=at,
    )
    save_claim(deal)
    told = {name: as_told(value) for name, value in facts.items()}
    record(actor=actor, action="deal.registered", subject=deal, at=at, after=told)
    emit("deal.registered", deal_id=deal.id, partner_id=partner.id, registered_on=local.date().isoformat())
    tell_staff(deal, "deal.submitted")
    return deal


def correct_deal(*, actor: Actor, deal: Deal, changes: dict[str, Any], at: datetime) -> Deal:
    """What the vendor asked back; the deal is in review again, and the vendor's clock starts anew.

    It keeps its place in the queue, unless it is on another customer or product line now: there it takes the last one.
    """
    claim, line_id = claim_after(deal, changes)
    deal = lock_deal(deal, DealState.RETURNED, also=[(claim.key, line_id)])
    if set(changes) - set(deal.asked_fields):
        raise FieldNotAsked
    before = deal.claim
    told = {name: as_told(value) for name, value in changes.items() if getattr(deal, name) != value}
    was = {name: as_told(getattr(deal, name)) for name in told}
    if (claim.key, line_id) != before:
        move_claim(deal, claim, changes.get("line", deal.line), at)
    for name, value in changes.items():
        setattr(deal, name, value)
    local = at.astimezone(current_tenant().zone)
    deal.decide_by, deal.escalated_at = decide_by(local, current_terms().decision_hours), None
    deal.answer_by = None
    _keep(actor, deal, DealState.SUBMITTED, "deal.corrected", at, was, told)
    tell_parts(deal)
    tell_staff(deal, "deal.submitted")
    if deal.claim != before:
        settle_left(actor, before, at, since=today_of(at))
    return deal


def follow_up(*, actor: Actor, deal: Deal, changes: dict[str, Any], version: int, at: datetime) -> Deal:
    """Stage, worth, expected day, contact and note of an open deal; the claim itself never moves."""
    deal = lock_deal(deal, *OPEN)
    if deal.version != version:
        raise DealChangedMeanwhile(deal)
    if set(changes) - set(FOLLOWED_UP):
        raise FieldNotAsked
    told = {name: value for name, value in changes.items() if getattr(deal, name) != value}
    if not told:
        return deal
    was = {name: getattr(deal, name) for name in told}
    for name, value in told.items():
        setattr(deal, name, value)
    _keep(actor, deal, deal.state, "deal.changed", at, was, told)
    return deal


def approve_deal(*, actor: Actor, deal: Deal, at: datetime) -> Deal:
    """Protected from today, or on condition behind the claims before it."""
    deal = lock_deal(deal, DealState.SUBMITTED)
    refuse_conflicted(actor, deal.partner, deals=[deal])
    decide(actor, deal, DealState.QUEUED, "deal.approved", at)
    settle(actor, deal, at)
    deal.refresh_from_db()
    if deal.state == DealState.QUEUED:
        tell_partner(deal, "deal.approved_on_condition", place=queries.place_of(deal, today_of(at)))
    return deal


def return_deal(*, actor: Actor, deal: Deal, fields: list[str], reason: str, at: datetime) -> Deal:
    """Ask the partner to correct the named fields, within the days of the terms."""
    deal = lock_deal(deal, DealState.SUBMITTED)
    refuse_conflicted(actor, deal.partner, deals=[deal])
    if not reason.strip() or not fields or set(fields) - set(EDITABLE):
        raise ReasonMissing
    refuse_naming(reason, [deal], field="reason")
    deal.asked_fields = fields
    deal.answer_by = today_of(at) + timedelta(days=current_terms().answer_days)
    deal.answer_reminded_at = None
    decide(actor, deal, DealState.RETURNED, "deal.returned", at, reason)
    tell_partner(deal, "deal.returned", reason=reason, until=deal.answer_by)
    return deal


def reject_deal(*, actor: Actor, deal: Deal, reason: str, at: datetime) -> Deal:
    deal = lock_deal(deal, *UNDECIDED)
    refuse_conflicted(actor, deal.partner, deals=[deal])
    if not reason.strip():
        raise ReasonMissing
    refuse_naming(reason, [deal], field="reason")
    decide(actor, deal, DealState.REJECTED, "deal.rejected", at, reason)
    tell_partner(deal, "deal.rejected", reason=reason)
    settle(actor, deal, at)
    return deal


def close_deal(*, actor: Actor, deal: Deal, outcome: str, at: datetime) -> Deal:
    """Won, lost or withdrawn. A won deal keeps its protection: the sales that follow belong to it."""
    deal = lock_deal(deal, *(CLAIMING if outcome == DealState.WITHDRAWN else OPEN))
    deal.closed_on = today_of(at)
    move(actor, deal, outcome, f"deal.{outcome}", at)
    if outcome != DealState.WON:
        end_protection(deal, today_of(at))
    tell_staff(deal, f"deal.{outcome}")
    settle(actor, deal, at)
    return deal


def ask_extension(*, actor: Actor, deal: Deal, days: int, why: str, at: datetime) -> Extension:
    deal = lock_deal(deal, DealState.PROTECTED)
    _live_protection(deal, at)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                deal=deal,
                partner_id=deal.partner_id,
                days=days,
                why=why,
                asked_at=at,
                asked_by_label=actor.label,
            )
    except IntegrityError as clash:
        raise ExtensionAsked from clash
    told = {"days": days, "why": why}
    record(actor=actor, action="deal.extension_asked", subject=deal, at=at, after=told)
    tell_staff(deal, "deal.extension_asked", days=days)
    return extension


def answer_extension(
    *, actor: Actor, deal: Deal, extension: Extension, grant: bool, answer: str, at: datetime
) -> Deal:
    """Grant more days while the protection lasts, or refuse with a reason."""
    deal = lock_deal(deal, DealState.PROTECTED)
    refuse_conflicted(actor, deal.partner, deals=[deal])
    extension = Extension.objects.select_for_update().get(id=extension.id)
    if extension.state != ExtensionState.ASKED:
        raise DealStepRefused(deal)
    if not grant and not answer.strip():
        raise ReasonMissing
    refuse_naming(answer, [deal], field="answer")
    if grant:
        _extend(deal, extension.days, at)
    extension.state = ExtensionState.GRANTED if grant else ExtensionState.REFUSED
    extension.decided_at, extension.decided_by_label, extension.answer = at, actor.label, answer
    extension.save()
    action = "deal.extended" if grant else "deal.extension_refused"
    record(actor=actor, action=action, subject=deal, at=at, after={"days": extension.days}, reason=answer)
    if grant:
        tell_partner(deal, "deal.extended", until=_live_protection(deal, at).last_day)
    else:
        tell_partner(deal, "deal.extension_refused", reason=answer)
    return deal


def extend_deal(*, actor: Actor, deal: Deal, days: int, reason: str, at: datetime) -> Deal:
    """More days without having been asked, by the vendor."""
    deal = lock_deal(deal, DealState.PROTECTED)
    refuse_conflicted(actor, deal.partner, deals=[deal])
    refuse_naming(reason, [deal], field="reason")
    held = _extend(deal, days, at)
    record(actor=actor, action="deal.extended", subject=deal, at=at, after={"days": days}, reason=reason)
    tell_partner(deal, "deal.extended", until=held.last_day)
    return deal


def _keep(
    actor: Actor,
    deal: Deal,
    state: str,
    action: str,
    at: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    deal.state, deal.changed_at = state, at
    deal.version += 1
    save_claim(deal)
    record(actor=actor, action=action, subject=deal, at=at, before=before, after=after)
    emit(action, deal_id=deal.id, partner_id=deal.partner_id)


def _live_protection(deal: Deal, at: datetime) -> Protection:
    held = queries.protection_of(deal)
    if held is None or held.ends_on <= today_of(at):
        raise ProtectionOver
    return held


def _extend(deal: Deal, days: int, at: datetime) -> Protection:
    held = _live_protection(deal, at)
    held.ends_on += timedelta(days=days)
    held.extensions += 1
    held.reminded_days = None
    held.save(update_fields=["ends_on", "extensions", "reminded_days"])
    return held
