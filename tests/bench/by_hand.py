"""The rows of the bench, and the calculation of them that a specialist would write by hand.

Promise: writes what a calculation writes, into copies of the same tables: entries with their explanations, why refunds
have none of their own, accounts and transfers, then proves references and balance; called by tests.bench.calculation.

For exactly these plans: flat rates by category for half of the partners, marginal tiers per quarter for the others,
splits, refunds. It has no versions, currencies, limits, differences to what is posted, shards, hash or funnel.
"""

from decimal import Decimal

LADDER = [("0", "0.03"), ("5000", "0.05"), ("20000", "0.08")]
FLAT_RATES = {f"c{place}": f"0.{place + 1:02d}".rstrip("0") for place in range(20)}

LINES_SQL = """
INSERT INTO partners_saleline (id, tenant_id, source, external_id, revision, kind, occurred_on, order_number, quantity,
    amount_minor, currency, refunded_external_id, refunded_line_id, voided, recorded_at, first_recorded_at, partner_id,
    product_id)
WITH party AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM partners_partner
        WHERE tenant_id = %(tenant)s),
    ware AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM partners_product
        WHERE tenant_id = %(tenant)s)
SELECT uuidv7(), %(tenant)s, 'erp', 'L' || lpad(n::text, 8, '0'), 1, 'sale',
    %(month)s + (n::bigint * 7919 %% %(days)s)::int, 'O' || n / 3, 1 + n %% 5,
    1000 + (n::bigint * 2654435761 %% 250000), 'EUR', '', NULL, FALSE, %(at)s, %(at)s, party.id, ware.id
FROM generate_series(1, %(lines)s) AS n
JOIN party ON party.place = floor(power(n::bigint * 40503 %% 65536 / 65536.0, 2) * %(partners)s)::int
JOIN ware ON ware.place = n %% 200
"""
SPLITS = """
INSERT INTO partners_salesplit (id, tenant_id, line_id, partner_id, parts)
SELECT uuidv7(), %(tenant)s, l.id, p.id, p.parts
FROM partners_saleline l
CROSS JOIN LATERAL (SELECT l.partner_id AS id, 1 AS parts UNION ALL (SELECT o.id, 2 FROM partners_partner o
    WHERE o.tenant_id = %(tenant)s AND o.id > l.partner_id ORDER BY o.id LIMIT 1)) p
WHERE l.tenant_id = %(tenant)s AND right(l.external_id, 2) IN ('11', '44', '77')
"""
REFUNDS = """
INSERT INTO partners_saleline (id, tenant_id, source, external_id, revision, kind, occurred_on, order_number, quantity,
    amount_minor, currency, refunded_external_id, refunded_line_id, voided, recorded_at, first_recorded_at, partner_id,
    product_id)
SELECT uuidv7(), %(tenant)s, 'erp', 'R' || external_id, 1, 'refund', occurred_on, '', 1, amount_minor / 2, 'EUR',
    external_id, id, FALSE, %(at)s, %(at)s, partner_id, product_id
FROM partners_saleline WHERE tenant_id = %(tenant)s AND right(external_id, 2) IN ('05', '55')
"""

