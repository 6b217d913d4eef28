"""Which days a fact recorded since a moment can change, and whose amounts; called by earnings.queries and actions.

Promise: names each fact that `plans.facts` knows; each branch is served by an index, but for the small tables. What
sales and their payments change is the amounts of those who are or were credited for them or paid for them; any other
fact may change everyone's.

Parameters: tenant, zone, since, asks_industry, asks_tree, asks_registration, asks_goal, asks_payment, segments and
certificates (the codes that plans ask for); for whose amounts also until, reaches_from (the
first day whose sales count), asks_newness and asks_subscription."""

_LINES = """
line AS (
    SELECT id, occurred_on, refunded_line_id FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND recorded_at > %(since)s
)"""

# The sales whose payments were told, changed or withdrawn since; a payment may have been of another sale before.
_PAID = """
paid AS (
    SELECT id, line_id FROM partners_salepayment
    WHERE %(asks_payment)s AND tenant_id = %(tenant)s AND recorded_at > %(since)s
), paid_line AS (
    SELECT line_id FROM paid
    UNION SELECT r.line_id FROM paid JOIN partners_salepaymentrevision r
        ON r.tenant_id = %(tenant)s AND r.payment_id = paid.id
)"""

_OTHERS = """
told AS MATERIALIZED (
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
)"""

_DAYS_OF_LINES = """
    SELECT min(occurred_on) AS day FROM line
    UNION ALL SELECT min(r.occurred_on) FROM line JOIN partners_salelinerevision r
        ON r.tenant_id = %(tenant)s AND r.line_id = line.id
    UNION ALL SELECT min(s.occurred_on) FROM line JOIN partners_saleline s
        ON s.tenant_id = %(tenant)s AND s.id = line.refunded_line_id
    UNION ALL SELECT min(e.belongs_on) FROM line JOIN incentives_entry e
        ON e.tenant_id = %(tenant)s AND e.line_id = line.id
    UNION ALL SELECT min(l.occurred_on) FROM paid_line JOIN partners_saleline l
        ON l.tenant_id = %(tenant)s AND l.id = paid_line.line_id
"""

_DAYS_OF_OTHERS = """
    SELECT min(published_on) AS day FROM prm_exchangerate
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
"""

EARLIEST_DIRTY_DAY = (
    f"WITH {_LINES.strip()}, {_PAID.strip()}, {_OTHERS.strip()}\n"
    f"SELECT min(day) FROM ({_DAYS_OF_LINES}    UNION ALL\n{_DAYS_OF_OTHERS}) days"
)

# Whether anything but sales changed what was earned before `until`.
MAY_TOUCH_EVERYONE = (
    f"WITH {_OTHERS.strip()}\nSELECT coalesce(min(day) < %(until)s, FALSE) FROM ({_DAYS_OF_OTHERS}) days"
)

# What is dated after the month, now and whenever it was changed, does not reach into it. Nor does what was always dated
# before the first day whose sales count: its own amounts are another month's matter. But it may say that a later sale
# is not the first to its customer or of its subscription, and a refund and its sale may be dated far apart.
_LINES_BEFORE = """
line AS (
    SELECT l.id, l.occurred_on, l.refunded_line_id FROM partners_saleline l
    WHERE l.tenant_id = %(tenant)s AND l.recorded_at > %(since)s AND (l.occurred_on < %(until)s OR EXISTS (
        SELECT FROM partners_salelinerevision r
        WHERE r.tenant_id = %(tenant)s AND r.line_id = l.id AND r.occurred_on < %(until)s))
    AND (%(asks_newness)s OR %(asks_subscription)s OR l.kind <> 'sale' OR l.occurred_on >= %(reaches_from)s
        OR EXISTS (SELECT FROM partners_salelinerevision r WHERE r.tenant_id = %(tenant)s AND r.line_id = l.id
            AND (r.occurred_on >= %(reaches_from)s OR r.kind <> 'sale'))
        OR EXISTS (SELECT FROM partners_saleline r WHERE r.tenant_id = %(tenant)s AND r.refunded_line_id = l.id))
)"""
_NEWS = f"WITH {_LINES_BEFORE.strip()}, {_PAID.strip()}"

ANY_NEWS = f"{_NEWS}\nSELECT EXISTS (SELECT FROM line) OR EXISTS (SELECT FROM paid)"

# Those whose amounts the sales and payments recorded since may change: who is credited for them, was, or was paid for
# them; of a sale that is refunded, and of its refunds, too; and of all sales to the same customers or of the same
# subscriptions, where plans ask which of them came first.
TOUCHED = f"""
CREATE TEMP TABLE calc_touched ON COMMIT DROP AS
{_NEWS}, said AS (
    SELECT l.customer_id, l.subscription_ref, l.id AS line_id, l.refunded_line_id FROM line JOIN partners_saleline l
        ON l.tenant_id = %(tenant)s AND l.id = line.id
    UNION ALL SELECT r.customer_id, r.subscription_ref, r.line_id, NULL FROM line JOIN partners_salelinerevision r
        ON r.tenant_id = %(tenant)s AND r.line_id = line.id
), reached AS (
    SELECT line_id FROM said
    UNION SELECT line_id FROM paid_line
    UNION SELECT refunded_line_id FROM said WHERE refunded_line_id IS NOT NULL
    UNION SELECT l.id FROM line JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.refunded_line_id = line.id
    UNION SELECT l.id FROM partners_saleline l WHERE %(asks_newness)s AND l.tenant_id = %(tenant)s
        AND l.customer_id IN (SELECT customer_id FROM said)
    UNION SELECT l.id FROM partners_saleline l WHERE %(asks_subscription)s AND l.tenant_id = %(tenant)s
        AND l.subscription_ref <> '' AND l.subscription_ref IN (SELECT subscription_ref FROM said)
)
SELECT l.partner_id FROM reached r JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.id = r.line_id
    WHERE l.partner_id IS NOT NULL
UNION SELECT s.partner_id FROM reached r JOIN partners_salesplit s
    ON s.tenant_id = %(tenant)s AND s.line_id = r.line_id
UNION SELECT p.id FROM reached r JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.line_id = r.line_id
    CROSS JOIN LATERAL (VALUES (e.credited_partner_id), (e.partner_id)) AS p(id)
UNION SELECT o.partner_id FROM reached r JOIN incentives_lineoutcome o
    ON o.tenant_id = %(tenant)s AND o.line_id = r.line_id WHERE o.partner_id IS NOT NULL
UNION SELECT v.partner_id FROM line JOIN partners_salelinerevision v
    ON v.tenant_id = %(tenant)s AND v.line_id = line.id WHERE v.partner_id IS NOT NULL
UNION SELECT (t.term ->> 'partner_id')::uuid FROM line JOIN partners_salelinerevision v
    ON v.tenant_id = %(tenant)s AND v.line_id = line.id
    CROSS JOIN LATERAL jsonb_array_elements(v.splits) AS t(term) WHERE t.term ->> 'partner_id' IS NOT NULL
"""
