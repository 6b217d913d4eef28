"""Which shard calculates which partner: those who are paid for each other's sales are never cut apart.

Promise: the same partners and shard count go to the same shards; called by earnings.actions.

Parameters: tenant, run, shards, due_from, volume_from, until, asks_registration (whether a plan pays who holds a
deal), together (whether a cap of a plan counts what all partners are paid: then one shard calculates all) and everyone
(whether those count whom no new sale touches; who is touched stands in `calc_touched` of `sql_dirty`)."""

NOBODY = "CREATE TEMP TABLE calc_touched (partner_id uuid) ON COMMIT DROP"

# Who is paid for whose sales, or by their volume: the tree of the days, and who holds a protection for what another
# sold.
LINKS = """
CREATE TEMP TABLE calc_link ON COMMIT DROP AS
SELECT partner_id AS near, parent_id AS far FROM partners_partnerparent
WHERE tenant_id = %(tenant)s AND starts_on < %(until)s AND (ends_on IS NULL OR ends_on > %(volume_from)s)
UNION
SELECT h.partner_id, coalesce(d.partner_id, l.partner_id)
FROM (
    SELECT h.partner_id, l.id AS line_id FROM partners_protection h JOIN partners_saleline l
        ON l.tenant_id = %(tenant)s AND l.deal_id = h.deal_id AND l.occurred_on >= h.starts_on
        AND l.occurred_on < h.ends_on
    WHERE %(asks_registration)s AND h.tenant_id = %(tenant)s
    UNION
    SELECT h.partner_id, l.id FROM partners_customer c
        CROSS JOIN LATERAL unnest(ARRAY[c.match_key, c.web_key, c.fold_key]) AS k(key)
        JOIN partners_protection h ON h.tenant_id = %(tenant)s AND h.claim_key = k.key
        JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.customer_id = c.id
            AND l.occurred_on >= h.starts_on AND l.occurred_on < h.ends_on
    WHERE %(asks_registration)s AND c.tenant_id = %(tenant)s
) h
JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.id = h.line_id AND NOT l.voided
    AND l.occurred_on >= %(due_from)s AND l.occurred_on < %(until)s
LEFT JOIN partners_salesplit d ON d.tenant_id = %(tenant)s AND d.line_id = l.id
WHERE coalesce(d.partner_id, l.partner_id) <> h.partner_id
"""

LABELS = """
CREATE TEMP TABLE calc_label ON COMMIT DROP AS
SELECT partner_id, row_number() OVER (ORDER BY partner_id) AS label
FROM (SELECT near AS partner_id FROM calc_link UNION SELECT far FROM calc_link) linked
"""

# Run until nothing changes: each partner takes the lowest label of those it is linked with.
SPREAD = """
UPDATE calc_label l SET label = n.label FROM (
    SELECT ends.near AS partner_id, min(f.label) AS label
    FROM calc_link p CROSS JOIN LATERAL (VALUES (p.near, p.far), (p.far, p.near)) AS ends(near, far)
    JOIN calc_label f ON f.partner_id = ends.far
    GROUP BY ends.near) n
WHERE l.partner_id = n.partner_id AND n.label < l.label
"""

MEMBERS = """
INSERT INTO incentives_calculationmember (id, tenant_id, run_id, shard_number, partner_id)
WITH touched AS (
    SELECT partner_id FROM calc_touched
    UNION SELECT l.partner_id FROM calc_label l
        WHERE l.label IN (SELECT t.label FROM calc_touched JOIN calc_label t USING (partner_id))
)
SELECT uuidv7(), %(tenant)s, %(run)s, CASE WHEN %(together)s THEN 0 ELSE
    (hashtextextended(coalesce(root.partner_id, p.id)::text, 0) & 9223372036854775807) %% %(shards)s END, p.id
FROM partners_partner p
LEFT JOIN calc_label l ON l.partner_id = p.id
LEFT JOIN (SELECT DISTINCT ON (label) label, partner_id FROM calc_label ORDER BY label, partner_id) root
    ON root.label = l.label
WHERE p.tenant_id = %(tenant)s AND (%(everyone)s OR p.id IN (SELECT partner_id FROM touched))
"""

SHARDS_WITH_MEMBERS = """
SELECT DISTINCT shard_number FROM incentives_calculationmember WHERE tenant_id = %(tenant)s AND run_id = %(run)s
"""
