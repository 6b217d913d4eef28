"""Reads of facts: sales by partner and by month in the programme currency, movers, new partners.

Promise: months that are over come from the rollup, the part of a month from the lines; what has no rate is named, never
guessed. Called by analytics.dashboards and the proof."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from analytics.facts.models import PartnerMonth
from analytics.facts.rules import Span
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.currencies.queries import list_rates, rates_on
from prm.kit.currencies import exponent_of
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

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
    def total(self) -> int:
        return sum(self.by_partner.values())

    @property
    def active_partners(self) -> int:
        return sum(amount > 0 for partner, amount in self.by_partner.items() if partner is not DIRECT)

    @property
    def share(self) -> Decimal | None:
        """Of all sales, the part that partners made; None where there were none."""
        return self.share_of(self.total)

    def share_of(self, whole_minor: int) -> Decimal | None:
        """Of an amount, the part that partners made."""
        return Decimal(self.through_partners) / whole_minor if whole_minor > 0 else None


@dataclass(frozen=True)
class Mover:
    """A partner whose sales moved: now, before, and the difference, in the programme currency."""

    partner: Partner
    now_minor: int
    before_minor: int

    @property
    def change_minor(self) -> int:
        return self.now_minor - self.before_minor


def sums_of(actor: Actor, span: Span) -> Sums:
    """Sales by partner; a channel manager's are those of the own portfolio."""
    factors, missing = conversion_factors(span)
    rows = _run(_BY_PARTNER, span, factors, only=_partner_ids(actor) if actor.has_portfolio_wall else None)
    return Sums({key: round_half_away(amount) for key, amount in rows}, missing)


def total_of(span: Span) -> int:
    """All that the vendor sold in a span, direct sales included: one sum, which names nobody."""
    factors, _missing = conversion_factors(span)
    return sum(round_half_away(amount) for _key, amount in _run(_BY_PARTNER, span, factors, only=None))


def partner_sales_by_month(actor: Actor, span: Span) -> dict[date, int]:
    """Sales through partners by month; months without any are absent. Direct sales are left out."""
    factors, _missing = conversion_factors(span)
    partners = [key for key in _partner_ids(actor) if key is not None]
    rows = _run(_BY_MONTH, span, factors, only=partners)
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


def conversion_factors(span: Span) -> tuple[list[dict[str, str]], list[str]]:
    """What a minor unit of each currency is worth in each month: by the rate of the month's last day."""
    own = current_tenant().currency
    currencies = _currencies(span)
    others = sorted(currencies - {own})
    factors, missing = [], set()
    for month_on in span.months():
        if own in currencies:
            factors.append({"month_on": month_on.isoformat(), "currency": own, "factor": "1"})
        if not others:
            continue
        last_day = Period.of(month_on).ends_on - timedelta(days=1)
        rates = rates_on([(other, own) for other in others], last_day)
        for other in others:
            rate = rates.get((other, own)) or _latest_within(other, own, month_on, last_day)
            if rate is None:
                missing.add(other)
                continue
            shift = exponent_of(own) - exponent_of(other)
            factors.append(
                {
                    "month_on": month_on.isoformat(),
                    "currency": other,
                    "factor": f"{rate.rate.scaleb(shift):f}",
                }
            )
    return factors, sorted(missing)


def _latest_within(base: str, quote: str, month_on: date, last_day: date) -> Any:
    """In a running month: the newest rate that the month has."""
    rows = list_rates(base=base, quote=quote, since=month_on, until=last_day)
    return rows.order_by("-published_on", "-id").first()


def _currencies(span: Span) -> set[str]:
    rows = PartnerMonth.objects.filter(month_on__gte=span.starts_on, month_on__lt=span.ends_on)
    return set(rows.order_by().values_list("currency", flat=True).distinct())


def partner_figures(now: Sums, before: Sums) -> list[Mover]:
    """Every partner that has sales in either span, the largest first."""
    keys = {key for key in (*now.by_partner, *before.by_partner) if key is not DIRECT}
    partners = Partner.objects.in_bulk(list(keys))
    found = [
        Mover(partner, now.by_partner.get(key, 0), before.by_partner.get(key, 0))
        for key, partner in partners.items()
    ]
    return sorted(found, key=lambda mover: (-mover.now_minor, mover.partner.name_key))


def top_movers(now: Sums, before: Sums, count: int) -> list[Mover]:
    """The partners whose sales moved most, either way."""
    moved = [mover for mover in partner_figures(now, before) if mover.change_minor]
    return sorted(moved, key=lambda mover: -abs(mover.change_minor))[:count]


def joined_between(actor: Actor, span: Span) -> QuerySet[Partner]:
    """Visible partners that joined in the span."""
    return visible_partners(actor).filter(joined_on__gte=span.starts_on, joined_on__lt=span.ends_on)
