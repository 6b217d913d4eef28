"""Writes of deals: register, correct, decide, extend, close; declared interests.

Promise: under the claim's lock; what is refused writes nothing; each change leaves an AuditRecord, an event and, where
it concerns somebody, a notice. Called by deals interfaces and tasks."""

from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from partners.deals import queries
from partners.deals.models import (
    CLAIMING,
    UNDECIDED,
    Deal,
    DealState,
    DeclaredInterest,
    Extension,
    ExtensionState,
    Protection,
)
from partners.deals.protection import (
    end_protection,
    lock_claim,
    settle_claims,
    tell_admins,
    tell_partner,
    tell_staff,
)
from partners.deals.refusals import (
    CertificateMissing,
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
from partners.deals.steps import decide, lock_deal, move, refuse_conflicted, settle, today_of
from partners.directory.models import Partner
from partners.products.models import ProductCategory
from partners.training.queries import missing_for_line
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.searching import search_key
from prm.outbox.actions import emit
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

EDITABLE = ("customer", "tax_id", "domain", "contact", "amount_minor", "closes_on", "stage", "note")
FOLLOWED_UP = ("stage", "amount_minor", "closes_on", "contact", "note")


class DealFacts(TypedDict, total=False):
    """What is told of a deal; `amount_minor` in minor units of `currency`."""

    customer: str
    tax_id: str
    domain: str
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
    missing = missing_for_line(partner.id, line.id, today_of(at))
    if missing:
        raise CertificateMissing([course.title for course in missing])
    lock_claim(claim.key, line.id)
    standing = queries.standing_of(claim, line.id, partner.id, today_of(at), at)
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
        name_key=search_key(facts["customer"]),
        submitted_at=at,
        submitted_by_label=actor.label,
        decide_by=decide_by(local),
        changed_at=at,
    )
    _save(deal)
    told = {name: value for name, value in facts.items() if name != "line"} | {"line": line.name}
    record(actor=actor, action="deal.registered", subject=deal, at=at, after=told)
    emit("deal.registered", deal_id=deal.id, partner_id=partner.id, registered_on=local.date().isoformat())
    tell_staff(deal, "deal.submitted")
    return deal


def correct_deal(*, actor: Actor, deal: Deal, changes: dict[str, Any], at: datetime) -> Deal:
    """What the vendor asked back; the deal is then in review again, on its old place in the queue."""
    deal = lock_deal(deal, DealState.RETURNED)
    if set(changes) - set(deal.asked_fields):
        raise FieldNotAsked
    before = (deal.claim_key, deal.line_id)
    claim = claim_of(*(changes.get(name, getattr(deal, name)) for name in ("customer", "tax_id", "domain")))
    if claim.key != deal.claim_key:
        lock_claim(claim.key, deal.line_id)
        deal.claim_key, deal.claim_basis = claim.key, claim.basis
    deal = _change(actor, deal, changes, at, state=DealState.SUBMITTED, action="deal.corrected")
    settle_claims(actor=actor, key=before[0], line_id=before[1], today=today_of(at), at=at)
    return deal


def follow_up(*, actor: Actor, deal: Deal, changes: dict[str, Any], version: int, at: datetime) -> Deal:
    """Stage, worth, expected day, contact and note of an open deal; the claim itself never moves."""
    deal = lock_deal(deal, *CLAIMING, DealState.PROTECTED, DealState.EXPIRED)
    if deal.version != version:
        raise DealChangedMeanwhile(deal)
    if set(changes) - set(FOLLOWED_UP):
        raise FieldNotAsked
    return _change(actor, deal, changes, at, state=deal.state, action="deal.changed")


def approve_deal(*, actor: Actor, deal: Deal, at: datetime) -> Deal:
    """Protected from today, or on condition behind the claims before it."""
    deal = lock_deal(deal, DealState.SUBMITTED)
    refuse_conflicted(actor, deal.partner)
    decide(actor, deal, DealState.QUEUED, "deal.approved", at)
    settle(actor, deal, at)
    deal.refresh_from_db()
    if deal.state == DealState.QUEUED:
        tell_partner(deal, "deal.approved_on_condition", place=queries.place_of(deal, today_of(at)))
    return deal


def return_deal(*, actor: Actor, deal: Deal, fields: list[str], reason: str, at: datetime) -> Deal:
    """Ask the partner to correct the named fields."""
    deal = lock_deal(deal, DealState.SUBMITTED)
    refuse_conflicted(actor, deal.partner)
    if not reason.strip() or not fields or set(fields) - set(EDITABLE):
        raise ReasonMissing
    deal.asked_fields = fields
    decide(actor, deal, DealState.RETURNED, "deal.returned", at, reason)
    tell_partner(deal, "deal.returned", reason=reason)
    return deal


def reject_deal(*, actor: Actor, deal: Deal, reason: str, at: datetime) -> Deal:
    deal = lock_deal(deal, *UNDECIDED)
    refuse_conflicted(actor, deal.partner)
    if not reason.strip():
        raise ReasonMissing
    decide(actor, deal, DealState.REJECTED, "deal.rejected", at, reason)
    tell_partner(deal, "deal.rejected", reason=reason)
    settle(actor, deal, at)
    return deal


