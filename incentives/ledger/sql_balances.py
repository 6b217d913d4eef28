"""Sums over the subledger that the ledger is held against: what is due back, what may be paid.

Promise: parameters only; each answers for a list of partners; called by ledger actions and the proof. Money counts as
sent from its export on, until it is returned.
"""

SENT_STATES = "('exported', 'settled', 'partly_settled')"

# Everything a tenant owes its partners, paid or not: what sales earned, the costs that the vendor shares, and what
# people adjusted. `beside` says what a row beside the entries is.
OWED = """
    SELECT id, partner_id, plan_id, payout_currency AS currency, payout_amount_minor AS amount_minor, period_on,
        free_on, recorded_at, '' AS beside, line_id
    FROM incentives_entry WHERE tenant_id = %(tenant)s
    UNION ALL
    SELECT id, partner_id, NULL::uuid, currency, amount_minor, period_on, free_on, recorded_at, source_type, NULL::uuid
    FROM incentives_reimbursement WHERE tenant_id = %(tenant)s
"""

EVER_SENT = f"""
SELECT EXISTS (SELECT FROM incentives_payoutrun WHERE tenant_id = %(tenant)s AND state IN {SENT_STATES})
"""

_SENT = f"""
    SELECT a.entry_id FROM incentives_payoutallocation a
    JOIN incentives_payoutrun r ON r.tenant_id = %(tenant)s AND r.id = a.run_id AND r.state IN {SENT_STATES}
    WHERE a.tenant_id = %(tenant)s AND a.partner_id = ANY(%(partners)s) AND a.released_at IS NULL
"""

_SALE_OF = "coalesce((e.inputs #>> '{refund,sale_line_id}')::uuid, e.line_id, e.plan_id)"

# Per partner and currency: what is unpaid, and what of it takes back from sales that were paid. A linked refund counts
# with the sale that it refunds, an adjustment with what it corrects.
DUES = f"""
WITH sent AS MATERIALIZED ({_SENT}), owed AS (
    SELECT e.id, e.partner_id, e.payout_currency AS currency, e.payout_amount_minor AS amount_minor, e.window_on,
        {_SALE_OF} AS about_id
    FROM incentives_entry e WHERE e.tenant_id = %(tenant)s AND e.partner_id = ANY(%(partners)s)
    UNION ALL
    SELECT r.id, r.partner_id, r.currency, r.amount_minor, e.window_on,
        CASE WHEN e.id IS NULL THEN coalesce(r.settles_with, r.id) ELSE {_SALE_OF} END
    FROM incentives_reimbursement r
    LEFT JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.id = r.settles_with
    WHERE r.tenant_id = %(tenant)s AND r.partner_id = ANY(%(partners)s)
), sale AS (
    SELECT o.partner_id, o.currency,
        coalesce(sum(o.amount_minor) FILTER (WHERE s.entry_id IS NULL), 0) AS unpaid_minor,
        coalesce(sum(o.amount_minor) FILTER (WHERE s.entry_id IS NOT NULL), 0) AS paid_minor
    FROM owed o LEFT JOIN sent s ON s.entry_id = o.id
    GROUP BY o.partner_id, o.currency, o.window_on, o.about_id
)
SELECT partner_id, currency, sum(unpaid_minor)::bigint,
    sum(least(greatest(-unpaid_minor, 0), greatest(paid_minor, 0)))::bigint
FROM sale GROUP BY partner_id, currency
"""

# Per partner and currency: what is unpaid of closed months, `also_on` counted as one, and free on a day.
FREE = f"""
WITH sent AS MATERIALIZED ({_SENT})
SELECT e.partner_id, e.currency, sum(e.amount_minor)::bigint
FROM ({OWED}) e
JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on
    AND (p.closed_at IS NOT NULL OR p.starts_on = %(also_on)s)
LEFT JOIN sent s ON s.entry_id = e.id
WHERE e.partner_id = ANY(%(partners)s) AND s.entry_id IS NULL AND e.free_on <= %(day)s
GROUP BY e.partner_id, e.currency
"""
