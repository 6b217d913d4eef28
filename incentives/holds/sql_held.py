"""Which money a hold keeps out, as SQL: for runs, for what waits behind a hold, for runs that have reserved it already.

Promise: one text for all of them. Called by holds.queries and, over `payout_entry`, by payouts.sql_items.
"""

from incentives.ledger.sql_balances import OWED

# Whether hold h is about row e, which has id, partner_id, line_id. What is owed to a merged partner waits with its
# survivor's.
ABOUT = """
    CASE WHEN h.deal_id IS NOT NULL THEN h.deal_id = (
            SELECT l.deal_id FROM partners_saleline l WHERE l.tenant_id = %(tenant)s AND l.id = e.line_id)
        WHEN h.entry_id IS NOT NULL THEN h.partner_id = e.partner_id AND (h.entry_id = e.id OR h.line_id = e.line_id)
        ELSE h.partner_id = e.partner_id OR h.partner_id = (
            SELECT m.merged_into_id FROM partners_partner m WHERE m.tenant_id = %(tenant)s AND m.id = e.partner_id)
    END"""

# What keeps row e out of a run which is paid on a day, as of its cutoff: a hold of the whole balance ("whole"), then
# one by hand, then a dispute; nothing is null.
HELD_BY = f"""
    SELECT max(CASE WHEN h.deal_id IS NULL AND h.entry_id IS NULL THEN 'whole' ELSE h.cause END)
    FROM incentives_hold h WHERE h.tenant_id = %(tenant)s AND h.placed_at <= %(cutoff_at)s
        AND (h.released_at IS NULL OR h.released_at > %(cutoff_at)s)
        AND (h.ends_on IS NULL OR h.ends_on >= %(pays_on)s) AND {ABOUT}"""

_UNPAID = f"""
    SELECT e.* FROM ({OWED}) e WHERE e.partner_id = ANY(%(partners)s) AND NOT EXISTS (
        SELECT FROM incentives_payoutallocation a
        WHERE a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL)"""

# Per hold and currency: what waits behind it, as far as no run has taken it.
WAITING = f"""
SELECT h.id, e.currency, sum(e.amount_minor)::bigint FROM incentives_hold h
JOIN ({_UNPAID}) e ON {ABOUT}
WHERE h.tenant_id = %(tenant)s AND h.id = ANY(%(holds)s) GROUP BY h.id, e.currency ORDER BY h.id, e.currency
"""

# Runs that have taken money which hold h is about, and have not sent it yet.
RESERVED_IN = f"""
SELECT DISTINCT r.number FROM incentives_hold h
JOIN ({OWED}) e ON {ABOUT}
JOIN incentives_payoutallocation a ON a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL
JOIN incentives_payoutrun r ON r.tenant_id = %(tenant)s AND r.id = a.run_id
    AND r.state IN ('calculated', 'submitted', 'approved', 'exporting')
WHERE h.tenant_id = %(tenant)s AND h.id = %(hold)s AND e.partner_id = ANY(%(partners)s) ORDER BY 1
"""

# The live holds that are about one entry.
OF_ENTRY = f"""
SELECT h.id FROM incentives_hold h JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.id = %(entry)s
WHERE h.tenant_id = %(tenant)s AND h.released_at IS NULL AND (h.ends_on IS NULL OR h.ends_on >= %(day)s) AND {ABOUT}
ORDER BY h.placed_at
"""
