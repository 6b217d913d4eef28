"""Which shard calculates which partner: connected sets of the partner tree are never cut.

Promise: the same partner set and shard count give the same members; called by earnings.actions.

Parameters: tenant, run, shards, due_from, until."""

LINKS = """
CREATE TEMP TABLE calc_label ON COMMIT DROP AS
SELECT partner_id, row_number() OVER (ORDER BY partner_id) AS label FROM (
    SELECT partner_id FROM partners_partnerparent WHERE tenant_id = %(tenant)s
        AND starts_on < %(until)s AND (ends_on IS NULL OR ends_on > %(due_from)s)
    UNION SELECT parent_id FROM partners_partnerparent WHERE tenant_id = %(tenant)s
        AND starts_on < %(until)s AND (ends_on IS NULL OR ends_on > %(due_from)s)) linked
"""

# Run until nothing changes: each partner takes the lowest label of those it is linked with.
SPREAD = """
UPDATE calc_label l SET label = n.label FROM (
    SELECT ends.near AS partner_id, min(f.label) AS label
    FROM partners_partnerparent p
    CROSS JOIN LATERAL (VALUES (p.partner_id, p.parent_id), (p.parent_id, p.partner_id)) AS ends(near, far)
    JOIN calc_label f ON f.partner_id = ends.far
    WHERE p.tenant_id = %(tenant)s AND p.starts_on < %(until)s AND (p.ends_on IS NULL OR p.ends_on > %(due_from)s)
    GROUP BY ends.near) n
WHERE l.partner_id = n.partner_id AND n.label < l.label
"""

MEMBERS = """
INSERT INTO incentives_calculationmember (id, tenant_id, run_id, shard_number, partner_id)
SELECT uuidv7(), %(tenant)s, %(run)s,
    (hashtextextended(coalesce(root.partner_id, p.id)::text, 0) & 9223372036854775807) %% %(shards)s, p.id
FROM partners_partner p
LEFT JOIN calc_label l ON l.partner_id = p.id
LEFT JOIN (SELECT DISTINCT ON (label) label, partner_id FROM calc_label ORDER BY label, partner_id) root
    ON root.label = l.label
WHERE p.tenant_id = %(tenant)s
"""
