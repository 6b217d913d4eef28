"""Reads of conflicts: who sees which, their sides on one time axis, sales beside a protection.

Promise: a partner's own scope holds its own sides alone. Called by conflicts actions and interfaces."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from partners.conflicts.models import Conflict, ConflictSide, ConflictState, Evidence
from partners.conflicts.rules import Claimant, RuleVerdict, verdict_of
from partners.deals.models import Deal, DealState, Protection
from partners.deals.queries import protections_of
from partners.directory.queries import visible_partners
from partners.sales.models import LineKind, SaleLine
from prm.accounts.actor import Actor
from prm.files.models import StoredFile
from prm.tenancy.queries import current_tenant

A_YEAR = timedelta(days=365)
SALES_SHOWN, BESIDE_SHOWN = 40, 50


@dataclass(frozen=True)
class Moment:
    """Something on the time axis. `side` is the place of the side it belongs to; None is the vendor."""

    at: datetime
    kind: str
    side: int | None
    text: str = ""
    amount_minor: int | None = None
    currency: str = ""
    file: StoredFile | None = None
    has_hour: bool = False


def visible_conflicts(actor: Actor) -> QuerySet[Conflict]:
    """A channel manager sees those that a partner of theirs is in."""
    rows = Conflict.objects.select_related("line")
    if not actor.has_portfolio_wall:
        return rows
    own = ConflictSide.objects.filter(conflict=OuterRef("id"), partner__in=visible_partners(actor))
    return rows.filter(Exists(own))


def list_conflicts(actor: Actor, state: str) -> QuerySet[Conflict]:
    rows = visible_conflicts(actor).annotate(is_appealed=Exists(_appealing(OuterRef("id"))))
    return rows.filter(state=state) if state else rows


def access_conflict(actor: Actor, conflict_id: UUID) -> Conflict:
    return get_object_or_404(visible_conflicts(actor), id=conflict_id)


def sides_of(conflict: Conflict) -> list[ConflictSide]:
    """In the order in which they registered."""
    rows = ConflictSide.objects.filter(conflict=conflict).select_related("deal", "partner")
    return list(rows.order_by("deal__submitted_at", "deal_id"))


def is_appealed(conflict: Conflict) -> bool:
    return conflict.state == ConflictState.RULED and _appealing(conflict.id).exists()


def _appealing(conflict_id: UUID | OuterRef) -> QuerySet[ConflictSide]:
    return ConflictSide.objects.filter(
        conflict=conflict_id, appealed_at__isnull=False, appeal_until__isnull=False
    )


def count_to_rule(actor: Actor) -> int:
    """Conflicts without a ruling, and those whose ruling is appealed."""
    waiting = Q(state=ConflictState.OPEN) | Q(state=ConflictState.RULED, is_appealed=True)
    return list_conflicts(actor, "").filter(waiting).order_by().count()


def own_sides(actor: Actor) -> QuerySet[ConflictSide]:
    assert actor.partner_id is not None
    return ConflictSide.objects.filter(partner_id=actor.partner_id).select_related("deal__line")


def access_own_side(actor: Actor, side_id: UUID) -> ConflictSide:
    return get_object_or_404(own_sides(actor), id=side_id)


def side_to_gather(side_id: UUID) -> ConflictSide | None:
    """A side that the desk has not taken up yet."""
    return ConflictSide.objects.select_related("deal").filter(id=side_id, conflict__isnull=True).first()


def latest_side(deal: Deal) -> ConflictSide | None:
    return ConflictSide.objects.filter(deal=deal).order_by("-opened_at", "-id").first()


def evidence_of(side: ConflictSide) -> list[Evidence]:
    return list(Evidence.objects.filter(side=side).select_related("file").order_by("happened_on", "id"))


def may_open_evidence(actor: Actor, stored: StoredFile) -> bool:
    """A manager opens what partners of their own portfolio sent."""
    if not actor.has_portfolio_wall:
        return True
    return stored.partner_id is not None and visible_partners(actor).filter(id=stored.partner_id).exists()


def verdict_by_rule(conflict: Conflict, sides: list[ConflictSide], today: date) -> RuleVerdict:
    held = protections_of(side.deal for side in sides)
    claimants = [
        Claimant(
            side.id,
            side.deal.submitted_at,
            _is_live(held.get(side.deal_id), today),
            side.deal.state == DealState.REJECTED,
        )
        for side in sides
    ]
    first = min((side.deal.submitted_at for side in sides), default=conflict.opened_at)
    sold = _sales(conflict).filter(partner__isnull=True, occurred_on__lte=first.date())
    return verdict_of(claimants, vendor_sold=sold.exists())


def axis_of(conflict: Conflict, sides: list[ConflictSide]) -> list[Moment]:
    """Everything that happened, of all sides and the vendor, in its order."""
    place = {side.partner_id: number for number, side in enumerate(sides)}
    moments = [moment for number, side in enumerate(sides) for moment in _registration(number, side)]
    held = protections_of(side.deal for side in sides)
    for number, side in enumerate(sides):
        if side.deal_id in held:
            moments.append(Moment(_noon(held[side.deal_id].starts_on), "protected", number))
    evidence = Evidence.objects.filter(side__in=[side.id for side in sides]).select_related("file", "side")
    moments += [
        Moment(_noon(one.happened_on), "evidence", place[one.partner_id], one.what, file=one.file)
        for one in evidence
    ]
    moments += [
        Moment(
            _noon(line.occurred_on),
            "sale",
            place.get(_seller(line)) if line.partner_id else None,
            amount_minor=line.amount_minor,
            currency=line.currency,
        )
        for line in _sales(conflict).select_related("partner").order_by("-occurred_on")[:SALES_SHOWN]
        if line.partner_id is None or _seller(line) in place
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _seller(line: SaleLine) -> UUID:
    """Which partner sold, as it is called today: a merged one by its survivor."""
    assert line.partner is not None
    survivor: UUID | None = line.partner.merged_into_id
    return survivor or line.partner.id


def sales_beside_protections(actor: Actor) -> QuerySet[SaleLine]:
    """Lines of a protected customer and product line that were not sold by whom it is protected for: the vendor's own
    and other partners', newest first; `protected_deal` is the deal that holds the protection."""
    holding = Protection.objects.filter(
        claim_key=OuterRef("customer__match_key"),
        line=OuterRef("product__category"),
        starts_on__lte=OuterRef("occurred_on"),
        ends_on__gt=OuterRef("occurred_on"),
    )
    rows = SaleLine.objects.filter(kind=LineKind.SALE, voided=False).annotate(
        protected_deal=Subquery(holding.values("deal_id")[:1]),
        protected_partner=Subquery(holding.values("partner_id")[:1]),
    )
    rows = rows.filter(protected_deal__isnull=False).exclude(partner_id=F("protected_partner"))
    rows = rows.exclude(partner__merged_into_id=F("protected_partner"))
    if actor.has_portfolio_wall:
        rows = rows.filter(protected_partner__in=visible_partners(actor).values("id"))
    return rows.select_related("partner", "customer", "product").order_by("-occurred_on", "-id")[
        :BESIDE_SHOWN
    ]


def _registration(number: int, side: ConflictSide) -> list[Moment]:
    deal = side.deal
    told = [Moment(deal.submitted_at, "registered", number, has_hour=True)]
    if deal.decided_at:
        told.append(Moment(deal.decided_at, "decided", number, deal.get_state_display(), has_hour=True))
    return told


def _sales(conflict: Conflict) -> QuerySet[SaleLine]:
    """Sales to this customer in the year before the conflict and since."""
    return SaleLine.objects.filter(
        customer__match_key=conflict.claim_key,
        kind=LineKind.SALE,
        voided=False,
        occurred_on__gte=conflict.opened_at.date() - A_YEAR,
    )


def _is_live(held: Protection | None, today: date) -> bool:
    return held is not None and held.starts_on <= today < held.ends_on


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), current_tenant().zone)
