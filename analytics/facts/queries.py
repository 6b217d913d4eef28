"""Reads of facts: figures of a span beside another, sales by partner, new partners; in the programme currency.

Promise: what tells no partners apart comes from sums of days and from rankings; sums by partner come from its months,
and the part of a month from the lines; what has no rate is named, never guessed. Called by analytics.dashboards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from analytics.facts.conversion import conversion_factors
from analytics.facts.rankings import MOVERS, ranking_of
from analytics.facts.rules import Span
from analytics.facts.totals import through_partners_by_month, totals_of
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.kit.rounding import round_half_away
from prm.tenancy.context import require_context

_PARTS = """
WITH factor AS (
    SELECT * FROM jsonb_to_recordset(%(factors)s::jsonb) AS f(month_on date, currency text, factor numeric)
), part AS (
    SELECT partner_id, month_on, currency, amount_minor::numeric AS amount FROM analytics_partnermonth
    WHERE tenant_id = %(tenant)s AND month_on >= %(starts_on)s AND month_on < %(whole_until)s
    UNION ALL
    SELECT partner_id, %(whole_until)s, currency, CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END
    FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND occurred_on >= %(whole_until)s AND occurred_on < %(ends_on)s
        AND NOT voided AND split_terms = '[]'
    UNION ALL
    SELECT partner_id, %(whole_until)s, currency, CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END
    FROM partners_salesplit
    WHERE tenant_id = %(tenant)s AND occurred_on >= %(whole_until)s AND occurred_on < %(ends_on)s AND NOT voided
)
SELECT {key}, sum(p.amount * f.factor) FROM part p JOIN factor f USING (month_on, currency)
LEFT JOIN partners_partner kin ON kin.tenant_id = %(tenant)s AND kin.id = p.partner_id
    AND kin.merged_into_id IS NOT NULL
WHERE %(everybody)s OR p.partner_id = ANY(%(partners)s::uuid[])
GROUP BY 1
"""
# What was sold by a partner that was merged since counts for its survivor.
_BY_PARTNER = _PARTS.format(key="coalesce(kin.merged_into_id, p.partner_id)")
_BY_MONTH = _PARTS.format(key="p.month_on")
DIRECT = None


@dataclass(frozen=True)
class Sums:
    """Sales of a span in the programme currency, net of refunds. `by_partner` has None for direct sales;
    `unconverted` are currencies that have no rate in some month of the span, left out of the sums."""

    by_partner: dict[UUID | None, int]
    unconverted: list[str]

    @property
    def through_partners(self) -> int:
        return sum(amount for partner, amount in self.by_partner.items() if partner is not DIRECT)

    @property
    def active_partners(self) -> int:
        return sum(amount > 0 for partner, amount in self.by_partner.items() if partner is not DIRECT)


@dataclass(frozen=True)
class Mover:
    """A partner whose sales moved: now, before, and the difference, in the programme currency."""

    partner: Partner
    now_minor: int
    before_minor: int

    @property
    def change_minor(self) -> int:
        return self.now_minor - self.before_minor


@dataclass(frozen=True)
class Figures:
    """What the vendor sold in a span, and what of it partners did, as far as the reader sees them."""

    through_partners: int
    active_partners: int
    sold: int
    unconverted: list[str]

    @property
    def share(self) -> Decimal | None:
        """Of all sales, the part that these partners made; None where there were none."""
        return Decimal(self.through_partners) / self.sold if self.sold > 0 else None


@dataclass(frozen=True)
class Comparison:
    """A span beside the one that it is compared with, and whose sales moved most between them."""

    now: Figures
    before: Figures
    movers: list[Mover]


def compare(actor: Actor, span: Span, before: Span) -> Comparison:
    """A channel manager's figures are the portfolio's. The vendor's total names nobody: all of staff may have it."""
    if actor.has_portfolio_wall:
        return _compare_portfolio(actor, span, before)
    ranking = ranking_of(span, before)
    sides = [
        Figures(totals.through_partners, active, totals.sold, totals.unconverted)
        for totals, active in zip(
            totals_of(span, before), (ranking.active_now, ranking.active_before), strict=True
        )
    ]
    partners = Partner.objects.in_bulk([key for key, _now, _before in ranking.movers])
    movers = [Mover(partners[key], now, earlier) for key, now, earlier in ranking.movers]
    return Comparison(sides[0], sides[1], movers)


def _compare_portfolio(actor: Actor, span: Span, before: Span) -> Comparison:
    now, earlier = sums_of(actor, span), sums_of(actor, before)
    sides = [
        Figures(sums.through_partners, sums.active_partners, totals.sold, sums.unconverted)
        for sums, totals in zip((now, earlier), totals_of(span, before), strict=True)
    ]
    return Comparison(sides[0], sides[1], top_movers(now, earlier))


def sums_of(actor: Actor, span: Span) -> Sums:
    """Sales by partner; a channel manager's are those of the own portfolio."""
    factors, missing = conversion_factors(span)
    rows = _run(_BY_PARTNER, span, factors, only=_partner_ids(actor) if actor.has_portfolio_wall else None)
    return Sums({key: round_half_away(amount) for key, amount in rows}, missing)


def partner_sales_by_month(actor: Actor, span: Span) -> dict[date, int]:
    """Sales through partners by month; months without any are absent. A channel manager's are those of the own
    portfolio."""
    if not actor.has_portfolio_wall:
        return through_partners_by_month(span)
    factors, _missing = conversion_factors(span)
    rows = _run(_BY_MONTH, span, factors, only=_partner_ids(actor))
    return {key: round_half_away(amount) for key, amount in rows}


def _partner_ids(actor: Actor) -> list[UUID]:
    return list(visible_partners(actor).values_list("id", flat=True))


def _run(
    statement: str, span: Span, factors: Sequence[dict[str, str]], *, only: Sequence[UUID] | None
) -> list[tuple[Any, Decimal]]:
    """`only` these partners; None is everybody, direct sales included."""
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "starts_on": span.starts_on,
        "whole_until": span.whole_until,
        "ends_on": span.ends_on,
        "factors": json.dumps(factors),
        "everybody": only is None,
        "partners": list(only or []),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def partner_figures(now: Sums, before: Sums) -> list[Mover]:
    """Every partner that has sales in either span, the largest first."""
    keys = {key for key in (*now.by_partner, *before.by_partner) if key is not DIRECT}
    partners = Partner.objects.in_bulk(list(keys))
    found = [
        Mover(partner, now.by_partner.get(key, 0), before.by_partner.get(key, 0))
        for key, partner in partners.items()
    ]
    return sorted(found, key=lambda mover: (-mover.now_minor, mover.partner.name_key))


def top_movers(now: Sums, before: Sums) -> list[Mover]:
    """The partners whose sales moved most, either way; in the order of rankings."""
    moved = [mover for mover in partner_figures(now, before) if mover.change_minor]
    order = sorted(moved, key=lambda mover: (-abs(mover.change_minor), -mover.now_minor, mover.partner.id))
    return order[:MOVERS]


def joined_between(actor: Actor, span: Span) -> QuerySet[Partner]:
    """Visible partners that joined in the span."""
    return visible_partners(actor).filter(joined_on__gte=span.starts_on, joined_on__lt=span.ends_on)
