"""The end of a run: reference check, posted totals, their hash, the funnel.

Promise: depends on what is posted and on the facts alone, not on shards or workers; called by earnings.closing.

Parameters: tenant, run, period_on, first_on, due_from, until, reasons."""

# Entries carry no foreign keys: this anti-join proves them. It must find nothing.
ORPHANS = """
SELECT count(*) FROM incentives_entry e
LEFT JOIN partners_saleline l ON l.tenant_id = e.tenant_id AND l.id = e.line_id
LEFT JOIN partners_partner p ON p.tenant_id = e.tenant_id AND p.id = e.partner_id
LEFT JOIN partners_partner c ON c.tenant_id = e.tenant_id AND c.id = e.credited_partner_id
LEFT JOIN incentives_planversion v ON v.tenant_id = e.tenant_id AND v.id = e.version_id AND v.plan_id = e.plan_id
WHERE e.tenant_id = %(tenant)s AND e.run_id = %(run)s
    AND ((e.line_id IS NOT NULL AND l.id IS NULL) OR p.id IS NULL OR c.id IS NULL OR v.id IS NULL)
"""

TOTALS = """
CREATE TEMP TABLE calc_total ON COMMIT DROP AS
SELECT e.plan_id, e.component_id, e.line_id, e.window_on, e.credited_partner_id, e.partner_id, e.depth, e.belongs_on,
    min(e.currency) AS currency, min(e.payout_currency) AS payout_currency,
    sum(e.amount_minor) AS amount_minor, sum(e.payout_amount_minor) AS payout_amount_minor
FROM incentives_entry e
WHERE e.tenant_id = %(tenant)s AND e.period_on >= %(due_from)s AND e.period_on <= %(period_on)s
    AND e.belongs_on >= %(due_from)s
GROUP BY e.plan_id, e.component_id, e.line_id, e.window_on, e.credited_partner_id, e.partner_id, e.depth, e.belongs_on
HAVING sum(e.amount_minor) <> 0 OR sum(e.payout_amount_minor) <> 0
"""

# One line per key in the order of `plans.targets.TargetKey.canonical`, by bytes; a few thousand lines a row.
CANONICAL = """
SELECT string_agg(key || '|' || amount_minor || '|' || currency || '|' || payout_amount_minor || '|' || payout_currency
    || E'\\n', '' ORDER BY place)
FROM (SELECT *, row_number() OVER (ORDER BY key) AS place FROM (
    SELECT *, concat_ws('|', plan_id, component_id, coalesce(line_id::text, ''), coalesce(window_on::text, ''),
        credited_partner_id, partner_id, depth, belongs_on) COLLATE "C" AS key
    FROM calc_total) t) t
GROUP BY (place - 1) / %(lines_at_once)s ORDER BY min(place)
"""

RUN_TOTALS = """
SELECT currency, payout_currency, count(*), sum(amount_minor)::bigint, sum(payout_amount_minor)::bigint
FROM incentives_entry WHERE tenant_id = %(tenant)s AND run_id = %(run)s GROUP BY currency, payout_currency ORDER BY 1, 2
"""

# A refund whose sale lies before what is calculated is not looked at.
_LOOKED_AT = """
partners_saleline l
LEFT JOIN partners_saleline s ON l.refunded_line_id IS NOT NULL AND s.tenant_id = %(tenant)s
    AND s.id = l.refunded_line_id AND NOT s.voided AND s.occurred_on >= %(first_on)s AND s.occurred_on < %(due_from)s
WHERE l.tenant_id = %(tenant)s AND NOT l.voided AND l.occurred_on >= %(due_from)s AND l.occurred_on < %(until)s
    AND s.id IS NULL
"""
LOOKED_AT = f"SELECT count(*) FROM {_LOOKED_AT}"

# A line that earned for anybody earned; of the others the first reason of the fixed list.
REASONS = f"""
SELECT (%(reasons)s::text[])[place], count(*) FROM (
    SELECT o.line_id, min(array_position(%(reasons)s::text[], o.reason::text)) AS place
    FROM incentives_lineoutcome o
    WHERE o.tenant_id = %(tenant)s AND o.line_id IN (SELECT l.id FROM {_LOOKED_AT})
        AND NOT EXISTS (SELECT FROM calc_total t WHERE t.line_id = o.line_id AND t.amount_minor <> 0)
    GROUP BY o.line_id) r
GROUP BY place ORDER BY place
"""
