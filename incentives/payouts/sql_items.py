"""The set-based statements of a payout run: what is due to whom, what is held and why, what is taken.

Promise: parameters only; an entry is taken by one live allocation (the database's own index); called by
payouts.calculation, dues and queries. Parameters: tenant, run, currency, period_on, pays_on, cutoff_at, shard, shards
or partners, minimums ({plan id: minor units} as JSON), settled_before (bank details must be confirmed before this
moment).
"""

from incentives.holds.sql_held import HELD_BY
from incentives.ledger.sql_balances import OWED
from incentives.terms.sql_covered import UNACCEPTED

# What takes back more than its sale still earns is never held: keeping it out would raise the payment.
_ENTRIES = """
WITH ready AS (
    SELECT e.*, {held_by} AS held_by, {unaccepted} AS unaccepted FROM ({owed}) e
    JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on AND p.closed_at IS NOT NULL
    {more}
    WHERE e.currency = %(currency)s AND e.period_on <= %(period_on)s
        AND e.recorded_at <= %(cutoff_at)s
        AND {whose}
        AND NOT EXISTS (
            SELECT FROM incentives_payoutallocation a
            WHERE a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL)
), waiting AS (
    SELECT r.*, coalesce(held_by, CASE WHEN unaccepted IS NOT NULL THEN 'terms' END) AS waits_by,
        coalesce(CASE WHEN held_by IS NULL THEN unaccepted END, line_id::text, id::text) AS about
    FROM ready r
), held AS (
    SELECT w.*, CASE WHEN waits_by = 'whole'
        OR sum(amount_minor) OVER (PARTITION BY partner_id, waits_by, about) > 0 THEN waits_by END AS kept_by
    FROM waiting w
)
SELECT id, partner_id, plan_id, beside, amount_minor, free_on, kept_by,
    kept_by IS NULL AND free_on <= %(pays_on)s AS is_free
FROM held
"""
_OF_SHARD = "('x' || substr(md5(e.partner_id::text), 1, 7))::bit(28)::int %% %(shards)s = %(shard)s"
MEMBERS = "CREATE TEMP TABLE payout_entry ON COMMIT DROP AS" + _ENTRIES.format(
    held_by=f"({HELD_BY})", unaccepted=UNACCEPTED, owed=OWED, more="", whose=_OF_SHARD
)

# Text that a bank's or a spreadsheet's parser could take for something else.
_UNSAFE = "{0} ~ '^[[:space:]]*[=+@-]' OR {0} ~ '[[:cntrl:]]'"
_GONE = "('sent', 'paid', 'unknown', 'returned')"

