"""The earliest day whose amounts a fact recorded since a moment can change; called by earnings.queries.

Promise: names each fact that `plans.facts` knows; each branch is served by an index, but for the small tables.

Parameters: tenant, zone, since, asks_industry, asks_tree, asks_registration, asks_goal,
segments and certificates (the codes that plans ask for)."""

EARLIEST_DIRTY_DAY = """
WITH line AS (
    SELECT id, occurred_on, refunded_line_id FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND recorded_at > %(since)s
), told AS MATERIALIZED (
    SELECT name, payload FROM prm_event WHERE tenant_id = %(tenant)s AND recorded_at > %(since)s
        AND name IN ('plan.assigned', 'segment.changed', 'certificate.issued', 'certificate.revoked', 'partner.moved',
            'partner.changed')
), certificate AS (
    SELECT c.id, c.partner_id, c.issued_on, c.revoked_on, k.changed_at FROM partners_certificate c
        JOIN partners_course k ON k.tenant_id = %(tenant)s AND k.id = c.course_id
    WHERE c.tenant_id = %(tenant)s AND cardinality(%(certificates)s::text[]) > 0
        AND (k.code = ANY (%(certificates)s) OR k.changed_at > %(since)s)
), merged AS (
    SELECT merged_into_id, (merged_at AT TIME ZONE %(zone)s)::date AS day FROM partners_partner
    WHERE tenant_id = %(tenant)s AND merged_at > %(since)s
)
SELECT min(day) FROM (
    SELECT min(occurred_on) AS day FROM line
    UNION ALL SELECT min(r.occurred_on) FROM line JOIN partners_salelinerevision r
        ON r.tenant_id = %(tenant)s AND r.line_id = line.id
    UNION ALL SELECT min(s.occurred_on) FROM line JOIN partners_saleline s
        ON s.tenant_id = %(tenant)s AND s.id = line.refunded_line_id
    UNION ALL SELECT min(e.belongs_on) FROM line JOIN incentives_entry e
        ON e.tenant_id = %(tenant)s AND e.line_id = line.id
    UNION ALL SELECT min(published_on) FROM prm_exchangerate
        WHERE tenant_id = %(tenant)s AND recorded_at > %(since)s
    UNION ALL SELECT min(starts_on) FROM incentives_planversion
        WHERE tenant_id = %(tenant)s AND published_at > %(since)s
    UNION ALL SELECT min(starts_on) FROM incentives_planassignment
        WHERE tenant_id = %(tenant)s AND created_at > %(since)s
    UNION ALL SELECT min((payload ->> 'starts_on')::date) FROM told WHERE name = 'plan.assigned'
    UNION ALL SELECT min((payload ->> 'starts_on')::date) FROM told WHERE name = 'partner.moved' AND %(asks_tree)s
    UNION ALL SELECT min(window_on) FROM incentives_partnergoal
        WHERE tenant_id = %(tenant)s AND changed_at > %(since)s
    UNION ALL SELECT min(date '1900-01-01') FROM told
        WHERE name = 'partner.changed' AND payload -> 'fields' ? 'joined_on' AND %(asks_goal)s
    UNION ALL SELECT min(s.starts_on) FROM partners_partnerstanding s JOIN partners_partner p
        ON p.tenant_id = %(tenant)s AND p.id = s.partner_id AND p.changed_at > %(since)s
        WHERE s.tenant_id = %(tenant)s AND EXISTS (SELECT FROM partners_partnerstanding o
            WHERE o.tenant_id = %(tenant)s AND o.partner_id = s.partner_id AND o.starts_on < s.starts_on)
        AND s.starts_on = (SELECT max(n.starts_on) FROM partners_partnerstanding n
            WHERE n.tenant_id = %(tenant)s AND n.partner_id = s.partner_id)
    UNION ALL SELECT min(r.as_of) FROM partners_segmentrun r
        JOIN partners_segment s ON s.tenant_id = %(tenant)s AND s.id = r.segment_id AND s.code = ANY (%(segments)s)
        WHERE r.tenant_id = %(tenant)s AND r.finished_at > %(since)s
    UNION ALL SELECT min(m.starts_on) FROM told t
        JOIN partners_segment s ON s.tenant_id = %(tenant)s AND s.id = (t.payload ->> 'segment_id')::uuid
            AND s.code = ANY (%(segments)s)
        JOIN partners_segmentmember m ON m.tenant_id = %(tenant)s AND m.segment_id = s.id
        WHERE t.name = 'segment.changed' AND t.payload -> 'fields' ? 'code'
    UNION ALL SELECT min(day) FROM merged WHERE %(asks_tree)s OR cardinality(%(segments)s::text[]) > 0
    UNION ALL SELECT min(CASE t.name WHEN 'certificate.issued' THEN c.issued_on ELSE c.revoked_on END) FROM told t
        JOIN certificate c ON c.id = (t.payload ->> 'certificate_id')::uuid
        WHERE t.name IN ('certificate.issued', 'certificate.revoked')
    UNION ALL SELECT min(issued_on) FROM certificate WHERE changed_at > %(since)s
    UNION ALL SELECT min(c.issued_on) FROM merged JOIN certificate c ON c.partner_id = merged.merged_into_id
    UNION ALL SELECT min(l.occurred_on) FROM partners_product p JOIN partners_saleline l
        ON l.tenant_id = %(tenant)s AND l.product_id = p.id
        WHERE p.tenant_id = %(tenant)s AND p.changed_at > %(since)s
    UNION ALL SELECT min(h.starts_on) FROM partners_deal d
        JOIN partners_protection h ON h.tenant_id = %(tenant)s AND h.deal_id = d.id
        WHERE %(asks_registration)s AND d.tenant_id = %(tenant)s AND d.changed_at > %(since)s
    UNION ALL SELECT min(l.occurred_on) FROM partners_customer c JOIN partners_saleline l
        ON l.tenant_id = %(tenant)s AND l.customer_id = c.id
        WHERE (%(asks_industry)s OR %(asks_registration)s) AND c.tenant_id = %(tenant)s AND c.changed_at > %(since)s
) days
"""
