"""Outcomes of a shard: why a line earned nothing in a slot, for each partner credited with it and for whoever would
have had an amount of it that limits cut to nothing.

Promise: one outcome per (line, partner, slot), the first of the fixed list; called by earnings.calculation.

Parameters: tenant, run, shard, first_on (start of the tenant's first period), due_from, until, reasons."""

UNPAID = """
CREATE TEMP TABLE calc_unpaid ON COMMIT DROP AS
SELECT c.credit_id, ch.slot, CASE WHEN c.earns THEN ch.version_id END AS version_id,
    CASE WHEN ch.version_id IS NULL THEN ch.reason WHEN NOT c.earns THEN 'not_earning' END AS reason,
    CASE WHEN ch.version_id IS NULL THEN ch.facts ELSE '{}'::jsonb END AS facts
FROM calc_credit c JOIN calc_choice ch ON ch.span_id = c.span_id
WHERE c.is_due AND NOT EXISTS (
    SELECT FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
    WHERE t.credit_id = c.credit_id AND t.partner_id = c.partner_id AND t.original_minor IS NULL AND t.amount_minor <> 0
        AND t.window_on IS NULL AND k.slot = ch.slot)
"""

# The versions whose components must say why they paid nothing.
VERSIONS_ASKED = "SELECT DISTINCT version_id FROM calc_unpaid WHERE reason IS NULL"

# A refund whose sale lies before what is calculated now keeps the outcome that it has.
FORGET = """
DELETE FROM incentives_lineoutcome o
WHERE o.tenant_id = %(tenant)s
    AND (o.partner_id IN (SELECT partner_id FROM calc_member) OR (o.partner_id IS NULL AND %(shard)s = 0))
    AND ((o.occurred_on >= %(due_from)s AND o.occurred_on < %(until)s)
        OR o.line_id IN (SELECT refund_id FROM calc_refund))
    AND NOT EXISTS (
        SELECT FROM partners_saleline r
            JOIN partners_saleline s ON s.tenant_id = %(tenant)s AND s.id = r.refunded_line_id
        WHERE r.tenant_id = %(tenant)s AND r.id = o.line_id AND NOT r.voided AND NOT s.voided
            AND s.occurred_on >= %(first_on)s AND s.occurred_on < %(due_from)s)
"""

