"""The rows of the bench, and the calculation of them that a specialist would write by hand.

Promise: one INSERT ... SELECT into a table with the columns and indexes of entries; called by tests.bench.calculation.

Flat rates by category for half of the partners, marginal tiers per quarter for the others, splits, refunds. It keeps
four numbers as explanation; it has no versions, currencies, reasons, limits, differences, shards, hash or ledger.
"""

from decimal import Decimal

LADDER = [("0", "0.03"), ("5000", "0.05"), ("20000", "0.08")]
FLAT_RATES = {f"c{place}": f"0.{place + 1:02d}" for place in range(20)}

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
    SELECT line_id, partner_id, floored + (row_number() OVER (PARTITION BY line_id ORDER BY rest DESC, code)
        <= amount_minor - sum(floored) OVER (PARTITION BY line_id))::int AS base FROM share
), refund AS (
    SELECT refunded_line_id AS line_id, id, occurred_on, amount_minor FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND kind = 'refund'
), credit AS (
    SELECT l.id AS line_id, l.occurred_on, l.external_id, l.amount_minor AS line_amount, p.id AS partner_id,
        p.partner_type, c.code AS category, r.id AS refund_id, r.occurred_on AS refunded_on, r.amount_minor AS refunded,
        coalesce(t.base, l.amount_minor)::numeric AS base
    FROM partners_saleline l LEFT JOIN part t ON t.line_id = l.id
        JOIN partners_partner p ON p.tenant_id = l.tenant_id AND p.id = coalesce(t.partner_id, l.partner_id)
        JOIN partners_product w ON w.tenant_id = l.tenant_id AND w.id = l.product_id
        JOIN partners_productcategory c ON c.tenant_id = w.tenant_id AND c.id = w.category_id
        LEFT JOIN refund r ON r.line_id = l.id
    WHERE l.tenant_id = %(tenant)s AND l.kind = 'sale'
), measured AS (
    SELECT *, CASE WHEN partner_type = 'integrator' AND refund_id IS NOT NULL
        THEN round(base * (line_amount - refunded), 40) / line_amount ELSE base END AS own FROM credit
), placed AS (
    SELECT *, sum(own) OVER (PARTITION BY partner_id ORDER BY occurred_on, external_id ROWS UNBOUNDED PRECEDING)
        AS after FROM measured
), earned AS (
    SELECT *, after - own AS before, CASE WHEN partner_type = 'integrator' THEN round(round(
        {paid_after} - {paid_before}, 20))
        ELSE round(base * (%(rates)s::jsonb ->> category)::numeric) END::bigint AS amount FROM placed
), entry AS (
    SELECT line_id, occurred_on, amount, partner_id, base, before, after, category, partner_type FROM earned
    UNION ALL
    SELECT refund_id, refunded_on, -round(amount::numeric * refunded / line_amount)::bigint, partner_id, base, before,
        after, category, partner_type FROM earned WHERE refund_id IS NOT NULL AND partner_type <> 'integrator'
)
SELECT uuidv7(), %(tenant)s, %(run)s, %(month)s, %(month)s, %(run)s, %(run)s, category, line_id, partner_id, partner_id,
    0, occurred_on, amount, 'EUR', amount, 'EUR', occurred_on, 'sale',
    jsonb_build_object('base_minor', base, 'before', before, 'after', after, 'category', category), %(at)s
FROM entry WHERE amount <> 0
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


ENTRIES = _ENTRIES.format(paid_after=_paid("after"), paid_before=_paid("(after - own)"))