_ENTRIES = """
INSERT INTO bench_entry (id, tenant_id, run_id, period_on, belongs_on, plan_id, version_id, component_id, line_id,
    credited_partner_id, partner_id, depth, occurred_on, amount_minor, currency, payout_amount_minor, payout_currency,
    free_on, cause, inputs, recorded_at)
WITH share AS (
    SELECT s.line_id, s.partner_id, s.parts, sum(s.parts) OVER w AS total, l.amount_minor,
        div(l.amount_minor::numeric * s.parts, sum(s.parts) OVER w) AS floored,
        mod(l.amount_minor::numeric * s.parts, sum(s.parts) OVER w) AS rest, p.code
    FROM partners_salesplit s JOIN partners_saleline l ON l.tenant_id = s.tenant_id AND l.id = s.line_id
        JOIN partners_partner p ON p.tenant_id = s.tenant_id AND p.id = s.partner_id
    WHERE s.tenant_id = %(tenant)s WINDOW w AS (PARTITION BY s.line_id)
), part AS (
    SELECT line_id, partner_id, parts, total, floored + (row_number() OVER (PARTITION BY line_id
        ORDER BY rest DESC, code) <= amount_minor - sum(floored) OVER (PARTITION BY line_id))::int AS base FROM share
), refund AS (
    SELECT refunded_line_id AS line_id, id, occurred_on, amount_minor FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND kind = 'refund'
), credit AS (
    SELECT l.id AS line_id, l.occurred_on, l.external_id, l.amount_minor AS line_amount, p.id AS partner_id,
        p.partner_type = 'integrator' AS is_tiered, c.code AS category, r.id AS refund_id, r.occurred_on AS refunded_on,
        r.amount_minor AS refunded, coalesce(t.base, l.amount_minor)::numeric AS base,
        CASE WHEN t.parts IS NULL THEN '1' ELSE trim_scale(round(t.parts / t.total::numeric, 6))::text END AS share,
        CASE WHEN t.parts IS NULL THEN trim_scale(l.quantity)::text
            ELSE trim_scale(round(l.quantity * t.parts / t.total, 6))::text END AS quantity
    FROM partners_saleline l LEFT JOIN part t ON t.line_id = l.id
        JOIN partners_partner p ON p.tenant_id = l.tenant_id AND p.id = coalesce(t.partner_id, l.partner_id)
        JOIN partners_product w ON w.tenant_id = l.tenant_id AND w.id = l.product_id
        JOIN partners_productcategory c ON c.tenant_id = w.tenant_id AND c.id = w.category_id
        LEFT JOIN refund r ON r.line_id = l.id
    WHERE l.tenant_id = %(tenant)s AND l.kind = 'sale'
), measured AS (
    SELECT *, CASE WHEN is_tiered AND refund_id IS NOT NULL
        THEN round(base * (line_amount - refunded), 40) / line_amount ELSE base END AS own FROM credit
), placed AS (
    SELECT *, sum(own) OVER (PARTITION BY partner_id ORDER BY occurred_on, external_id ROWS UNBOUNDED PRECEDING)
        AS after FROM measured
), earned AS (
    SELECT *, after - own AS before, %(rates)s::jsonb ->> category AS rate, CASE WHEN is_tiered THEN round(round(
        {paid_after} - {paid_before}, 20))
        ELSE round(base * (%(rates)s::jsonb ->> category)::numeric) END::bigint AS amount FROM placed
), told AS (
    SELECT *, '{{"base_minor":' || base || ',"base_currency":"EUR","version_number":1,"basis":"revenue","share":"'
        || share || '","quantity":"' || quantity
        || CASE WHEN is_tiered THEN '","component_type":"tiers","basis_value":"'
            || trim_scale(round(own, 6)) || '","refunded_share":"' || CASE WHEN refund_id IS NULL THEN '0'
                ELSE trim_scale(round(1 - (line_amount - refunded) / line_amount::numeric, 6))::text END || '"'
            || {tiers}
        ELSE '","component_type":"rate","basis_value":"' || base || '","refunded_share":"0","rate":"' || rate || '"' END
        AS inputs
    FROM earned
), entry AS (
    SELECT line_id, occurred_on, amount, partner_id, is_tiered, category, 'sale' AS cause, inputs || '}}' AS inputs
    FROM told
    UNION ALL
    SELECT refund_id, refunded_on, -round(amount::numeric * refunded / line_amount)::bigint, partner_id, FALSE,
        category, 'refund', inputs || ',"refund":{{"sale_line_id":"' || line_id || '","original_minor":' || amount
            || ',"reversed_before_minor":0,"cumulative_share":"'
            || trim_scale(round(refunded / line_amount::numeric, 6)) || '"}}}}'
    FROM told WHERE refund_id IS NOT NULL AND NOT is_tiered
)
SELECT uuidv7(), %(tenant)s, %(run)s, %(month)s, %(month)s,
    CASE WHEN is_tiered THEN %(tiers_plan)s ELSE %(flat_plan)s END::uuid,
    CASE WHEN is_tiered THEN %(tiers_version)s ELSE %(flat_version)s END::uuid,
    CASE WHEN is_tiered THEN 't' ELSE category END, line_id, partner_id, partner_id, 0, occurred_on, amount, 'EUR',
    amount, 'EUR', occurred_on, cause, inputs::jsonb, %(at)s
FROM entry WHERE amount <> 0
"""

