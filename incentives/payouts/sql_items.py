"""The set-based statements of a payout shard: what is due to whom, what is held and why, what is taken.

Promise: parameters only; an entry is taken by one live allocation (the database's own index); called by
payouts.calculation. Parameters: tenant, run, currency, period_on, pays_on, cutoff_at, shard, shards, minimums
({plan id: minor units} as JSON), settled_before (bank details must be confirmed before this moment).
"""

MEMBERS = """
CREATE TEMP TABLE payout_entry ON COMMIT DROP AS
SELECT e.id, e.partner_id, e.plan_id, e.payout_amount_minor AS amount_minor
FROM incentives_entry e
JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on AND p.closed_at IS NOT NULL
WHERE e.tenant_id = %(tenant)s AND e.payout_currency = %(currency)s AND e.period_on <= %(period_on)s
    AND e.free_on <= %(pays_on)s AND e.recorded_at <= %(cutoff_at)s
    AND ('x' || substr(md5(e.partner_id::text), 1, 7))::bit(28)::int %% %(shards)s = %(shard)s
    AND NOT EXISTS (
        SELECT FROM incentives_payoutallocation a
        WHERE a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL)
"""

ITEMS = """
INSERT INTO incentives_payoutitem (id, tenant_id, run_id, partner_id, currency, gross_minor, withheld_minor,
    amount_minor, bank_account_id, state, reason, facts)
WITH minimum AS (
    SELECT key::uuid AS plan_id, value::bigint AS minor FROM jsonb_each_text(%(minimums)s::jsonb)
), balance AS (
    SELECT e.partner_id, sum(e.amount_minor)::bigint AS gross, count(*) AS entries,
        coalesce(max(m.minor), 0) AS minimum_minor
    FROM payout_entry e LEFT JOIN minimum m ON m.plan_id = e.plan_id
    GROUP BY e.partner_id
), account AS (
    SELECT DISTINCT ON (partner_id) partner_id, id, confirmed_at
    FROM incentives_bankaccount
    WHERE tenant_id = %(tenant)s AND currency = %(currency)s AND confirmed_at IS NOT NULL AND replaced_at IS NULL
    ORDER BY partner_id, confirmed_at DESC
), judged AS (
    SELECT b.*, a.id AS account_id, CASE
        WHEN p.status <> 'active' THEN 'partner_paused'
        WHEN b.gross < 0 THEN 'negative_balance'
        WHEN b.gross < b.minimum_minor OR b.gross = 0 THEN 'below_minimum'
        WHEN a.id IS NULL THEN 'no_bank_details'
        WHEN a.confirmed_at > %(settled_before)s THEN 'bank_details_recent' END AS reason
    FROM balance b
    JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = b.partner_id
    LEFT JOIN account a ON a.partner_id = b.partner_id
)
SELECT uuidv7(), %(tenant)s, %(run)s, partner_id, %(currency)s, gross, 0,
    CASE WHEN reason IS NULL THEN gross ELSE 0 END, account_id,
    CASE WHEN reason IS NULL THEN 'reserved' ELSE 'held' END, coalesce(reason, ''),
    jsonb_build_object('entries', entries, 'minimum_minor', minimum_minor, 'pays_on', %(pays_on)s::date)
FROM judged
"""

ALLOCATIONS = """
INSERT INTO incentives_payoutallocation (id, tenant_id, run_id, item_id, partner_id, entry_id, amount_minor)
SELECT uuidv7(), %(tenant)s, %(run)s, i.id, e.partner_id, e.id, e.amount_minor
FROM payout_entry e
JOIN incentives_payoutitem i ON i.tenant_id = %(tenant)s AND i.run_id = %(run)s AND i.partner_id = e.partner_id
WHERE i.state = 'reserved'
"""

DROP = "DROP TABLE payout_entry"

# What of a run was touched by the person who wants to approve it.
EDITED_BY = """
SELECT EXISTS (
    SELECT FROM incentives_payoutallocation a
    JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.id = a.entry_id
    JOIN incentives_planversion v ON v.tenant_id = %(tenant)s AND v.id = e.version_id
    WHERE a.tenant_id = %(tenant)s AND a.run_id = %(run)s AND a.released_at IS NULL AND v.edited_by_user_id = %(user)s
) AS plans, EXISTS (
    SELECT FROM incentives_payoutitem i
    JOIN incentives_bankaccount b ON b.tenant_id = %(tenant)s AND b.id = i.bank_account_id
    WHERE i.tenant_id = %(tenant)s AND i.run_id = %(run)s AND i.state <> 'held'
        AND (b.confirmed_by_user_id = %(user)s OR b.proposed_by_user_id = %(user)s)
) AS accounts
"""
