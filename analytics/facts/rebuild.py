"""The SQL of the rollups: taking marks, rebuilding months from the lines, the raw sums to prove them by.

Promise: sums are made of the lines that stand, whatever the rollup said before; called by analytics.facts actions and
queries. A line without a split counts for its partner (nobody: direct), a split one for each partner by its share;
refunds are taken off in the month of their own day; voided lines count for nothing."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

MARKS_AT_ONCE = 20_000

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('facts:' || %(tenant)s, 0))"
_TAKE = """
CREATE TEMP TABLE facts_key ON COMMIT DROP AS
WITH taken AS (
    DELETE FROM analytics_dirtymonth WHERE tenant_id = %(tenant)s AND id IN (
        SELECT id FROM analytics_dirtymonth WHERE tenant_id = %(tenant)s ORDER BY id LIMIT %(most)s)
    RETURNING partner_id, month_on
)
SELECT DISTINCT partner_id, month_on FROM taken
"""
# The two halves of "the same partner, or nobody": a comparison with nulls would find no index.
_FORGET = """
DELETE FROM {table} m USING facts_key k
WHERE m.tenant_id = %(tenant)s AND m.month_on = k.month_on AND m.partner_id = k.partner_id
"""
_FORGET_DIRECT = """
DELETE FROM {table} m USING facts_key k
WHERE m.tenant_id = %(tenant)s AND m.month_on = k.month_on AND m.partner_id IS NULL AND k.partner_id IS NULL
"""
_SIGN = "CASE {0}.kind WHEN 'refund' THEN -1 ELSE 1 END"
_CREDITED = f"""
CREATE TEMP TABLE facts_credited ON COMMIT DROP AS
SELECT k.partner_id, k.month_on, l.occurred_on, l.product_id, l.currency, {_SIGN.format("l")} AS sign,
    l.amount_minor AS amount, l.cost_minor AS cost
FROM facts_key k JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.partner_id = k.partner_id
    AND l.occurred_on >= k.month_on AND l.occurred_on < (k.month_on + interval '1 month')::date
WHERE NOT l.voided AND l.split_terms = '[]'
UNION ALL
SELECT k.partner_id, k.month_on, l.occurred_on, l.product_id, l.currency, {_SIGN.format("l")}, l.amount_minor,
    l.cost_minor
FROM facts_key k JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.partner_id IS NULL
    AND l.occurred_on >= k.month_on AND l.occurred_on < (k.month_on + interval '1 month')::date
WHERE k.partner_id IS NULL AND NOT l.voided AND l.split_terms = '[]'
UNION ALL
SELECT k.partner_id, k.month_on, s.occurred_on, s.product_id, s.currency, {_SIGN.format("s")}, s.amount_minor,
    s.cost_minor
FROM facts_key k JOIN partners_salesplit s ON s.tenant_id = %(tenant)s AND s.partner_id = k.partner_id
    AND s.occurred_on >= k.month_on AND s.occurred_on < (k.month_on + interval '1 month')::date
WHERE NOT s.voided
"""  # noqa: S608 - texts of this module alone
_SUM = """
INSERT INTO analytics_partnermonth (tenant_id, id, partner_id, month_on, currency, amount_minor, cost_minor, line_count,
    first_sold_on, last_sold_on)
SELECT %(tenant)s, uuidv7(), partner_id, month_on, currency, sum(sign * amount), sum(sign * coalesce(cost, 0)),
    count(*), min(occurred_on) FILTER (WHERE sign > 0), max(occurred_on) FILTER (WHERE sign > 0)
FROM facts_credited GROUP BY partner_id, month_on, currency
"""
_SUM_CATEGORIES = """
INSERT INTO analytics_partnercategorymonth (tenant_id, id, partner_id, month_on, category_id, currency, amount_minor)
SELECT %(tenant)s, uuidv7(), c.partner_id, c.month_on, p.category_id, c.currency, sum(c.sign * c.amount)
FROM facts_credited c LEFT JOIN partners_product p ON p.tenant_id = %(tenant)s AND p.id = c.product_id
GROUP BY c.partner_id, c.month_on, p.category_id, c.currency
"""
_ROLLUPS = ("analytics_partnermonth", "analytics_partnercategorymonth")
_REBUILD = (
    *(forget.format(table=table) for table in _ROLLUPS for forget in (_FORGET, _FORGET_DIRECT)),
    _CREDITED,
    _SUM,
    _SUM_CATEGORIES,
)

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
_MARK_ALL = """
INSERT INTO analytics_dirtymonth (tenant_id, id, partner_id, month_on, marked_at)
SELECT %(tenant)s, uuidv7(), partner_id, month_on, %(at)s FROM (
    SELECT partner_id, date_trunc('month', occurred_on)::date AS month_on FROM partners_saleline
    WHERE tenant_id = %(tenant)s
    UNION SELECT partner_id, date_trunc('month', occurred_on)::date FROM partners_salesplit
    WHERE tenant_id = %(tenant)s AND occurred_on IS NOT NULL
    UNION SELECT partner_id, month_on FROM analytics_partnermonth WHERE tenant_id = %(tenant)s
) every
"""
NOBODY = UUID(int=0)


def rebuild_marked(tenant_id: UUID) -> int | None:
    """Rebuild the months of some marks; how many keys, or None while another worker is at it."""
    parameters: dict[str, Any] = {"tenant": tenant_id, "most": MARKS_AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"tenant": str(tenant_id)})
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_TAKE, parameters)
        keys: int = cursor.rowcount
        for statement in _REBUILD:
            cursor.execute(statement, parameters)
        cursor.execute("DROP TABLE facts_key, facts_credited")
    return keys


def mark_everything(tenant_id: UUID, at: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ALL, {"tenant": tenant_id, "at": at})


def differences(tenant_id: UUID) -> list[tuple[UUID | None, date, str, int, int]]:
    """Where rollup and raw sums disagree: partner, month, currency, raw, rolled."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"tenant": tenant_id, "nobody": NOBODY})
        return list(cursor.fetchall())