# Why refunds have no entry of their own: the amount of their sale was reckoned without them.
OUTCOMES = """
INSERT INTO bench_lineoutcome (id, tenant_id, run_id, line_id, partner_id, slot, occurred_on, reason, facts)
SELECT uuidv7(), %(tenant)s, %(run)s, r.id, p.id, 'main', r.occurred_on, 'counted_with_sale', '{}'
FROM partners_saleline r LEFT JOIN partners_salesplit s ON s.tenant_id = r.tenant_id AND s.line_id = r.refunded_line_id
    JOIN partners_saleline l ON l.tenant_id = r.tenant_id AND l.id = r.refunded_line_id
    JOIN partners_partner p ON p.tenant_id = r.tenant_id AND p.id = coalesce(s.partner_id, l.partner_id)
        AND p.partner_type = 'integrator'
WHERE r.tenant_id = %(tenant)s AND r.kind = 'refund'
"""

ACCOUNTS = """
INSERT INTO bench_ledgeraccount (id, tenant_id, code, partner_id, currency)
SELECT uuidv7(), %(tenant)s, code, partner_id, 'EUR'
FROM (SELECT DISTINCT partner_id FROM bench_entry WHERE tenant_id = %(tenant)s AND run_id = %(run)s) e
    CROSS JOIN (VALUES ('expense'), ('payable_pending')) AS c(code)
ON CONFLICT DO NOTHING
"""
TRANSFERS = """
INSERT INTO bench_transfer (id, tenant_id, journal_id, debit_id, credit_id, currency, amount_minor, kind, source_type,
    source_id, leg, actor_label, period_on, effective_on, recorded_at)
SELECT uuidv7(), %(tenant)s, %(run)s, expense.id, payable.id, 'EUR', amount, 'accrual', 'calculation_run', %(run)s,
    partner_id || ':EUR', 'system', %(month)s, (%(month)s + interval '1 month')::date, %(at)s
FROM (SELECT partner_id, sum(payout_amount_minor)::bigint AS amount FROM bench_entry
        WHERE tenant_id = %(tenant)s AND run_id = %(run)s GROUP BY partner_id) e
    JOIN bench_ledgeraccount expense USING (partner_id) JOIN bench_ledgeraccount payable USING (partner_id)
WHERE expense.tenant_id = %(tenant)s AND expense.code = 'expense' AND payable.tenant_id = %(tenant)s
    AND payable.code = 'payable_pending'
"""

# Entries have no foreign keys; this stands for them. It must find nothing.
REFERENCES = """
SELECT count(*) FROM bench_entry e
    LEFT JOIN partners_saleline l ON l.tenant_id = e.tenant_id AND l.id = e.line_id
    LEFT JOIN partners_partner p ON p.tenant_id = e.tenant_id AND p.id = e.partner_id
    LEFT JOIN incentives_planversion v ON v.tenant_id = e.tenant_id AND v.id = e.version_id
WHERE e.tenant_id = %(tenant)s AND e.run_id = %(run)s AND (l.id IS NULL OR p.id IS NULL OR v.id IS NULL)
"""

