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

# What each key was posted in all, a line each, in the order of `plans.targets.TargetKey.order`.
CANONICAL = """
COPY (
    SELECT concat_ws('|', plan_id, component_id, coalesce(line_id::text, ''), coalesce(window_on::text, ''),
        credited_partner_id, partner_id, depth, belongs_on, sum(amount_minor), min(currency), sum(payout_amount_minor),
        min(payout_currency))
    FROM incentives_entry
    WHERE tenant_id = %(tenant)s AND period_on >= %(due_from)s AND period_on <= %(period_on)s
        AND belongs_on >= %(due_from)s
    GROUP BY line_id, plan_id, component_id, window_on, credited_partner_id, partner_id, depth, belongs_on
    HAVING sum(amount_minor) <> 0 OR sum(payout_amount_minor) <> 0
    ORDER BY line_id NULLS FIRST, plan_id, component_id COLLATE "C", window_on NULLS FIRST, credited_partner_id,
        partner_id, depth, belongs_on
) TO STDOUT
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
WITH told AS MATERIALIZED (
    SELECT o.line_id, min(array_position(%(reasons)s::text[], o.reason::text)) AS place
    FROM incentives_lineoutcome o
    WHERE o.tenant_id = %(tenant)s AND o.line_id IN (SELECT l.id FROM {_LOOKED_AT})
    GROUP BY o.line_id
), earned AS (
    SELECT e.line_id FROM told t JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.line_id = t.line_id
    WHERE e.period_on >= %(due_from)s AND e.period_on <= %(period_on)s AND e.belongs_on >= %(due_from)s
    GROUP BY e.line_id, e.plan_id, e.component_id, e.credited_partner_id, e.partner_id, e.depth, e.belongs_on
    HAVING sum(e.amount_minor) <> 0
)
SELECT (%(reasons)s::text[])[place], count(*) FROM told WHERE line_id NOT IN (SELECT line_id FROM earned)
GROUP BY place ORDER BY place
"""