# What came back was not paid: it tells nothing of the usual payment, before tax, nor of the last one.
# What a merged partner is still owed is its own balance, paid to the account of its survivor.
_JUDGED = f"""minimum AS (
    SELECT key::uuid AS plan_id, value::bigint AS minor FROM jsonb_each_text(%(minimums)s::jsonb)
), balance AS (
    SELECT e.partner_id, count(*) FILTER (WHERE is_free) AS entries,
        coalesce(sum(e.amount_minor) FILTER (WHERE is_free), 0)::bigint AS gross,
        coalesce(sum(e.amount_minor) FILTER (WHERE is_free AND e.amount_minor > 0 AND e.plan_id IS NOT NULL), 0)::bigint
            AS earned,
        coalesce(sum(e.amount_minor) FILTER (WHERE is_free AND e.beside NOT IN ('', 'adjustment')), 0)::bigint
            AS reimbursed,
        coalesce(sum(e.amount_minor) FILTER (WHERE is_free AND e.beside = 'adjustment'), 0)::bigint AS adjusted,
        coalesce(sum(e.amount_minor) FILTER (WHERE NOT is_free), 0)::bigint AS waiting,
        coalesce(sum(e.amount_minor) FILTER (WHERE kept_by IS NULL AND NOT is_free), 0)::bigint AS on_hold,
        coalesce(sum(e.amount_minor) FILTER (WHERE kept_by IN ('whole', 'hand')), 0)::bigint AS held,
        coalesce(sum(e.amount_minor) FILTER (WHERE kept_by = 'dispute'), 0)::bigint AS disputed,
        coalesce(sum(e.amount_minor) FILTER (WHERE kept_by = 'terms'), 0)::bigint AS unaccepted,
        bool_and(kept_by IS NOT DISTINCT FROM 'dispute') AS all_disputed,
        min(e.free_on) FILTER (WHERE kept_by IS NULL AND NOT is_free) AS free_from,
        coalesce(max(m.minor) FILTER (WHERE is_free), 0) AS minimum_minor
    FROM payout_entry e LEFT JOIN minimum m ON m.plan_id = e.plan_id
    GROUP BY e.partner_id
), account AS (
    SELECT DISTINCT ON (partner_id) partner_id, id, confirmed_at, holder, bank_code
    FROM incentives_bankaccount
    WHERE tenant_id = %(tenant)s AND currency = %(currency)s AND confirmed_at IS NOT NULL AND replaced_at IS NULL
    ORDER BY partner_id, confirmed_at DESC
), gone AS (
    SELECT i.id, i.partner_id, i.gross_minor, i.amount_minor, i.bank_account_id, i.state, i.retry_of_id,
        row_number() OVER (PARTITION BY i.partner_id ORDER BY i.id DESC) AS place,
        row_number() OVER (PARTITION BY i.partner_id, i.state = 'returned' ORDER BY i.id DESC) AS place_of_kind
    FROM incentives_payoutitem i JOIN balance b ON b.partner_id = i.partner_id
    WHERE i.tenant_id = %(tenant)s AND i.currency = %(currency)s AND i.state IN {_GONE}
), usual AS (
    SELECT partner_id, sum(gross_minor) AS total, count(*) AS payments,
        max(amount_minor) FILTER (WHERE place_of_kind = 1) AS previous_minor
    FROM gone WHERE state <> 'returned' AND place_of_kind <= 6 GROUP BY partner_id
), returned AS (
    SELECT g.partner_id, (array_agg(g.id ORDER BY g.place))[1] AS id
    FROM gone g WHERE g.state = 'returned' AND NOT EXISTS (SELECT FROM gone r WHERE r.retry_of_id = g.id)
    GROUP BY g.partner_id
), judged AS (
    SELECT b.*, a.id AS account_id, a.confirmed_at, u.previous_minor, r.id AS retry_of_id, CASE
        WHEN p.status = 'paused' THEN 'partner_paused'
        WHEN b.all_disputed THEN 'disputed'
        WHEN b.entries = 0 AND b.unaccepted > 0 THEN 'terms_not_accepted'
        WHEN b.entries = 0 THEN 'on_hold'
        WHEN b.gross < 0 THEN 'negative_balance'
        WHEN b.gross = 0 THEN 'zero_balance'
        WHEN b.gross < b.minimum_minor THEN 'below_minimum'
        WHEN a.id IS NULL THEN 'no_bank_details'
        WHEN a.confirmed_at > %(settled_before)s OR o.merged_at > %(settled_before)s THEN 'bank_details_recent'
        WHEN {_UNSAFE.format("p.code")} OR {_UNSAFE.format("a.holder")} OR {_UNSAFE.format("a.bank_code")}
            THEN 'unsafe_details' END AS reason,
        array_remove(ARRAY[
            CASE WHEN u.partner_id IS NULL THEN 'first_payout' END,
            CASE WHEN g.bank_account_id <> a.id THEN 'new_account' END,
            CASE WHEN b.gross * u.payments > 3 * u.total THEN 'much_more' END,
            CASE WHEN r.id IS NOT NULL THEN 'returned_before' END], NULL) AS notes
    FROM balance b
    JOIN partners_partner o ON o.tenant_id = %(tenant)s AND o.id = b.partner_id
    JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = coalesce(o.merged_into_id, o.id)
    LEFT JOIN account a ON a.partner_id = p.id
    LEFT JOIN usual u ON u.partner_id = b.partner_id
    LEFT JOIN gone g ON g.partner_id = b.partner_id AND g.place = 1
    LEFT JOIN returned r ON r.partner_id = b.partner_id
)"""

ITEMS = f"""
INSERT INTO incentives_payoutitem (id, tenant_id, run_id, partner_id, currency, gross_minor, withheld_minor,
    amount_minor, bank_account_id, state, reason, retry_of_id, facts)
WITH {_JUDGED}
SELECT uuidv7(), %(tenant)s, %(run)s, partner_id, %(currency)s, CASE WHEN entries = 0 THEN waiting ELSE gross END, 0,
    CASE WHEN reason IS NULL THEN gross ELSE 0 END, CASE WHEN reason IS NULL THEN account_id END,
    CASE WHEN reason IS NULL THEN 'reserved' ELSE 'held' END, coalesce(reason, ''),
    CASE WHEN reason IS NULL THEN retry_of_id END,
    jsonb_strip_nulls(jsonb_build_object('entries', entries, 'earned_minor', earned,
        'funds_minor', nullif(reimbursed, 0), 'adjusted_minor', nullif(adjusted, 0),
        'corrections_minor', gross - earned - reimbursed - adjusted,
        'held_minor', nullif(held, 0), 'disputed_minor', nullif(disputed, 0),
        'unaccepted_minor', nullif(unaccepted, 0),
        'on_hold_minor', on_hold, 'free_from', free_from, 'minimum_minor', minimum_minor, 'pays_on', %(pays_on)s::date,
        'previous_minor', previous_minor, 'confirmed_at', confirmed_at, 'notes', to_jsonb(notes)))
FROM judged
"""