# What is owed and what was spent must be what was earned.
BALANCE = """
SELECT (SELECT sum(payout_amount_minor) FROM bench_entry WHERE tenant_id = %(tenant)s AND run_id = %(run)s)
    - (SELECT sum(amount_minor) FROM bench_transfer WHERE tenant_id = %(tenant)s AND source_id = %(run)s)
"""


def _paid(volume: str) -> str:
    """The closed marginal function of LADDER in minor units."""
    rows = [(Decimal(start) * 100, Decimal(rate)) for start, rate in LADDER]
    below = Decimal(0)
    branches: list[str] = []
    for place, (bound, rate) in enumerate(rows):
        if place:
            below += (bound - rows[place - 1][0]) * rows[place - 1][1]
        branches.insert(0, f"WHEN {volume} >= {bound} THEN {below} + ({volume} - {bound}) * {rate}")
    return f"CASE {' '.join(branches)} ELSE {volume} * {rows[0][1]} END"


def _tiers() -> str:
    """What explains an amount of tiers: the row, and the slices of the volume that the sale takes from each row."""
    bounds = [Decimal(start) * 100 for start, _rate in LADDER]
    slices = []
    rates = []
    for place, (low, (_start, rate)) in enumerate(zip(bounds, LADDER, strict=True)):
        above = [f"{bounds[place + 1]}"] if place + 1 < len(bounds) else []
        top, bottom = f"least({', '.join(['after', *above])})", f"greatest(before, {low})"
        slices.append(
            f'CASE WHEN {top} > {bottom} THEN \',{{"row":{place},"rate":"{rate}","volume":"\' '
            f"|| trim_scale(round({top} - {bottom}, 6)) || '\"}}' ELSE '' END"
        )
        inside = [f"before >= {low}", *(f"after <= {bound}" for bound in above)]
        rates.append(f'WHEN {" AND ".join(inside)} THEN \',"rate":"{rate}"\'')
    reached = " ".join(f"WHEN after > {low} THEN {place}" for place, low in reversed(list(enumerate(bounds))))
    return (
        """',"volume":{"mode":"marginal","measure":"revenue","measured":true,"window_starts_on":"2026-01-01",'"""
        """ || '"window_ends_on":"2026-04-01","before":"' || trim_scale(round(before, 6)) || '","deciding":"' """
        """|| trim_scale(round(before, 6)) || '","after":"' || trim_scale(round(after, 6)) || '","row":' """
        f"""|| CASE {reached} END || ',"slices":[' || substr({" || ".join(slices)}, 2) || ']}}'"""
        f""" || CASE {" ".join(rates)} ELSE '' END"""
    )


ENTRIES = _ENTRIES.format(paid_after=_paid("after"), paid_before=_paid("(after - own)"), tiers=_tiers())
BY_HAND = (
    ENTRIES,
    OUTCOMES,
    "SET LOCAL default_statistics_target = 10",
    "ANALYZE bench_entry (tenant_id, run_id, line_id, partner_id, version_id)",
    ACCOUNTS,
    "ANALYZE bench_ledgeraccount",
    TRANSFERS,
)
PROOFS = (REFERENCES, BALANCE)

# Per table what both sides must have written alike.
SAYS = {
    "incentives_entry": """SELECT period_on, belongs_on, plan_id, version_id, component_id, line_id, window_on,
        credited_partner_id, partner_id, depth, occurred_on, amount_minor, currency, payout_amount_minor,
        payout_currency, free_on, cause, inputs, recorded_at FROM {table} WHERE tenant_id = %(tenant)s""",
    "incentives_lineoutcome": """SELECT line_id, partner_id, slot, occurred_on, reason, facts FROM {table}
        WHERE tenant_id = %(tenant)s""",
    "incentives_ledgeraccount": "SELECT code, partner_id, currency FROM {table} WHERE tenant_id = %(tenant)s",
    "incentives_transfer": """SELECT currency, amount_minor, kind, source_type, leg, actor_label, actor_id, period_on,
        effective_on, recorded_at FROM {table} WHERE tenant_id = %(tenant)s""",
}
