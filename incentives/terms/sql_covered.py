"""Whom a version's terms are about, and which money waits for their acceptance.

Promise: COVERED says of one day what `plans.selection` says; an amount waits for nothing that its partner is not asked
for. Called by terms.queries and, over `payout_entry`, by payouts.sql_items."""

# Active partners that plan `plan` pays in its slot on a day: the one plan of the best rank.
COVERED = """
WITH reached AS (
    SELECT p.id AS partner_id, a.plan_id, CASE a.audience WHEN 'partner' THEN 0 WHEN 'segment' THEN 1 WHEN 'tier' THEN 2
        WHEN 'type' THEN 3 ELSE 4 END AS rank
    FROM partners_partner p
    LEFT JOIN partners_partnerstanding s ON s.tenant_id = %(tenant)s AND s.partner_id = p.id
        AND s.starts_on <= %(day)s AND (s.ends_on IS NULL OR s.ends_on > %(day)s)
    JOIN incentives_planassignment a ON a.tenant_id = %(tenant)s AND a.slot = %(slot)s
        AND a.starts_on <= %(day)s AND (a.ends_on IS NULL OR a.ends_on > %(day)s)
        AND CASE a.audience WHEN 'partner' THEN a.target = p.id::text
            WHEN 'tier' THEN a.target <> '' AND a.target = s.tier
            WHEN 'type' THEN a.target <> '' AND a.target = s.partner_type
            WHEN 'segment' THEN EXISTS (
                SELECT FROM partners_segment g JOIN partners_segmentmember m ON m.tenant_id = %(tenant)s
                    AND m.segment_id = g.id AND m.partner_id = p.id
                    AND m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
                WHERE g.tenant_id = %(tenant)s AND g.code = a.target)
            ELSE TRUE END
    WHERE p.tenant_id = %(tenant)s AND p.status = 'active'
), best AS (
    SELECT partner_id, plan_id, rank, min(rank) OVER (PARTITION BY partner_id) AS best_rank FROM reached
)
SELECT partner_id FROM best WHERE rank = best_rank
GROUP BY partner_id HAVING count(DISTINCT plan_id) = 1 AND bool_and(plan_id = %(plan)s)
"""

# An amount that a partner earned by a sale of its own; what others earn on its sales asks nobody.
_OWN = "t.partner_id = t.credited_partner_id"
_SURVIVOR = "coalesce({0}.merged_into_id, {0}.id)"

# Partners (of merged ones the survivor) that a run posted own amounts for by one of `versions`.
EARNED = f"""
SELECT DISTINCT t.version_id, {_SURVIVOR.format("p")} FROM incentives_entry t
JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = t.partner_id
WHERE t.tenant_id = %(tenant)s AND t.run_id = %(run)s AND t.version_id = ANY(%(versions)s) AND {_OWN}
"""

# For row e, which has id and plan_id, what it was earned by (its sale, a refund counting with the sale that it refunds,
# or its window) where it waits as of `cutoff_at`, else null: the version that earned it is paid after acceptance, and
# neither it nor a later one of the plan was accepted by the partner, its survivor or anyone merged into that.
UNACCEPTED = f"""
    CASE WHEN e.plan_id IN (SELECT w.plan_id FROM incentives_planversion w
        WHERE w.tenant_id = %(tenant)s AND w.pays_after_acceptance AND w.published_at IS NOT NULL)
    THEN (
        SELECT coalesce(t.inputs #>> '{{refund,sale_line_id}}', t.line_id::text, t.component_id || ' ' || t.window_on)
        FROM incentives_entry t
        JOIN incentives_planversion v ON v.tenant_id = %(tenant)s AND v.id = t.version_id AND v.pays_after_acceptance
        JOIN partners_partner o ON o.tenant_id = %(tenant)s AND o.id = t.partner_id
        WHERE t.tenant_id = %(tenant)s AND t.id = e.id AND {_OWN} AND NOT EXISTS (
            SELECT FROM incentives_termsacceptance a
            JOIN incentives_planversion w ON w.tenant_id = %(tenant)s AND w.id = a.version_id
                AND w.plan_id = v.plan_id AND w.published_at >= v.published_at
            JOIN partners_partner f ON f.tenant_id = %(tenant)s AND f.id = a.partner_id
            WHERE a.tenant_id = %(tenant)s AND a.accepted_at <= %(cutoff_at)s
                AND {_SURVIVOR.format("f")} = {_SURVIVOR.format("o")}))
    END"""

# What partners earned by these versions themselves and no run has taken yet, per survivor, version and currency.
UNPAID = f"""
SELECT {_SURVIVOR.format("p")}, t.version_id, t.payout_currency, sum(t.payout_amount_minor)::bigint
FROM partners_partner p JOIN incentives_entry t ON t.tenant_id = %(tenant)s AND t.partner_id = p.id
WHERE p.tenant_id = %(tenant)s AND {_SURVIVOR.format("p")} = ANY(%(partners)s)
    AND t.version_id = ANY(%(versions)s) AND {_OWN} AND NOT EXISTS (
        SELECT FROM incentives_payoutallocation a
        WHERE a.tenant_id = %(tenant)s AND a.entry_id = t.id AND a.released_at IS NULL)
GROUP BY 1, 2, 3 HAVING sum(t.payout_amount_minor) <> 0 ORDER BY 1, 2, 3
"""