def close_deal(*, actor: Actor, deal: Deal, outcome: str, at: datetime) -> Deal:
    """Won, lost or withdrawn. A won deal keeps its protection: the sales that follow belong to it."""
    open_states = (*CLAIMING, DealState.PROTECTED, DealState.EXPIRED)
    deal = lock_deal(deal, *(CLAIMING if outcome == DealState.WITHDRAWN else open_states))
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
    refuse_conflicted(actor, deal.partner)
    extension = Extension.objects.select_for_update().get(id=extension.id)
    if extension.state != ExtensionState.ASKED:
        raise DealStepRefused(deal)
    if not grant and not answer.strip():
        raise ReasonMissing
    if grant:
        _extend(deal, extension.days, at)
    extension.state = ExtensionState.GRANTED if grant else ExtensionState.REFUSED
    extension.decided_at, extension.decided_by_label, extension.answer = at, actor.label, answer
    extension.save()
    action = "deal.extended" if grant else "deal.extension_refused"
    record(actor=actor, action=action, subject=deal, at=at, after={"days": extension.days}, reason=answer)
    if grant:
        tell_partner(deal, "deal.extended", until=_live_protection(deal, at).ends_on)
    else:
        tell_partner(deal, "deal.extension_refused", reason=answer)
    return deal


def extend_deal(*, actor: Actor, deal: Deal, days: int, reason: str, at: datetime) -> Deal:
    """More days without having been asked, by the vendor."""
    deal = lock_deal(deal, DealState.PROTECTED)
    refuse_conflicted(actor, deal.partner)
    held = _extend(deal, days, at)
    record(actor=actor, action="deal.extended", subject=deal, at=at, after={"days": days}, reason=reason)
    tell_partner(deal, "deal.extended", until=held.ends_on)
    return deal


def escalate_late(*, actor: Actor, at: datetime) -> int:
    """Deals that nobody decided in time go to the programme admins, once."""
    late = (
        Deal.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(state=DealState.SUBMITTED, decide_by__lte=at, escalated_at__isnull=True)
    )
    count = 0
    for deal in late:
        deal.escalated_at = at
        deal.save(update_fields=["escalated_at"])
        record(actor=actor, action="deal.escalated", subject=deal, at=at)
        tell_admins(deal, "deal.escalated")
        tell_partner(deal, "deal.escalated_partner")
        count += 1
    return count


def declare_interest(
    *, actor: Actor, partner: Partner, kind: str, note: str, at: datetime
) -> DeclaredInterest:
    """A person's own word about themselves; it refuses their decisions about this partner from now on."""
    interest, _made = DeclaredInterest.objects.update_or_create(
        member_id=actor.id, partner=partner, defaults={"kind": kind, "note": note, "declared_at": at}
    )
    record(
        actor=actor, action="interest.declared", subject=partner, at=at, after={"kind": kind, "note": note}
    )
    return interest


def withdraw_interest(*, actor: Actor, interest: DeclaredInterest, at: datetime) -> None:
    record(
        actor=actor,
        action="interest.withdrawn",
        subject=interest.partner,
        at=at,
        before={"kind": interest.kind},
    )
    interest.delete()


def settle_due(*, actor: Actor, today: date, at: datetime) -> int:
    """Every customer and line whose protection ended, or whose queue waits; how many were looked at."""
    ended = Deal.objects.filter(state=DealState.PROTECTED, protections__ends_on__lte=today)
    waiting = Deal.objects.filter(state=DealState.QUEUED)
    claims = {*ended.values_list("claim_key", "line_id"), *waiting.values_list("claim_key", "line_id")}
    for key, line_id in sorted(claims, key=str):
        lock_claim(key, line_id)
        settle_claims(actor=actor, key=key, line_id=line_id, today=today, at=at)
    return len(claims)


def _change(
    actor: Actor, deal: Deal, changes: dict[str, Any], at: datetime, *, state: str, action: str
) -> Deal:
    told = {name: value for name, value in changes.items() if getattr(deal, name) != value}
    before = {name: getattr(deal, name) for name in told}
    if not told and state == deal.state:
        return deal
    for name, value in told.items():
        setattr(deal, name, value)
    deal.name_key = search_key(deal.customer)
    deal.state, deal.changed_at = state, at
    deal.version += 1
    _save(deal)
    record(actor=actor, action=action, subject=deal, at=at, before=before, after=told)
    emit(action, deal_id=deal.id, partner_id=deal.partner_id)
    if action == "deal.corrected":
        tell_staff(deal, "deal.submitted")
    return deal


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


def _save(deal: Deal) -> None:
    try:
        with transaction.atomic():
            deal.save()
    except IntegrityError as clash:
        if "deal_one_claim_per_partner_and_customer" in str(clash):
            raise CustomerYours from clash
        raise
