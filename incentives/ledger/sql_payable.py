"""What partners are owed less what is due back: its sums, and its rows from either end or from a place in their order.

Promise: parameters only; called by ledger.payable. Parameters: tenant, partners (None: all), most, and the place:
currency, owed, partner."""

COLUMNS = ("partner_id", "currency", "pending_minor", "available_minor", "due_minor", "owed_minor")
_OWED = """
WITH owed AS (
    SELECT a.partner_id, a.currency,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'payable_pending'), 0)::bigint AS pending_minor,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'payable_available'), 0)::bigint AS available_minor,
        coalesce(-sum(t.signed) FILTER (WHERE a.code = 'clawback_due'), 0)::bigint AS due_minor,
        sum(t.signed)::bigint AS owed_minor
    FROM (
        SELECT debit_id AS account_id, -amount_minor AS signed FROM incentives_transfer WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT credit_id, amount_minor FROM incentives_transfer WHERE tenant_id = %(tenant)s) t
    JOIN incentives_ledgeraccount a ON a.tenant_id = %(tenant)s AND a.id = t.account_id
        AND a.code IN ('payable_pending', 'payable_available', 'clawback_due')
    WHERE a.partner_id IS NOT NULL
        AND (%(partners)s::uuid[] IS NULL OR a.partner_id = ANY (%(partners)s::uuid[]))
    GROUP BY a.partner_id, a.currency HAVING sum(t.signed) <> 0
)
"""
SUMS = f"{_OWED}SELECT currency, sum(owed_minor)::bigint FROM owed GROUP BY currency ORDER BY currency"
_ROWS = "SELECT partner_id, currency, pending_minor, available_minor, due_minor, owed_minor FROM owed"
FIRST = f"{_OWED}{_ROWS} ORDER BY currency, owed_minor DESC, partner_id LIMIT %(most)s"
LAST = f"{_OWED}{_ROWS} ORDER BY currency DESC, owed_minor, partner_id DESC LIMIT %(most)s"
AFTER = f"""{_OWED}{_ROWS}
WHERE (currency, -owed_minor, partner_id) > (%(currency)s, -%(owed)s::bigint, %(partner)s::uuid)
ORDER BY currency, owed_minor DESC, partner_id LIMIT %(most)s"""
BEFORE = f"""{_OWED}{_ROWS}
WHERE (currency, -owed_minor, partner_id) < (%(currency)s, -%(owed)s::bigint, %(partner)s::uuid)
ORDER BY currency DESC, owed_minor, partner_id DESC LIMIT %(most)s"""
