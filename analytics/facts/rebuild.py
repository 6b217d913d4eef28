"""The SQL of the rollups: taking marks, rebuilding months and days from the lines.

Promise: sums are made of the lines that stand, whatever the rollup said before; called by analytics.facts actions. A
line without a split counts for its partner (nobody: direct), a split one for each partner by its share; refunds are
taken off in the month of their own day; voided lines count for nothing."""

from typing import Any
from uuid import UUID

from django.db import connection

MARKS_AT_ONCE, DAYS_AT_ONCE = 20_000, 400  # a batch of a whole year is one portion

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
# A ranking of these months would no longer hold; direct sales are in none.
_FORGET_RANKINGS = """
DELETE FROM analytics_ranking r WHERE r.tenant_id = %(tenant)s AND EXISTS (
    SELECT 1 FROM facts_key k
    WHERE k.partner_id IS NOT NULL AND k.month_on >= r.before_starts_on AND k.month_on < r.ends_on)
"""
_ROLLUPS = ("analytics_partnermonth", "analytics_partnercategorymonth")
_REBUILD = (
    *(forget.format(table=table) for table in _ROLLUPS for forget in (_FORGET, _FORGET_DIRECT)),
    _CREDITED,
    _SUM,
    _SUM_CATEGORIES,
    _FORGET_RANKINGS,
)
_TAKE_DAYS = """
CREATE TEMP TABLE facts_day ON COMMIT DROP AS
WITH taken AS (
    DELETE FROM analytics_dirtyday WHERE tenant_id = %(tenant)s AND sold_on IN (
        SELECT DISTINCT sold_on FROM analytics_dirtyday WHERE tenant_id = %(tenant)s ORDER BY sold_on DESC
        LIMIT %(days)s)
    RETURNING sold_on
)
SELECT DISTINCT sold_on FROM taken
"""
# The shares of a split line total the line, and all of them are partners'.
_REBUILD_DAYS = (
    "ANALYZE facts_day",  # else the planner takes a day for thousands, and reads all lines for it
    """
DELETE FROM analytics_daysales d USING facts_day t WHERE d.tenant_id = %(tenant)s AND d.sold_on = t.sold_on
""",
    f"""
INSERT INTO analytics_daysales (tenant_id, id, sold_on, through_partners, currency, amount_minor)
SELECT %(tenant)s, uuidv7(), occurred_on, through_partners, currency, sum(amount) FROM (
    SELECT l.occurred_on, l.partner_id IS NOT NULL OR l.split_terms <> '[]' AS through_partners, l.currency,
        {_SIGN.format("l")} * l.amount_minor AS amount
    FROM facts_day t JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.occurred_on = t.sold_on
    WHERE NOT l.voided) line
GROUP BY occurred_on, through_partners, currency
""",  # noqa: S608 - texts of this module alone
)

_MARK_ALL = """
INSERT INTO analytics_dirtymonth (tenant_id, id, partner_id, month_on, marked_at)
SELECT %(tenant)s, uuidv7(), partner_id, month_on, %(at)s FROM (
    SELECT partner_id, date_trunc('month', occurred_on)::date AS month_on FROM partners_saleline
    WHERE tenant_id = %(tenant)s
    UNION SELECT partner_id, date_trunc('month', occurred_on)::date FROM partners_salesplit
    WHERE tenant_id = %(tenant)s AND occurred_on IS NOT NULL
    UNION SELECT partner_id, month_on FROM analytics_partnermonth WHERE tenant_id = %(tenant)s
) every ORDER BY month_on, partner_id
"""
_MARK_ALL_DAYS = """
INSERT INTO analytics_dirtyday (tenant_id, id, sold_on, marked_at)
SELECT %(tenant)s, uuidv7(), sold_on, %(at)s FROM (
    SELECT occurred_on AS sold_on FROM partners_saleline WHERE tenant_id = %(tenant)s
    UNION SELECT sold_on FROM analytics_daysales WHERE tenant_id = %(tenant)s
) every
"""


def take_turn(tenant_id: UUID) -> bool:
    """Whether nobody else writes rollups of the tenant; until the transaction ends nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"tenant": str(tenant_id)})
        return bool(cursor.fetchone()[0])


def rebuild_marked(tenant_id: UUID) -> int | None:
    """Rebuild the months and days of some marks; how many, or None while another worker is at it."""
    if not take_turn(tenant_id):
        return None
    parameters: dict[str, Any] = {"tenant": tenant_id, "most": MARKS_AT_ONCE, "days": DAYS_AT_ONCE}
    rebuilt = 0
    with connection.cursor() as cursor:
        for take, rebuild in ((_TAKE, _REBUILD), (_TAKE_DAYS, _REBUILD_DAYS)):
            cursor.execute(take, parameters)
            rebuilt += cursor.rowcount
            for statement in rebuild:
                cursor.execute(statement, parameters)
        cursor.execute("DROP TABLE facts_key, facts_credited, facts_day")
    return rebuilt


def mark_everything(tenant_id: UUID, at: Any) -> None:
    with connection.cursor() as cursor:
        for statement in (_MARK_ALL, _MARK_ALL_DAYS):
            cursor.execute(statement, {"tenant": tenant_id, "at": at})
