"""The proof of the rollups: the same sums from the lines, another way than they were made.

Promise: an empty answer means equal to the cent; called by the command and tests."""

from datetime import date
from uuid import UUID

from django.db import connection

NOBODY = UUID(int=0)
# The same sums another way: from the terms of each split line, not from its shares, and over everything at once.
_DIFFERENCES = """
WITH line AS (
    SELECT id, partner_id, date_trunc('month', occurred_on)::date AS month_on, currency, split_terms,
        CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END AS amount
    FROM partners_saleline WHERE tenant_id = %(tenant)s AND NOT voided
), shared AS (
    SELECT l.id, (t.term ->> 'partner_id')::uuid AS partner_id, l.month_on, l.currency, l.amount, t.place,
        coalesce((t.term ->> 'percent')::numeric, (t.term ->> 'parts')::numeric) AS weight
    FROM line l CROSS JOIN LATERAL jsonb_array_elements(l.split_terms) WITH ORDINALITY AS t(term, place)
    WHERE l.split_terms <> '[]'
), weighed AS (
    SELECT *, div(abs(amount) * weight, sum(weight) OVER w) AS floor_part,
        mod(abs(amount) * weight, sum(weight) OVER w) AS rest
    FROM shared WINDOW w AS (PARTITION BY id)
), parted AS (
    SELECT partner_id, month_on, currency, sign(amount) * (floor_part + (row_number() OVER (
        PARTITION BY id ORDER BY rest DESC, place) <= abs(amount) - sum(floor_part) OVER (PARTITION BY id))::int)
        AS amount
    FROM weighed
), raw AS (
    SELECT partner_id, month_on, currency, sum(amount)::bigint AS amount_minor FROM (
        SELECT partner_id, month_on, currency, amount FROM line WHERE split_terms = '[]'
        UNION ALL SELECT partner_id, month_on, currency, amount FROM parted) every
    GROUP BY 1, 2, 3
), rolled AS (
    SELECT partner_id, month_on, currency, amount_minor FROM analytics_partnermonth WHERE tenant_id = %(tenant)s
)
SELECT coalesce(raw.partner_id, rolled.partner_id), coalesce(raw.month_on, rolled.month_on),
    coalesce(raw.currency, rolled.currency), coalesce(raw.amount_minor, 0), coalesce(rolled.amount_minor, 0)
FROM raw FULL JOIN rolled ON coalesce(raw.partner_id, %(nobody)s) = coalesce(rolled.partner_id, %(nobody)s)
    AND raw.month_on = rolled.month_on AND raw.currency = rolled.currency
WHERE coalesce(raw.amount_minor, 0) <> coalesce(rolled.amount_minor, 0) ORDER BY 2, 1, 3
"""
# From the shares of split lines, where the rollup reads the lines themselves.
_DAY_DIFFERENCES = """
WITH raw AS (
    SELECT sold_on, through_partners, currency, sum(amount)::bigint AS amount_minor FROM (
        SELECT occurred_on AS sold_on, partner_id IS NOT NULL AS through_partners, currency,
            CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END AS amount
        FROM partners_saleline WHERE tenant_id = %(tenant)s AND NOT voided AND split_terms = '[]'
        UNION ALL
        SELECT occurred_on, TRUE, currency, CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END
        FROM partners_salesplit WHERE tenant_id = %(tenant)s AND NOT voided) part
    GROUP BY 1, 2, 3
), rolled AS (
    SELECT sold_on, through_partners, currency, amount_minor FROM analytics_daysales WHERE tenant_id = %(tenant)s
)
SELECT sold_on, through_partners, currency, coalesce(raw.amount_minor, 0), coalesce(rolled.amount_minor, 0)
FROM raw FULL JOIN rolled USING (sold_on, through_partners, currency)
WHERE coalesce(raw.amount_minor, 0) <> coalesce(rolled.amount_minor, 0) ORDER BY 1, 2, 3
"""


def differences(tenant_id: UUID) -> list[tuple[UUID | None, date, str, int, int]]:
    """Where rollup and raw sums disagree: partner, month, currency, raw, rolled."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"tenant": tenant_id, "nobody": NOBODY})
        return list(cursor.fetchall())


def day_differences(tenant_id: UUID) -> list[tuple[date, bool, str, int, int]]:
    """The same of the sums of days: day, through partners, currency, raw, rolled."""
    with connection.cursor() as cursor:
        cursor.execute(_DAY_DIFFERENCES, {"tenant": tenant_id})
        return list(cursor.fetchall())
