"""A partner's own customers, read in its own scope: those it sold to, and those whose claim the vendor accepted.

Promise: guards answer for the partner in context and for nobody else; a customer that somebody else works with is
missing, whether the vendor knows it or not. Companies of claims that opened no customer are told in the partner's own
words, so the list says nothing of whom the vendor knows. Called by coverage.portal."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from partners.coverage.rules import quarters_until, year_until
from partners.deals.models import LIVE, Deal, DealState, Protection
from partners.deals.queries import visible_deals
from partners.deals.rules import last_protected
from partners.directory.family import own_ids
from prm.accounts.actor import Actor
from prm.kit.searching import key_span
from prm.tenancy.queries import current_tenant

# States of a claim that make its company a customer of the partner's, even where the vendor does not know it.
WORKING = (*LIVE, DealState.WON, DealState.SHARED)
_KNOWN = "SELECT customer_id, name, country, industry, claim_keys FROM guard.own_customers()"
_LIST = """
WITH known AS (SELECT * FROM guard.own_customers()),
held AS (
    SELECT claim_key, max(ends_on) AS until FROM partners_protection
    WHERE tenant_id = %(tenant)s AND partner_id = ANY(%(own)s::uuid[])
        AND starts_on <= %(today)s AND ends_on > %(today)s
    GROUP BY claim_key
),
claim AS (
    SELECT claim_key, count(*) FILTER (WHERE state = ANY(%(open)s)) AS deals, max(until) AS until,
        (array_agg(id ORDER BY id DESC))[1] AS newest
    FROM partners_deal LEFT JOIN held USING (claim_key)
    WHERE tenant_id = %(tenant)s AND partner_id = ANY(%(own)s::uuid[]) AND state = ANY(%(working)s)
    GROUP BY claim_key
),
claimed AS (
    SELECT k.customer_id, sum(c.deals)::int AS deals, max(c.until) AS until
    FROM known k CROSS JOIN unnest(k.claim_keys) AS own(claim_key) JOIN claim c USING (claim_key)
    GROUP BY k.customer_id
),
company AS (
    SELECT customer_id AS key, customer_id, NULL::uuid AS deal_id, name, name_key, country, deals, until
    FROM known LEFT JOIN claimed USING (customer_id)
    UNION ALL
    SELECT d.id, NULL, d.id, d.customer, d.name_key, '', c.deals, c.until
    FROM claim c JOIN partners_deal d ON d.tenant_id = %(tenant)s AND d.id = c.newest
    WHERE c.claim_key NOT IN (SELECT unnest(claim_keys) FROM known)
)
SELECT key, customer_id, deal_id, name, name_key, country, coalesce(deals, 0), until FROM company
WHERE (%(country)s = '' OR country = %(country)s)
    AND (%(start)s = '' OR name_key >= %(start)s AND name_key < %(end)s)
"""
_FORTH = f"""{_LIST} AND (%(name)s::text IS NULL OR (name_key, key) > (%(name)s, %(key)s::uuid))
ORDER BY name_key, key LIMIT %(most)s"""
_BACK = f"""{_LIST} AND (%(name)s::text IS NULL OR (name_key, key) < (%(name)s, %(key)s::uuid))
ORDER BY name_key DESC, key DESC LIMIT %(most)s"""
_SUMS = """
SELECT customer_id, currency, max(occurred_on) FILTER (WHERE kind = 'sale'),
    count(*) FILTER (WHERE occurred_on >= %(first)s AND occurred_on < %(end)s),
    coalesce(sum(amount_minor) FILTER (WHERE occurred_on >= %(first)s AND occurred_on < %(end)s), 0)::bigint
FROM guard.own_customer_lines(%(customers)s::uuid[]) GROUP BY customer_id, currency ORDER BY customer_id, currency
"""
_QUARTERS = """
SELECT date_trunc('quarter', occurred_on)::date, currency, count(DISTINCT line_id), sum(amount_minor)::bigint
FROM guard.own_customer_lines(ARRAY[%(customer)s::uuid]) WHERE occurred_on >= %(first)s
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""


