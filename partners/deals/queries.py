"""Reads of deals: who sees which, what stands on a customer, the queue, the forecast.

Promise: a partner's own scope learns of others only what `guard.claim_standing` says: a word and a place.
Called by: deals actions and interfaces; `protections_on` by the rooms of money."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from partners.deals.models import (
    CLAIMING,
    Deal,
    DealPart,
    DealState,
    DeclaredInterest,
    Extension,
    ExtensionState,
    Protection,
)
from partners.deals.rules import PUBLIC_DOMAINS, Claim, plain_domain, weighted
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.comments.subjects import Commented
from prm.kit.periods import Period
from prm.kit.searching import key_span

DECLARED, THEIR_TEAM, SAME_DOMAIN = "declared", "their_team", "same_domain"
FREE, YOURS, REVIEW, REGISTERED = "free", "yours", "review", "registered"
SIMILAR_SHOWN, PARTS_SHOWN = 10, 30


@dataclass(frozen=True)
class Standing:
    """What a customer and line look like to a partner: a word, and the place a claim of now would have."""

    word: str
    place: int


@dataclass(frozen=True)
class DealFilter:
    q: str = ""
    state: str = ""
    stage: str = ""


@dataclass(frozen=True)
class Forecast:
    """Open deals that are expected to close in a month: their worth, whole and by the chance of their stage."""

    month: date
    count: int
    amount_minor: int
    weighted_minor: int


def visible_deals(actor: Actor) -> QuerySet[Deal]:
    rows = Deal.objects.select_related("partner__manager__user", "line")
    if actor.partner_id is not None:
        return rows.filter(partner_id=actor.partner_id)
    if actor.has_portfolio_wall:
        return rows.filter(partner__in=visible_partners(actor))
    return rows


def access_deal(actor: Actor, deal_id: UUID) -> Deal:
    return get_object_or_404(visible_deals(actor), id=deal_id)


def commented_deal(actor: Actor, deal_id: UUID) -> Commented:
    """A deal as its comments need it."""
    deal = access_deal(actor, deal_id)
    return Commented(deal, deal.partner_id, deal.partner.manager_id)


def list_deals(actor: Actor, wanted: DealFilter) -> QuerySet[Deal]:
    rows = visible_deals(actor)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.stage:
        rows = rows.filter(stage=wanted.stage)
    if wanted.q.strip():
        rows = rows.filter(_matches(wanted.q.strip()))
    return rows


def _matches(typed: str) -> Q:
    start, end = key_span(typed)
    found = Q(name_key__gte=start, name_key__lt=end) if start else Q(tax_id=typed)
    number = typed.upper().removeprefix("D-")
    if number.isascii() and number.isdigit() and len(number) < 18:  # noqa: PLR2004 - digits of a bigint
        found |= Q(number=int(number))
    return found | Q(tax_id=typed)


def standing_of(
    claim: Claim, line_id: UUID, partner_id: UUID, today: date, at: datetime, *, own: UUID | None = None
) -> Standing:
    """The same question, and the same time to answer, whoever stands there. `own` is the deal that asks for itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, place FROM guard.claim_standing(%s, %s, %s, %s, %s, %s)",
            [claim.key, line_id, partner_id, today, at, own],
        )
        word, place = cursor.fetchone()
    return Standing(word, place)


def place_of(deal: Deal, today: date) -> int:
    """The deal's place among the claims on its customer and line; 1 is the first."""
    claim = Claim(deal.claim_key, deal.claim_basis)
    return standing_of(claim, deal.line_id, deal.partner_id, today, deal.submitted_at, own=deal.id).place


def protection_of(deal: Deal) -> Protection | None:
    """The latest; a ruling may give a deal a second one."""
    return Protection.objects.filter(deal=deal).order_by("-starts_on").first()


def protections_of(deals: Iterable[Deal]) -> dict[UUID, Protection]:
    """The latest protection of each deal that has one."""
    rows = Protection.objects.filter(deal_id__in=[deal.id for deal in deals]).order_by("starts_on")
    return {row.deal_id: row for row in rows}


def protections_on(day: date) -> QuerySet[Protection]:
    """Every protection that is live on a day: partner, claim key and line."""
    return Protection.objects.filter(starts_on__lte=day, ends_on__gt=day)


def parts_of(deal: Deal) -> list[DealPart]:
    """Who does what in a deal; a partner's own scope holds its own parts alone."""
    return list(DealPart.objects.filter(deal=deal).select_related("partner").order_by("-percent", "id"))


