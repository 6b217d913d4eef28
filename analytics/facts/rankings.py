"""Rankings of partners over a span beside the one that it is compared with: how many sold, whose sales moved most.

Promise: a stored one is as right as the rollup, since rebuilding a month takes it away, and is not believed once rates
or merged partners are others; what is not stored is measured. Called by analytics.facts actions and queries."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from analytics.facts.conversion import conversion_factors
from analytics.facts.models import Ranking
from analytics.facts.rules import Span
from prm.tenancy.context import require_context

MOVERS = 6

# What changes a ranking besides sales: the programme currency, a rate that was published, a partner that was merged.
_BASIS = """
SELECT concat_ws(' ', t.currency,
    (SELECT r.id FROM prm_exchangerate r WHERE r.tenant_id = %(tenant)s ORDER BY r.id DESC LIMIT 1),
    (SELECT extract(epoch FROM max(p.merged_at)) FROM partners_partner p
    WHERE p.tenant_id = %(tenant)s AND p.merged_into_id IS NOT NULL))
FROM prm_tenant t WHERE t.id = %(tenant)s
"""
_MEASURE = """
WITH factor AS (
    SELECT * FROM jsonb_to_recordset(%(factors)s::jsonb) AS f(month_on date, currency text, factor numeric)
), part AS (
    SELECT partner_id, month_on, currency, amount_minor AS amount FROM analytics_partnermonth
    WHERE tenant_id = %(tenant)s AND partner_id IS NOT NULL AND (month_on >= %(starts_on)s AND month_on < %(ends_on)s
        OR month_on >= %(before_starts_on)s AND month_on < %(whole_until)s)
    UNION ALL
    SELECT partner_id, %(whole_until)s, currency, CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END
    FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND occurred_on >= %(whole_until)s AND occurred_on < %(before_ends_on)s
        AND NOT voided AND split_terms = '[]' AND partner_id IS NOT NULL
    UNION ALL
    SELECT partner_id, %(whole_until)s, currency, CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END
    FROM partners_salesplit
    WHERE tenant_id = %(tenant)s AND occurred_on >= %(whole_until)s AND occurred_on < %(before_ends_on)s AND NOT voided
), summed AS (
    SELECT coalesce(kin.merged_into_id, p.partner_id) AS partner_id,
        coalesce(round(sum(p.amount * f.factor) FILTER (WHERE p.month_on >= %(starts_on)s)), 0)::bigint AS now,
        coalesce(round(sum(p.amount * f.factor) FILTER (WHERE p.month_on < %(starts_on)s)), 0)::bigint AS before
    FROM part p JOIN factor f USING (month_on, currency)
    LEFT JOIN partners_partner kin ON kin.tenant_id = %(tenant)s AND kin.id = p.partner_id
        AND kin.merged_into_id IS NOT NULL
    GROUP BY 1
), mover AS (
    SELECT partner_id, now, before FROM summed WHERE now <> before
    ORDER BY abs(now - before) DESC, now DESC, partner_id LIMIT %(most)s
)
SELECT (SELECT count(*) FROM summed WHERE now > 0), (SELECT count(*) FROM summed WHERE before > 0),
    (SELECT jsonb_agg(jsonb_build_array(partner_id, now, before)
        ORDER BY abs(now - before) DESC, now DESC, partner_id) FROM mover)
"""


@dataclass(frozen=True)
class Ranked:
    """What a ranking says; `movers` are partner, now and before."""

    active_now: int
    active_before: int
    movers: list[tuple[UUID, int, int]]

    def stored(self, span: Span, before: Span, basis: str) -> Ranking:
        """As a row to be written."""
        return Ranking(
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            before_starts_on=before.starts_on,
            before_ends_on=before.ends_on,
            basis=basis,
            active_now=self.active_now,
            active_before=self.active_before,
            movers=[[str(key), now, earlier] for key, now, earlier in self.movers],
        )


def spans_of(row: Ranking) -> tuple[Span, Span]:
    return Span(row.starts_on, row.ends_on), Span(row.before_starts_on, row.before_ends_on)


def basis_now() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, {"tenant": require_context().tenant_id})
        return str(cursor.fetchone()[0])


def ranking_of(span: Span, before: Span) -> Ranked:
    """The stored one where it holds, else measured now."""
    row = Ranking.objects.filter(
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        before_starts_on=before.starts_on,
        before_ends_on=before.ends_on,
        basis=basis_now(),
    ).first()
    return measure(span, before) if row is None else _ranked(row.active_now, row.active_before, row.movers)


def measure(span: Span, before: Span) -> Ranked:
    """Of everybody. `span` consists of whole months and lies behind `before`."""
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "starts_on": span.starts_on,
        "ends_on": span.ends_on,
        "before_starts_on": before.starts_on,
        "whole_until": before.whole_until,
        "before_ends_on": before.ends_on,
        "factors": json.dumps(conversion_factors(span)[0] + conversion_factors(before)[0]),
        "most": MOVERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, parameters)
        active_now, active_before, movers = cursor.fetchone()
    return _ranked(active_now, active_before, json.loads(movers) if isinstance(movers, str) else movers or [])


def _ranked(active_now: int, active_before: int, movers: list[list[Any]]) -> Ranked:
    return Ranked(active_now, active_before, [(UUID(key), now, earlier) for key, now, earlier in movers])