@dataclass(frozen=True)
class Company:
    """A row of the list: a customer, or the company of the newest claim (`deal_id`) that opened none."""

    key: UUID
    customer_id: UUID | None
    deal_id: UUID | None
    name: str
    name_key: str
    country: str
    open_deals: int
    protected_until: date | None

    @property
    def last_protected(self) -> date | None:
        return last_protected(self.protected_until) if self.protected_until else None


@dataclass(frozen=True)
class OwnCustomer:
    """What a partner is told of a customer; `claim_keys` are those of its own claims that meet it."""

    id: UUID
    name: str
    country: str
    industry: str
    claim_keys: list[str]


@dataclass
class OwnSales:
    """Credited sales to a customer: (currency, minor units) of the last twelve months, and the last sale of all."""

    sums: list[tuple[str, int]] = field(default_factory=list)
    last_on: date | None = None


@dataclass(frozen=True)
class SoldQuarter:
    starts_on: date
    currency: str
    lines: int
    amount_minor: int


@dataclass(frozen=True)
class CompanyFilter:
    """What the list was narrowed to; empty values narrow nothing."""

    q: str = ""
    country: str = ""


@dataclass(frozen=True)
class Companies:
    """The list as pages fetch it, see `prm.web.keyset.fetched_page`."""

    actor: Actor
    wanted: CompanyFilter
    today: date

    def fetch(self, place: Sequence[str] | None, backwards: bool, most: int) -> list[Company]:
        start, end = key_span(self.wanted.q)
        name, key = place or (None, None)
        parameters: dict[str, Any] = {
            "tenant": current_tenant().id,
            "own": own_ids(self.actor),
            "today": self.today,
            "open": list(LIVE),
            "working": list(WORKING),
            "country": self.wanted.country,
            "start": start,
            "end": end,
            "name": name,
            "key": key,
            "most": most,
        }
        with connection.cursor() as cursor:
            cursor.execute(_BACK if backwards else _FORTH, parameters)
            return [Company(*row) for row in cursor.fetchall()]


def access_own_customer(customer_id: UUID) -> OwnCustomer:
    """A customer of the partner in context; any other answers 404."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_KNOWN} WHERE customer_id = %s", [customer_id])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return OwnCustomer(*row)


def own_countries() -> list[str]:
    """Countries of the own customers, for the filter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT country FROM guard.own_customers() WHERE country <> '' ORDER BY country"
        )
        return [row[0] for row in cursor.fetchall()]


def own_sales(customer_ids: Collection[UUID], today: date) -> dict[UUID, OwnSales]:
    """By customer; those without a credited sale are empty."""
    year, found = year_until(today), defaultdict[UUID, OwnSales](OwnSales)
    parameters: dict[str, Any] = {
        "customers": list(customer_ids),
        "first": year.starts_on,
        "end": year.ends_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, parameters)
        for customer_id, currency, last_on, lines, amount_minor in cursor.fetchall():
            told = found[customer_id]
            told.last_on = max(filter(None, (told.last_on, last_on)), default=None)
            if lines:
                told.sums.append((currency, amount_minor))
    return found


def own_quarters(customer_id: UUID, today: date) -> list[SoldQuarter]:
    """Credited sales of the last quarters, the newest first; quarters without any are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_QUARTERS, {"customer": customer_id, "first": quarters_until(today)[-1]})
        return [SoldQuarter(*row) for row in cursor.fetchall()]


def own_deals(actor: Actor, customer: OwnCustomer) -> QuerySet[Deal]:
    """Own claims on the customer, the newest first."""
    return visible_deals(actor).filter(claim_key__in=customer.claim_keys).order_by("-id")


def own_protections(actor: Actor, customer: OwnCustomer) -> QuerySet[Protection]:
    rows = Protection.objects.filter(partner_id__in=own_ids(actor), claim_key__in=customer.claim_keys)
    return rows.select_related("deal", "line").order_by("-starts_on", "-id")