def parts_elsewhere(actor: Actor) -> list[DealPart]:
    """Parts this partner has, by ruling or agreement, in deals that others registered."""
    assert actor.partner_id is not None
    own = Deal.objects.filter(partner_id=actor.partner_id).values("id")
    rows = DealPart.objects.filter(partner_id=actor.partner_id).exclude(deal_id__in=own)
    return list(rows.order_by("-id")[:PARTS_SHOWN])


def rivals_of(deal: Deal) -> list[Deal]:
    """Other claims on the same customer and line, in order of submission. For the vendor's staff alone."""
    rows = Deal.objects.select_related("partner").filter(claim_key=deal.claim_key, line_id=deal.line_id)
    return list(rows.exclude(id=deal.id).order_by("submitted_at", "id"))


def similar_to(deal: Deal) -> list[Deal]:
    """Deals whose customer's name begins alike under another key: shown to staff side by side, never decided by."""
    start = deal.name_key[: max(4, len(deal.name_key) * 2 // 3)]
    rows = Deal.objects.select_related("partner").filter(name_key__startswith=start)
    rows = rows.exclude(claim_key=deal.claim_key).exclude(id=deal.id)
    return list(rows.order_by("-submitted_at")[:SIMILAR_SHOWN])


def asked_extension(deal: Deal) -> Extension | None:
    return Extension.objects.filter(deal=deal, state=ExtensionState.ASKED).first()


def list_extensions(deal: Deal) -> list[Extension]:
    return list(Extension.objects.filter(deal=deal).order_by("-asked_at"))


def declared_interest(actor: Actor, partner_id: UUID) -> DeclaredInterest | None:
    """What keeps this person from deciding about the partner, if they declared anything."""
    if actor.kind != "person":
        return None
    return DeclaredInterest.objects.filter(member_id=actor.id, partner_id=partner_id).first()


def stake_of(actor: Actor, partner: Partner) -> str:
    """What keeps this person from deciding about the partner: their own word, or a hint; "" where nothing does."""
    if actor.kind != "person" or actor.id is None or actor.user_id is None:
        return ""
    if declared_interest(actor, partner.id) is not None:
        return DECLARED
    if Membership.objects.filter(user_id=actor.user_id, partner_id=partner.id).exists():
        return THEIR_TEAM
    email = Membership.objects.select_related("user").get(id=actor.id).user.email
    own, theirs = plain_domain(email), plain_domain(partner.website)
    return SAME_DOMAIN if own and own == theirs and own not in PUBLIC_DOMAINS else ""


def list_interests(actor: Actor) -> list[DeclaredInterest]:
    rows = DeclaredInterest.objects.filter(member_id=actor.id).select_related("partner")
    return list(rows.order_by("partner__name_key"))


def access_interest(actor: Actor, interest_id: UUID) -> DeclaredInterest:
    return get_object_or_404(DeclaredInterest, id=interest_id, member_id=actor.id)


def count_to_decide(actor: Actor) -> int:
    return visible_deals(actor).filter(state=DealState.SUBMITTED).order_by().count()


def count_extensions_asked(actor: Actor) -> int:
    deals = visible_deals(actor).values("id")
    return Extension.objects.filter(state=ExtensionState.ASKED, deal_id__in=deals).count()


def first_deal_moments(partner_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each partner registered its first deal; for the funnel of new partners."""
    rows = Deal.objects.filter(partner_id__in=partner_ids).order_by().values("partner_id")
    return dict(rows.annotate(first=Min("submitted_at")).values_list("partner_id", "first"))


def have_deals(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Partners that have registered a deal; for their first steps."""
    return dict.fromkeys(first_deal_moments(partner_ids), True)


def deals_with_extension_asked(actor: Actor) -> QuerySet[Deal]:
    """Deals whose partner waits for an answer about more days, with what was asked in `extensions`."""
    rows = visible_deals(actor).filter(extensions__state=ExtensionState.ASKED)
    return rows.prefetch_related(Prefetch("extensions", Extension.objects.filter(state=ExtensionState.ASKED)))


def forecast_of(rows: QuerySet[Deal], currency: str) -> list[Forecast]:
    """Open deals of the programme currency by the month in which they should close."""
    open_states = [*CLAIMING, DealState.PROTECTED]
    months: dict[date, list[Any]] = {}
    told = rows.filter(state__in=open_states, currency=currency).values_list(
        "closes_on", "amount_minor", "stage"
    )
    for closes_on, amount, stage in told.order_by():
        months.setdefault(Period.of(closes_on).starts_on, []).append((amount, weighted(amount, stage)))
    return [
        Forecast(
            month, len(amounts), sum(whole for whole, _part in amounts), sum(part for _whole, part in amounts)
        )
        for month, amounts in sorted(months.items())
    ]
