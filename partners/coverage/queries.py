"""Reads for the vendor: who works with a customer, and what happened there by months, deals and protections.

Promise: a channel manager learns of the own portfolio's partners alone; what stays with merged partners counts for
their survivors; as many questions whatever the customer. Called by coverage.{presentation,api}."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from partners.coverage.rules import year_until
from partners.customers.models import Customer
from partners.deals.models import LIVE, Deal, DealState, Protection
from partners.deals.queries import protections_on, visible_deals
from partners.deals.rules import last_protected
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.sales.models import LineKind, SaleLine, SaleSplit
from partners.sales.queries import SIGNED, visible_lines
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant

REFUSED = (DealState.REJECTED, DealState.WITHDRAWN)
DEALS_READ = 30


@dataclass
class Coverage:
    """What one company does with a customer; without a `partner` it is the vendor itself.

    `lines` and `sums` (net, in minor units by currency) are credited ones of the last twelve months; the days are of
    credited sales and registered deals of all times.
    """

    partner: Partner | None = None
    days: set[date] = field(default_factory=set)
    lines: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    open_deals: int = 0
    protected_until: date | None = None

    @property
    def last_protected(self) -> date | None:
        return last_protected(self.protected_until) if self.protected_until else None

    @property
    def key(self) -> str:
        return str(self.partner.id) if self.partner else ""

    @property
    def since(self) -> date:
        return min(self.days)

    @property
    def last_active_on(self) -> date:
        return max(self.days)


def who_works_with(actor: Actor, customer: Customer, today: date) -> list[Coverage]:
    """Whoever was credited with a sale or has a claim that was not refused, the last active first."""
    found: dict[UUID | None, Coverage] = {}
    for row in _credited(actor, customer, today):
        told = found.setdefault(row["company"], Coverage())
        told.days |= {row["first"] or row["last"], row["last"]}
        told.lines += row["lines"]
        if row["lines"]:
            told.sums[row["currency"]] = told.sums.get(row["currency"], 0) + row["net"]
    zone = current_tenant().zone
    for row in _claims(actor, customer):
        told = found.setdefault(row["partner_id"], Coverage())
        told.days |= {row[name].astimezone(zone).date() for name in ("first", "last")}
        told.open_deals = row["open"]
    for partner_id, ends_on in _protected(actor, customer, today).items():
        if partner_id in found:
            found[partner_id].protected_until = ends_on
    partners = Partner.objects.in_bulk([key for key in found if key])
    for key, told in found.items():
        told.partner = partners[key] if key else None
    return sorted(found.values(), key=lambda told: (told.last_active_on, told.key), reverse=True)


def _credited(actor: Actor, customer: Customer, today: date) -> list[dict[str, Any]]:
    """Per company and currency: lines that are whole, then shares of split ones."""
    lines = SaleLine.objects.filter(customer=customer, split_terms=[], voided=False)
    return [
        *_by_company(_walled(actor, lines), "id", today),
        *_by_company(_walled(actor, _shares_of(customer)), "line_id", today),
    ]


def _shares_of(customer: Customer) -> QuerySet[SaleSplit]:
    rows = SaleSplit.objects.filter(line__customer=customer, line__voided=False, voided=False)
    return rows.filter(occurred_on__isnull=False)


def _walled(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """A manager's own portfolio; the vendor's direct sales are no part of one."""
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    return rows


def _by_company(rows: QuerySet[Any], line: str, today: date) -> Iterable[dict[str, Any]]:
    year = year_until(today)
    lately = Q(occurred_on__gte=year.starts_on, occurred_on__lt=year.ends_on)
    rows = rows.annotate(company=Coalesce("partner__merged_into_id", "partner_id")).order_by()
    summed: Iterable[dict[str, Any]] = rows.values("company", "currency").annotate(
        first=Min("occurred_on", filter=Q(kind=LineKind.SALE)),
        last=Max("occurred_on"),
        lines=Count(line, distinct=True, filter=lately),
        net=Sum(SIGNED, filter=lately),
    )
    return summed


def deals_with(actor: Actor, customer: Customer) -> QuerySet[Deal]:
    """Claims that meet the customer by any of its keys."""
    return visible_deals(actor).filter(claim_key__in=customer.claim_keys)


def _claims(actor: Actor, customer: Customer) -> Iterable[Any]:
    rows = deals_with(actor, customer).exclude(state__in=REFUSED).order_by().values("partner_id")
    return rows.annotate(
        first=Min("submitted_at"), last=Max("changed_at"), open=Count("id", filter=Q(state__in=LIVE))
    )


def _protected(actor: Actor, customer: Customer, today: date) -> dict[UUID, date]:
    rows = _walled(actor, protections_on(today).filter(claim_key__in=customer.claim_keys))
    held = rows.order_by().values("partner_id").annotate(until=Max("ends_on"))
    return dict(held.values_list("partner_id", "until"))


@dataclass(frozen=True)
class SoldMonth:
    """What was sold to a customer in a month, by the lines the reader may know of."""

    month_on: date
    currency: str
    lines: int
    amount_minor: int
    last_on: date


def sales_by_month(actor: Actor, customer: Customer) -> list[SoldMonth]:
    """Net of refunds, the newest first; as the list of sales counts them: a manager's split lines with the own
    portfolio's shares."""
    lines = visible_lines(actor).filter(customer=customer, voided=False)
    months = _by_month(lines)
    if not actor.has_portfolio_wall:
        return months
    credited = Counter[tuple[date, str]]()
    for part in (lines.filter(split_terms=[]), _walled(actor, _shares_of(customer))):
        for month in _by_month(part):
            credited[month.month_on, month.currency] += month.amount_minor
    return [replace(month, amount_minor=credited[month.month_on, month.currency]) for month in months]


def _by_month(rows: QuerySet[Any]) -> list[SoldMonth]:
    months = rows.annotate(month_on=TruncMonth("occurred_on")).order_by().values("month_on", "currency")
    summed = months.annotate(lines=Count("id"), amount_minor=Sum(SIGNED), last_on=Max("occurred_on"))
    return [SoldMonth(**row) for row in summed.order_by("-month_on", "currency")]


def newest_deals(actor: Actor, customer: Customer) -> list[Deal]:
    return list(deals_with(actor, customer).order_by("-submitted_at")[:DEALS_READ])


def newest_protections(actor: Actor, customer: Customer) -> list[Protection]:
    rows = _walled(actor, Protection.objects.filter(claim_key__in=customer.claim_keys))
    return list(rows.select_related("partner", "line").order_by("-starts_on", "-id")[:DEALS_READ])