OUTCOMES = """
INSERT INTO incentives_lineoutcome (id, tenant_id, run_id, line_id, partner_id, slot, occurred_on, reason, facts)
WITH cut AS (
    SELECT DISTINCT ON (t.line_id, t.partner_id, k.slot) t.line_id, t.partner_id, k.slot, t.occurred_on,
        CASE WHEN t.cuts IS NULL THEN jsonb_build_object('limit', t.cut_limit, 'limit_minor', t.cut_limit_minor::text,
            'cut_minor', t.cut_minor::text)
        ELSE jsonb_build_object('limit', t.cuts -> -1 ->> 'limit', 'limit_minor', t.cuts -> -1 ->> 'limit_minor',
            'cut_minor', t.cuts -> -1 ->> 'amount_minor') END || jsonb_build_object('currency', k.currency) AS facts
    FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
        JOIN calc_credit c ON c.credit_id = t.credit_id
    WHERE t.amount_minor = 0 AND (t.cut_limit IS NOT NULL OR t.cuts IS NOT NULL) AND t.original_minor IS NULL
        AND t.window_on IS NULL AND NOT EXISTS (
            SELECT FROM calc_target o JOIN calc_component l ON l.component_no = o.component_no
            WHERE o.line_id = t.line_id AND o.partner_id = t.partner_id AND o.amount_minor <> 0
                AND o.window_on IS NULL AND l.slot = k.slot
                AND (o.credit_id = t.credit_id OR t.partner_id <> c.partner_id))
    ORDER BY t.line_id, t.partner_id, k.slot, k.plan_id, k.component_id COLLATE "C", c.partner_id, t.depth
), candidate AS (
    SELECT c.line_id, c.partner_id, u.slot, c.occurred_on, u.reason, u.facts, 0 AS component_no
    FROM calc_unpaid u JOIN calc_credit c ON c.credit_id = u.credit_id WHERE u.reason IS NOT NULL
    UNION ALL
    SELECT c.line_id, c.partner_id, d.slot, c.occurred_on, d.reason, d.facts, d.component_no
    FROM calc_decline d JOIN calc_credit c ON c.credit_id = d.credit_id WHERE d.reason <> 'capped'
    UNION ALL
    SELECT line_id, partner_id, slot, occurred_on, 'capped', facts, 0 FROM cut
    UNION ALL
    SELECT t.line_id, c.partner_id, k.slot, t.occurred_on, 'zero_amount', '{}'::jsonb, t.component_no
    FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
        JOIN calc_credit c ON c.credit_id = t.credit_id
    WHERE t.original_minor IS NOT NULL AND t.amount_minor = 0 AND t.partner_id = c.partner_id AND NOT EXISTS (
        SELECT FROM calc_target o JOIN calc_component l ON l.component_no = o.component_no
        WHERE o.credit_id = t.credit_id AND o.line_id = t.line_id AND o.partner_id = c.partner_id
            AND o.amount_minor <> 0 AND l.slot = k.slot)
    UNION ALL
    SELECT r.refund_id, c.partner_id, 'main', r.occurred_on, CASE WHEN EXISTS (
        SELECT FROM calc_merged g WHERE g.refund_id = r.refund_id AND g.partner_id = c.partner_id)
        THEN 'counted_with_sale' ELSE 'sale_earned_nothing' END, '{}'::jsonb, 0
    FROM calc_refund r JOIN calc_credit c ON c.line_id = r.sale_id AND c.is_due
    WHERE r.occurred_on >= %(first_on)s AND NOT EXISTS (
        SELECT FROM calc_target t WHERE t.line_id = r.refund_id AND t.credit_id = c.credit_id
            AND t.partner_id = c.partner_id)
    UNION ALL
    SELECT l.id, l.partner_id, 'main', l.occurred_on, CASE
        WHEN l.refunded_external_id = '' OR l.kind = 'sale' THEN 'direct_sale'
        WHEN s.id IS NULL THEN 'no_sale' WHEN s.currency <> l.currency THEN 'refund_currency'
        ELSE 'sale_earned_nothing' END, '{}'::jsonb, 0
    FROM (
        SELECT l.* FROM calc_member m
            JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.partner_id = m.partner_id
        WHERE l.kind <> 'sale' AND l.refunded_external_id <> '' AND l.occurred_on >= %(due_from)s
        UNION ALL
        SELECT l.* FROM partners_saleline l
        WHERE l.tenant_id = %(tenant)s AND l.partner_id IS NULL AND %(shard)s = 0 AND l.occurred_on >= %(due_from)s) l
    LEFT JOIN partners_saleline s ON s.tenant_id = %(tenant)s AND s.id = l.refunded_line_id AND s.kind = 'sale'
        AND NOT s.voided AND s.occurred_on < %(until)s
    WHERE NOT l.voided AND l.occurred_on < %(until)s AND CASE WHEN l.kind = 'sale' OR l.refunded_external_id = ''
            THEN l.partner_id IS NULL AND NOT EXISTS (
                SELECT FROM partners_salesplit p WHERE p.tenant_id = %(tenant)s AND p.line_id = l.id)
            ELSE s.id IS NULL OR s.currency <> l.currency OR s.occurred_on < %(first_on)s
                OR (s.occurred_on >= %(due_from)s AND s.partner_id IS NULL AND NOT EXISTS (
                    SELECT FROM partners_salesplit p WHERE p.tenant_id = %(tenant)s AND p.line_id = s.id)) END
)
SELECT DISTINCT ON (line_id, partner_id, slot)
    uuidv7(), %(tenant)s, %(run)s, line_id, partner_id, slot, occurred_on, reason, facts
FROM candidate
ORDER BY line_id, partner_id, slot, array_position(%(reasons)s::text[], reason), component_no
ON CONFLICT (tenant_id, line_id, partner_id, slot) DO UPDATE SET run_id = EXCLUDED.run_id,
    occurred_on = EXCLUDED.occurred_on, reason = EXCLUDED.reason, facts = EXCLUDED.facts
"""
