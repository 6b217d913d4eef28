"""Writes of conflicts: raise, open, add evidence, rule, appeal, close.

Promise: a partner's write touches its own side alone, a worker gathers the others; a ruling changes claims and sides
together or not at all. Called by conflicts interfaces and tasks."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from partners.conflicts import queries
from partners.conflicts.models import Conflict, ConflictSide, ConflictState, Evidence, Outcome, Verdict
from partners.conflicts.refusals import (
    AlreadyRaised,
    AppealOver,
    AppealToAnother,
    AwardIncomplete,
    ConflictRuled,
    EvidenceOver,
    HearingOpen,
    SharesUnbalanced,
)
from partners.conflicts.rules import appeal_until, evidence_until, heard_until
from partners.deals.discretion import refuse_naming
from partners.deals.models import CLAIMING, Deal, DealState, PartIn
from partners.deals.protection import lock_claim
from partners.deals.queries import parts_of
from partners.deals.refusals import DealStepRefused, ReasonMissing
from partners.deals.rulings import (
    RULABLE,
    WHOLE,
    Part,
    award_claim,
    overrule_claim,
    set_parts,
    settle_after_ruling,
)
from partners.deals.stakes import person_behind
from partners.deals.steps import refuse_conflicted, today_of
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.outbox.actions import emit, enqueue
from prm.tenancy.models import next_number

GATHER, HEAR = "partners.conflicts.gather", "partners.conflicts.hear"
EVIDENCE = "evidence"
RULE = "conflicts.rule"
OWN_DEALS = "own_deals.view"
NEEDED_TO_SHARE = 2


@dataclass(frozen=True)
class EvidenceFacts:
    """A day, words, and perhaps a file as (name, bytes)."""

    happened_on: date
    what: str
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Ruling:
    """`awarded` is the side that gets the customer (none: refused to all); `shares` in percent by side."""

    outcome: str
    words: str
    awarded: UUID | None = None
    shares: dict[UUID, Decimal] | None = None


def raise_conflict(*, actor: Actor, deal: Deal, evidence: EvidenceFacts, at: datetime) -> ConflictSide:
    """A partner says that somebody else works with its customer; the desk is told, and a worker finds who.

    Answers alike whether there is anybody or not. Raises `AlreadyRaised`, `DealStepRefused` and what a file is
    refused for.
    """
    if deal.state not in RULABLE:
        raise DealStepRefused(deal)
    side = _new_side(deal, at)
    record(actor=actor, action="conflict.raised", subject=deal, at=at)
    _keep(actor, side, evidence, at)
    enqueue(GATHER, side_id=side.id)
    return side


def add_evidence(*, actor: Actor, side: ConflictSide, evidence: EvidenceFacts, at: datetime) -> Evidence:
    """While there is no ruling, or the side appealed or is heard about an appeal."""
    side = ConflictSide.objects.select_for_update(of=("self",)).select_related("deal").get(id=side.id)
    if not queries.takes_evidence(side, today_of(at)):
        raise EvidenceOver
    return _keep(actor, side, evidence, at)


def open_conflict(*, actor: Actor, deal: Deal, at: datetime) -> Conflict:
    """Take up a claim and all that stand against it; each partner is asked for evidence, once."""
    lock_claim(deal.claim_key, deal.line_id)
    conflict = Conflict.objects.filter(
        claim_key=deal.claim_key, line_id=deal.line_id, state=ConflictState.OPEN
    ).first()
    if conflict is None:
        conflict = Conflict.objects.create(
            number=next_number("conflict"),
            claim_key=deal.claim_key,
            line_id=deal.line_id,
            customer=deal.customer,
            opened_at=at,
            opened_by_label=actor.label,
            evidence_until=evidence_until(today_of(at)),
        )
        record(actor=actor, action="conflict.opened", subject=conflict, at=at)
        _tell_desk(conflict.id, "conflict.opened", customer=conflict.customer, number=str(conflict))
    for claim in _claims_against(deal):
        _join(actor, conflict, claim, at)
    return conflict


def rule(*, actor: Actor, conflict: Conflict, ruling: Ruling, at: datetime) -> Conflict:
    """Say who gets the customer. On appeal by another person, when the others were heard, and then for good."""
    lock_claim(conflict.claim_key, conflict.line_id)
    conflict = Conflict.objects.select_for_update().get(id=conflict.id)
    sides = queries.sides_of(conflict)
    on_appeal = _refuse_ruling(actor, conflict, sides, at)
    deals = [side.deal for side in sides]
    refuse_conflicted(actor, *(side.partner for side in sides), deals=deals)
    winner, shares = _checked(ruling, sides)
    refuse_naming(ruling.words, deals, field="words", besides=[side.partner for side in sides])
    person = person_behind(actor)
    conflict.outcome, conflict.words = ruling.outcome, ruling.words
    conflict.ruled_at, conflict.ruled_by_id, conflict.ruled_by_label = at, actor.id, actor.label
    conflict.ruled_by_user_id = person.member.user_id if person else None
    conflict.state = ConflictState.CLOSED if on_appeal else ConflictState.RULED
    conflict.appeal_until = None if on_appeal else appeal_until(today_of(at))
    conflict.save()
    _apply(actor, sides, winner, shares, ruling.words, at)
    told = {"outcome": ruling.outcome, "awarded": winner.partner.name if winner else ""}
    record(actor=actor, action="conflict.ruled", subject=conflict, at=at, after=told, reason=ruling.words)
    for side in sides:
        _tell_side(actor, conflict, side, _verdict(side, winner, shares), shares.get(side.id), at)
    return conflict


def appeal(*, actor: Actor, side: ConflictSide, words: str, at: datetime) -> ConflictSide:
    """Once, in time, by a side that did not get all; what was ruled stands until it is decided."""
    side = ConflictSide.objects.select_for_update(of=("self",)).select_related("deal").get(id=side.id)
    may = side.verdict in (Verdict.SHARED, Verdict.REFUSED) and side.appealed_at is None
    if not may or side.appeal_until is None or side.appeal_until < today_of(at):
        raise AppealOver
    if not words.strip():
        raise ReasonMissing
    side.appeal, side.appealed_at = words, at
    side.save(update_fields=["appeal", "appealed_at"])
    record(actor=actor, action="conflict.appealed", subject=side.deal, at=at, reason=words)
    assert side.conflict_id is not None
    _tell_desk(side.conflict_id, "conflict.appealed", customer=side.deal.customer)
    enqueue(HEAR, side_id=side.id)
    return side


def hear_others(*, actor: Actor, side: ConflictSide, at: datetime) -> int:
    """Tell the other sides of an appeal that they are heard before it is decided; how many were told. Twice tells once.

    A partner's own work does not reach the others: a worker does, with the vendor's scope.
    """
    assert side.appealed_at is not None
    assert side.conflict_id is not None
    others = ConflictSide.objects.select_for_update(of=("self",)).select_related("deal")
    others = others.filter(conflict_id=side.conflict_id, appealed_at__isnull=True).exclude(id=side.id)
    told = 0
    for other in others.order_by("id"):
        if other.heard_until and other.heard_until >= heard_until(today_of(side.appealed_at)):
            continue
        other.heard_until = heard_until(today_of(at))
        other.save(update_fields=["heard_until"])
        record(actor=actor, action="conflict.heard", subject=other.deal, at=at)
        notify(
            "conflict.heard",
            to=PartnerPeople(other.partner_id, OWN_DEALS),
            params={"customer": other.deal.customer, "until": other.heard_until},
            link=("portal-conflict", [other.id]),
        )
        told += 1
    return told


def close_quiet(*, actor: Actor, today: date, at: datetime) -> int:
    """Rulings that nobody appealed in time are final."""
    ended = Conflict.objects.select_for_update().filter(state=ConflictState.RULED, appeal_until__lt=today)
    count = 0
    for conflict in ended:
        if queries.is_appealed(conflict):
            continue
        conflict.state = ConflictState.CLOSED
        conflict.save(update_fields=["state"])
        record(actor=actor, action="conflict.closed", subject=conflict, at=at)
        count += 1
    return count


def _new_side(deal: Deal, at: datetime, conflict: Conflict | None = None) -> ConflictSide:
    try:
        with transaction.atomic():
            return ConflictSide.objects.create(
                conflict=conflict,
                deal=deal,
                partner_id=deal.partner_id,
                opened_at=at,
                evidence_until=evidence_until(today_of(at)),
            )
    except IntegrityError as clash:
        raise AlreadyRaised from clash


def _keep(actor: Actor, side: ConflictSide, facts: EvidenceFacts, at: datetime) -> Evidence:
    stored = None
    if facts.file is not None:
        name, content = facts.file
        stored = store_file(
            actor=actor, purpose=EVIDENCE, name=name, content=content, partner_id=side.partner_id, at=at
        )
    kept = Evidence.objects.create(
        side=side,
        partner_id=side.partner_id,
        happened_on=facts.happened_on,
        what=facts.what,
        file=stored,
        told_at=at,
        told_by_label=actor.label,
    )
    told = {"happened_on": facts.happened_on, "what": facts.what, "file": stored.name if stored else ""}
    record(actor=actor, action="conflict.evidence_added", subject=side.deal, at=at, after=told)
    emit("conflict.evidence_added", side_id=side.id, partner_id=side.partner_id)
    return kept


def _claims_against(deal: Deal) -> list[Deal]:
    """The claim itself, and every other that is alive on its customer and line."""
    rows = Deal.objects.filter(claim_key=deal.claim_key, line_id=deal.line_id)
    alive = rows.filter(state__in=[*CLAIMING, DealState.PROTECTED, DealState.WON])
    return list((alive | rows.filter(id=deal.id)).select_related("partner").order_by("submitted_at", "id"))


def _join(actor: Actor, conflict: Conflict, deal: Deal, at: datetime) -> None:
    side = ConflictSide.objects.filter(deal=deal, verdict="").first()
    if side is None:
        side = _new_side(deal, at, conflict)
        record(actor=actor, action="conflict.evidence_asked", subject=deal, at=at)
        notify(
            "conflict.evidence_asked",
            to=PartnerPeople(deal.partner_id, OWN_DEALS),
            params={"customer": deal.customer, "until": side.evidence_until},
            link=("portal-conflict", [side.id]),
        )
    elif side.conflict_id is None:
        side.conflict = conflict
        side.save(update_fields=["conflict"])


def _refuse_ruling(actor: Actor, conflict: Conflict, sides: list[ConflictSide], at: datetime) -> bool:
    """Whether this is the ruling on an appeal."""
    if conflict.state == ConflictState.OPEN:
        return False
    if not queries.is_appealed(conflict):
        raise ConflictRuled
    if not queries.is_another(actor, conflict):
        raise AppealToAnother
    if queries.unheard(sides, today_of(at)):
        raise HearingOpen
    return True


def _checked(ruling: Ruling, sides: list[ConflictSide]) -> tuple[ConflictSide | None, dict[UUID, Decimal]]:
    """The side that gets the customer, and the shares above zero."""
    if not ruling.words.strip():
        raise ReasonMissing
    winner = next((side for side in sides if side.id == ruling.awarded), None)
    if ruling.outcome == Outcome.REFUSE:
        return None, {}
    if winner is None:
        raise AwardIncomplete
    if ruling.outcome == Outcome.AWARD:
        return winner, {}
    known = {side.id for side in sides}
    shares = {side_id: part for side_id, part in (ruling.shares or {}).items() if part > 0}
    balanced = sum(shares.values()) == WHOLE and len(shares) >= NEEDED_TO_SHARE
    if not balanced or not set(shares) <= known or winner.id not in shares:
        raise SharesUnbalanced
    return winner, shares


def _apply(
    actor: Actor,
    sides: list[ConflictSide],
    winner: ConflictSide | None,
    shares: dict[UUID, Decimal],
    words: str,
    at: datetime,
) -> None:
    for side in sides:
        if side is not winner and side.deal.state in RULABLE:
            overrule_claim(actor=actor, deal=side.deal, words=words, at=at, shares=side.id in shares)
        if side is not winner and parts_of(side.deal):
            set_parts(actor=actor, deal=side.deal, parts=[], at=at)
    if winner is None:
        if sides:
            settle_after_ruling(actor=actor, deal=sides[0].deal, at=at)
        return
    award_claim(actor=actor, deal=winner.deal, words=words, at=at)
    parts = [Part(side.partner, PartIn.SOLD, shares[side.id]) for side in sides if side.id in shares]
    if parts or parts_of(winner.deal):
        set_parts(actor=actor, deal=winner.deal, parts=parts, at=at)


def _verdict(side: ConflictSide, winner: ConflictSide | None, shares: dict[UUID, Decimal]) -> str:
    if side.id in shares:
        return Verdict.SHARED
    return Verdict.AWARDED if side is winner else Verdict.REFUSED


def _tell_side(
    actor: Actor,
    conflict: Conflict,
    side: ConflictSide,
    verdict: str,
    percent: Decimal | None,
    at: datetime,
) -> None:
    side.verdict, side.percent, side.words, side.ruled_at = verdict, percent, conflict.words, at
    side.appeal_until = None if verdict == Verdict.AWARDED else conflict.appeal_until
    side.heard_until = None
    side.save()
    record(actor=actor, action=f"conflict.{verdict}", subject=side.deal, at=at, reason=conflict.words)
    notify(
        f"conflict.{verdict}",
        to=PartnerPeople(side.partner_id, OWN_DEALS),
        params={"customer": side.deal.customer, "words": conflict.words},
        link=("portal-conflict", [side.id]),
    )


def _tell_desk(conflict_id: UUID, kind: str, **params: str) -> None:
    notify(kind, to=StaffPeople(RULE), params=params, link=("conflict-detail", [conflict_id]))