# What a run would say of each balance of `partners`, asked behind their walls: holds of deals of others come from the
# guard.
DUES = f"""
WITH payout_entry AS MATERIALIZED ({
    _ENTRIES.format(
        held_by=f"greatest(({HELD_BY}), b.cause)",
        unaccepted=UNACCEPTED,
        owed=OWED,
        more="LEFT JOIN guard.own_held_by_deals(%(pays_on)s, %(cutoff_at)s) b ON b.entry_id = e.id",
        whose="e.partner_id = ANY(%(partners)s)",
    )
}), {_JUDGED}
SELECT coalesce(reason, ''), gross, on_hold, held, disputed, unaccepted, minimum_minor FROM judged
"""

# Per currency of `partners`: what no run has taken and its month is open.
OPEN = f"""
SELECT e.currency, coalesce(sum(e.amount_minor) FILTER (WHERE p.closed_at IS NULL AND NOT EXISTS (
    SELECT FROM incentives_payoutallocation a
    WHERE a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL)), 0)::bigint
FROM ({OWED}) e LEFT JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on
WHERE e.partner_id = ANY(%(partners)s) GROUP BY e.currency ORDER BY e.currency
"""

ALLOCATIONS = """
INSERT INTO incentives_payoutallocation (id, tenant_id, run_id, item_id, partner_id, entry_id, amount_minor)
SELECT uuidv7(), %(tenant)s, %(run)s, i.id, e.partner_id, e.id, e.amount_minor
FROM payout_entry e
JOIN incentives_payoutitem i ON i.tenant_id = %(tenant)s AND i.run_id = %(run)s AND i.partner_id = e.partner_id
WHERE i.state = 'reserved' AND e.is_free
"""

DROP = "DROP TABLE payout_entry"

# Who edited last what a run pays by: a version that earned one of its entries or whose minimum payout counts, the
# details of one of its accounts, or an adjustment that it takes. Details and adjustments are edited by who proposed
# them; confirming them changes nothing.
EDITORS = """
WITH taken AS (
    SELECT DISTINCT e.plan_id, e.version_id FROM incentives_payoutallocation a
    JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.id = a.entry_id
    WHERE a.tenant_id = %(tenant)s AND a.run_id = %(run)s AND a.released_at IS NULL
)
SELECT b.proposed_by_user_id, 'accounts' FROM incentives_payoutitem i
JOIN incentives_bankaccount b ON b.tenant_id = %(tenant)s AND b.id = i.bank_account_id
WHERE i.tenant_id = %(tenant)s AND i.run_id = %(run)s AND i.state <> 'held' AND b.proposed_by_user_id IS NOT NULL
UNION
SELECT v.edited_by_user_id, 'plans' FROM incentives_planversion v
WHERE v.tenant_id = %(tenant)s AND v.edited_by_user_id IS NOT NULL AND (
    v.id IN (SELECT version_id FROM taken)
    OR v.id = ANY(%(minimum_versions)s::uuid[]) AND v.plan_id IN (SELECT plan_id FROM taken))
UNION
SELECT r.written_by_user_id, 'adjustments' FROM incentives_payoutallocation a
JOIN incentives_reimbursement r ON r.tenant_id = %(tenant)s AND r.id = a.entry_id
WHERE a.tenant_id = %(tenant)s AND a.run_id = %(run)s AND a.released_at IS NULL AND r.written_by_user_id IS NOT NULL
"""

# This run's payments beside those of the run before.
COMPARED = """
SELECT count(*) FILTER (WHERE o.partner_id IS NULL),
    coalesce(sum(n.amount_minor) FILTER (WHERE o.partner_id IS NULL), 0),
    count(*) FILTER (WHERE n.partner_id IS NULL), coalesce(sum(o.amount_minor) FILTER (WHERE n.partner_id IS NULL), 0),
    count(*) FILTER (WHERE n.amount_minor > o.amount_minor), count(*) FILTER (WHERE n.amount_minor < o.amount_minor)
FROM (SELECT partner_id, amount_minor FROM incentives_payoutitem
    WHERE tenant_id = %(tenant)s AND run_id = %(run)s AND state <> 'held') n
FULL JOIN (SELECT partner_id, amount_minor FROM incentives_payoutitem
    WHERE tenant_id = %(tenant)s AND run_id = %(before)s AND state <> 'held') o USING (partner_id)
"""

# Lines of an import that money was sent for.
SENT_LINES = """
SELECT p.number FROM incentives_entry e
JOIN incentives_payoutallocation a ON a.tenant_id = %(tenant)s AND a.entry_id = e.id AND a.released_at IS NULL
JOIN incentives_payoutrun p ON p.tenant_id = %(tenant)s AND p.id = a.run_id
    AND p.state IN ('exporting', 'exported', 'settled', 'partly_settled')
WHERE e.tenant_id = %(tenant)s AND e.line_id = ANY(%(lines)s)
ORDER BY p.number LIMIT 1
"""
