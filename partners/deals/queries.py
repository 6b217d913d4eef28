"""Reads of deals: who sees which, what stands on a customer, the queue, the forecast.

Promise: a partner's own scope learns of others only what `guard.claim_standing` says: a word and a place.
Called by: deals actions and interfaces; `protections_on` by the rooms of money."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404

from partners.deals.models import (
    AMENDABLE,
    LIVE,
    Amendment,
    AmendmentState,
    Deal,
    DealPart,
    DealState,
    DeclaredInterest,
    Extension,
    ExtensionState,
    Protection,
    Stage,
)
from partners.deals.rules import Claim, weighted
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.comments.subjects import Commented
from prm.kit.searching import key_span

FREE, YOURS, REVIEW, REGISTERED = "free", "yours", "review", "registered"
SIMILAR_SHOWN, PARTS_SHOWN, BOARD_DEALS = 10, 30, 50


@dataclass(frozen=True)
class Standing:
    """What a customer and line look like to a partner: a word, and the place a claim of now would have."""

    word: str
    place: int


@dataclass(frozen=True)
class DealFilter:
    """What a list is narrowed to; empty values narrow nothing. `state` "open": claimed or protected."""

    q: str = ""
    state: str = ""
    stage: str = ""
    partner_id: UUID | None = None
    claim_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """Open deals of a currency that are expected to close in a month: their worth, whole and by the chance of their
    stage."""

    month: date
    currency: str
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
    return Commented(deal, deal.partner_id, deal.partner.manager_id, name=f"{deal} {deal.customer}")


def list_deals(actor: Actor, wanted: DealFilter) -> QuerySet[Deal]:
    rows = visible_deals(actor)
    if wanted.state:
        rows = rows.filter(state__in=LIVE if wanted.state == "open" else [wanted.state])
    conditions = {
        "stage": wanted.stage,
        "partner_id": wanted.partner_id,
        "claim_key__in": wanted.claim_keys,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
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


def live_rivals_of(deal: Deal) -> list[Deal]:
    """Those of them that wait or are protected."""
    return [rival for rival in rivals_of(deal) if rival.state in LIVE]


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


def list_interests(actor: Actor) -> list[DeclaredInterest]:
    rows = DeclaredInterest.objects.filter(member_id=actor.id).select_related("partner")
    return list(rows.order_by("partner__name_key", "company"))


def access_interest(actor: Actor, interest_id: UUID) -> DeclaredInterest:
    return get_object_or_404(DeclaredInterest, id=interest_id, member_id=actor.id)


def count_to_decide(actor: Actor) -> int:
    return visible_deals(actor).filter(state=DealState.SUBMITTED).order_by().count()


def count_extensions_asked(actor: Actor) -> int:
    return deals_with_extension_asked(actor).order_by().count()


def first_deal_moments(partner_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each partner registered its first deal; for the funnel of new partners."""
    rows = Deal.objects.filter(partner_id__in=partner_ids).order_by().values("partner_id")
    return dict(rows.annotate(first=Min("submitted_at")).values_list("partner_id", "first"))


def have_deals(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Partners that have registered a deal; for their first steps."""
    return dict.fromkeys(first_deal_moments(partner_ids), True)


def deals_with_extension_asked(actor: Actor) -> QuerySet[Deal]:
    """Deals whose partner waits for an answer about more days, with what was asked in `extensions`."""
    rows = visible_deals(actor).filter(state=DealState.PROTECTED, extensions__state=ExtensionState.ASKED)
    return rows.prefetch_related(Prefetch("extensions", Extension.objects.filter(state=ExtensionState.ASKED)))


def forecast_of(rows: QuerySet[Deal]) -> list[Forecast]:
    """Open deals by the month in which they should close and their currency; none is left out."""
    told = rows.filter(state__in=LIVE).order_by().values("currency", "stage", month=TruncMonth("closes_on"))
    sums: dict[tuple[date, str], list[int]] = {}
    for row in told.annotate(count=Count("id"), whole=Sum("amount_minor")):
        found = sums.setdefault((row["month"], row["currency"]), [0, 0, 0])
        for place, part in enumerate((row["count"], row["whole"], weighted(row["whole"], row["stage"]))):
            found[place] += part
    return [Forecast(month, currency, *found) for (month, currency), found in sorted(sums.items())]


@dataclass
class Column:
    """A stage of the board: how many open deals it holds, what they are worth by currency, and the first of them."""

    stage: str
    count: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    deals: list[Deal] = field(default_factory=list)


def board_of(rows: QuerySet[Deal]) -> list[Column]:
    """Every stage; counted over all open deals, of which the first to close are shown."""
    columns = {stage: Column(stage) for stage in Stage.values}
    rows = rows.filter(state__in=LIVE)
    told = rows.order_by().values("stage", "currency").annotate(count=Count("id"), whole=Sum("amount_minor"))
    for row in told.order_by("currency"):
        column = columns[row["stage"]]
        column.count += row["count"]
        column.totals[row["currency"]] = row["whole"]
    for column in columns.values():
        column.deals = list(rows.filter(stage=column.stage).order_by("closes_on", "id")[:BOARD_DEALS])
    return list(columns.values())


def asked_amendment(deal: Deal) -> Amendment | None:
    return amendments_of(deal).filter(state=AmendmentState.ASKED).first()


def amendments_of(deal: Deal) -> QuerySet[Amendment]:
    return Amendment.objects.select_related("line").filter(deal=deal)


def list_amendments(deal: Deal) -> list[Amendment]:
    return list(amendments_of(deal).order_by("-asked_at"))


def deals_with_amendment_asked(actor: Actor) -> QuerySet[Deal]:
    """Deals whose partner waits for an answer about another customer or line, with what was asked in `amendments`."""
    asked = Amendment.objects.select_related("line").filter(state=AmendmentState.ASKED)
    rows = visible_deals(actor).filter(state__in=AMENDABLE, amendments__state=AmendmentState.ASKED)
    return rows.prefetch_related(Prefetch("amendments", asked))


def count_amendments_asked(actor: Actor) -> int:
    return deals_with_amendment_asked(actor).order_by().count()
