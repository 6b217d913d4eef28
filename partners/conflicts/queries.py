"""Reads of conflicts: who sees which, their sides on one time axis, sales that matched no protection.

Promise: a partner's own scope holds its own sides alone. Called by conflicts actions and interfaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from partners.conflicts.models import Conflict, ConflictSide, ConflictState, Evidence
from partners.conflicts.rules import Claimant, RuleVerdict, verdict_of, why_unmatched
from partners.deals.models import Deal, DealState, Protection
from partners.deals.queries import protections_of
from partners.deals.stakes import person_behind
from partners.deals.steps import today_of
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.sales.claims import a_year_before, sold_directly, sold_to
from partners.sales.models import SaleLine
from partners.sales.unmatched import Met, protections_met
from prm.accounts.actor import Actor
from prm.files.models import StoredFile
from prm.tenancy.queries import current_tenant

SALES_SHOWN = 40


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


def takes_evidence(side: ConflictSide, today: date) -> bool:
    """While there is no ruling, its own appeal is open, or it is heard about another's."""
    is_heard = side.heard_until is not None and today <= side.heard_until
    return not side.verdict or is_heard or bool(side.appealed_at and side.appeal_until)


def is_another(actor: Actor, conflict: Conflict) -> bool:
    """Whether the actor, or who made its key, is known and another person than the one who ruled."""
    person = person_behind(actor)
    if person is None or actor.id == conflict.ruled_by_id:
        return False
    return person.member.user_id != conflict.ruled_by_user_id


def unheard(sides: list[ConflictSide], today: date) -> list[ConflictSide]:
    """The sides beside an appeal that have not answered it while they still may, or were not told of it yet."""
    appealed = [side.appealed_at for side in sides if side.appealed_at and side.appeal_until]
    if not appealed:
        return []
    answered = set(
        Evidence.objects.filter(side__in=[side.id for side in sides], told_at__gte=max(appealed)).values_list(
            "side_id", flat=True
        )
    )
    others = [side for side in sides if not side.appealed_at and side.id not in answered]
    return [side for side in others if side.heard_until is None or today <= side.heard_until]


def is_contested(deal: Deal) -> bool:
    """Whether the desk has the claim: from the moment it is raised until its conflict is closed."""
    rows = ConflictSide.objects.filter(deal=deal)
    going_on = Q(verdict="") | Q(conflict__state__in=[ConflictState.OPEN, ConflictState.RULED])
    return rows.filter(going_on).exists()


def side_to_hear_about(side_id: UUID) -> ConflictSide | None:
    """A side whose appeal is open."""
    rows = ConflictSide.objects.filter(id=side_id, appealed_at__isnull=False, appeal_until__isnull=False)
    return rows.filter(conflict__isnull=False).first()


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
    first = today_of(min((side.deal.submitted_at for side in sides), default=conflict.opened_at))
    sold = sold_directly(conflict.claim_key).filter(
        occurred_on__gte=a_year_before(first), occurred_on__lte=first
    )
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
    sold = _sales(conflict).prefetch_related("splits__partner").select_related("partner")
    for line in sold.order_by("-occurred_on", "-id")[:SALES_SHOWN]:
        moments += [
            Moment(_noon(line.occurred_on), "sale", side, amount_minor=amount, currency=line.currency)
            for side, amount in _credited(line, place)
        ]
    return sorted(moments, key=lambda moment: moment.at)


def count_sales(conflict: Conflict) -> int:
    """Of the axis, however many of them it shows."""
    return _sales(conflict).count()


def _credited(line: SaleLine, place: dict[UUID, int]) -> list[tuple[int | None, int]]:
    """The sides that a line counts for, each with its amount; the vendor (None) for a direct sale."""
    if line.split_terms:
        shares = [(place.get(_survivor(share.partner)), share.amount_minor) for share in line.splits.all()]
        return [(side, amount) for side, amount in shares if side is not None]
    if line.partner is None:
        return [(None, line.amount_minor)]
    side = place.get(_survivor(line.partner))
    return [] if side is None else [(side, line.amount_minor)]


def _survivor(partner: Partner) -> UUID:
    """Which partner it is, as it is called today."""
    return partner.merged_into_id or partner.id


@dataclass(frozen=True)
class Unmatched:
    """A sale that matched no protection of its customer: why, and the deals whose protection it met."""

    line: SaleLine
    why: str
    met: list[Met]


def explained(lines: Sequence[SaleLine]) -> list[Unmatched]:
    """Lines of `partners.sales.unmatched` with the reason of each."""
    met = protections_met(lines)
    return [
        Unmatched(
            line,
            why_unmatched(
                names_a_deal=line.deal_id is not None,
                line_id=line.product.category_id,
                protected_lines={one.line_id for one in met[line.id]},
                is_direct=line.partner_id is None and not line.split_terms,
            ),
            met[line.id],
        )
        for line in lines
    ]


def _registration(number: int, side: ConflictSide) -> list[Moment]:
    deal = side.deal
    told = [Moment(deal.submitted_at, "registered", number, has_hour=True)]
    if deal.decided_at:
        told.append(Moment(deal.decided_at, "decided", number, deal.get_state_display(), has_hour=True))
    return told


def _sales(conflict: Conflict) -> QuerySet[SaleLine]:
    """Sales to this customer in the year before the conflict and since."""
    since = a_year_before(today_of(conflict.opened_at))
    return sold_to(conflict.claim_key).filter(occurred_on__gte=since)


def _is_live(held: Protection | None, today: date) -> bool:
    return held is not None and held.starts_on <= today < held.ends_on


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), current_tenant().zone)
