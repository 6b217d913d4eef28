"""Working tables of a shard: credits with their split, linked refunds, exchange rates of the days.

Promise: says what `plans.credits`, `plans.refunds` and `plans.exchange` say; called by earnings.calculation.

Parameters: tenant, volume_from, until, due_from (first day of the targets calculated), and the pairs and exponents of
currencies as JSON."""

# Every share of each split line that a member has a share of: largest remainder, exact remainders, ties to the lower
# partner code.
SPLITS = """
CREATE TEMP TABLE calc_split ON COMMIT DROP AS
WITH share AS (
    SELECT s.line_id, s.partner_id, p.code, coalesce(s.percent, s.parts) AS weight,
        sum(coalesce(s.percent, s.parts)) OVER (PARTITION BY s.line_id) AS total,
        l.amount_minor::numeric AS amount, l.cost_minor::numeric AS cost
    FROM partners_salesplit s
        JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.id = s.line_id
        JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = s.partner_id
    WHERE s.tenant_id = %(tenant)s AND coalesce(s.percent, s.parts) > 0 AND NOT l.voided
        AND l.occurred_on >= %(volume_from)s AND l.occurred_on < %(until)s AND s.line_id IN (
            SELECT o.line_id FROM calc_member m
                JOIN partners_salesplit o ON o.tenant_id = %(tenant)s AND o.partner_id = m.partner_id)
), floored AS (
    SELECT *, div(amount * weight, total) AS base_floor, mod(amount * weight, total) AS base_rest,
        div(cost * weight, total) AS cost_floor, mod(cost * weight, total) AS cost_rest
    FROM share
)
SELECT line_id, partner_id, weight, total,
    (base_floor + (row_number() OVER (PARTITION BY line_id ORDER BY base_rest DESC, code)
        <= amount - sum(base_floor) OVER (PARTITION BY line_id))::int)::bigint AS base,
    (cost_floor + (row_number() OVER (PARTITION BY line_id ORDER BY cost_rest DESC, code)
        <= cost - sum(cost_floor) OVER (PARTITION BY line_id))::int)::bigint AS cost
FROM floored
"""

# Lines first, spans last: the planner cannot guess how few spans a range of days meets, so OFFSET 0 fixes the order. A
# shard finds lines by their partners, and reads its own alone. Products have their category before they meet lines, of
# which there are many more.
_CREDITED = """l.occurred_on >= %(volume_from)s AND l.occurred_on < %(until)s AND NOT l.voided
            AND (l.kind = 'sale' OR l.refunded_external_id = '')"""
CREDITS = """
CREATE TEMP TABLE calc_credit ON COMMIT DROP AS
WITH ware AS MATERIALIZED (
    SELECT pr.id, pr.earns, pr.code AS product_code, pr.category_id, ca.code AS category_code
    FROM partners_product pr
        LEFT JOIN partners_productcategory ca ON ca.tenant_id = %(tenant)s AND ca.id = pr.category_id
    WHERE pr.tenant_id = %(tenant)s
)
SELECT row_number() OVER ({order})::int AS credit_id, l.id AS line_id, sp.partner_id, sp.span_id,
    sign.direction, sign.direction * coalesce(l.base, l.amount_minor) AS base_minor,
    sign.direction * (CASE WHEN l.is_split THEN l.cost ELSE l.cost_minor END) AS cost_minor,
    sign.direction * l.quantity AS quantity, l.weight, l.total AS weight_total,
    l.occurred_on, l.source, l.order_number, l.currency, l.amount_minor AS line_amount_minor, l.earns,
    l.occurred_on >= %(due_from)s AS is_due{fact_columns}
FROM (
    SELECT l.*, wa.earns, wa.product_code, wa.category_id, wa.category_code
    FROM (
        SELECT l.*, l.partner_id AS credited_partner_id, NULL::bigint AS base, NULL::bigint AS cost, 1 AS weight,
            1 AS total, FALSE AS is_split
        FROM calc_member m JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.partner_id = m.partner_id
        WHERE {credited} AND NOT EXISTS (SELECT FROM partners_salesplit s
            WHERE s.tenant_id = %(tenant)s AND s.line_id = l.id AND coalesce(s.percent, s.parts) > 0)
        UNION ALL
        SELECT l.*, d.partner_id, d.base, d.cost, d.weight, d.total, TRUE
        FROM calc_member m JOIN calc_split d ON d.partner_id = m.partner_id
            JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.id = d.line_id
        WHERE {credited}) l
    JOIN ware wa ON wa.id = l.product_id
    OFFSET 0) l
JOIN calc_span sp ON sp.partner_id = l.credited_partner_id
    AND l.occurred_on >= sp.starts_on AND l.occurred_on < sp.ends_on{fact_joins}
CROSS JOIN LATERAL (SELECT CASE l.kind WHEN 'sale' THEN 1 ELSE -1 END) AS sign(direction)
"""

# Where something depends on volume, ids of credits count up in measuring order within each partner.
MEASURING = "ORDER BY sp.partner_id, l.occurred_on, l.source, l.external_id"

_STANDING = {name: f"sp.{name}" for name in ("partner_code", "partner_type", "region", "country", "tier")}
_NEW = """(l.customer_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM partners_saleline o WHERE o.tenant_id = %(tenant)s AND o.customer_id = l.customer_id
            AND NOT o.voided AND o.occurred_on < l.occurred_on
            AND o.occurred_on >= (l.occurred_on - interval '12 months')::date))"""

# Who is protected on the day: by the deal that the line names, else by the customer's strongest key.
_HOLDER = """
LEFT JOIN LATERAL (
    SELECT met.partner_id FROM (
        SELECT h.partner_id, 0 AS strength FROM partners_protection h
        WHERE h.tenant_id = %(tenant)s AND h.deal_id = l.deal_id
            AND h.starts_on <= l.occurred_on AND h.ends_on > l.occurred_on
        UNION ALL
        SELECT h.partner_id, k.strength FROM partners_customer q
        CROSS JOIN LATERAL unnest(ARRAY[q.match_key, q.web_key, q.fold_key]) WITH ORDINALITY AS k(key, strength)
        JOIN partners_protection h ON h.tenant_id = %(tenant)s AND h.claim_key = k.key AND h.line_id = l.category_id
            AND h.starts_on <= l.occurred_on AND h.ends_on > l.occurred_on
        WHERE q.tenant_id = %(tenant)s AND q.id = l.customer_id AND l.deal_id IS NULL) met
    ORDER BY met.strength LIMIT 1) held ON TRUE"""

_BEGUN = """(SELECT min(o.occurred_on) FROM partners_saleline o WHERE o.tenant_id = %(tenant)s
        AND o.subscription_ref = l.subscription_ref AND o.subscription_ref <> '' AND o.refunded_external_id = ''
        AND NOT o.voided AND o.occurred_on < %(until)s)"""

# What of a sale is paid before the end of the calculation, in lowest terms: at most the whole of what refunds leave.
_PAID = """
LEFT JOIN LATERAL (
    SELECT CASE WHEN w.is_whole OR p.minor >= d.minor THEN 1 ELSE p.minor / gcd(p.minor, d.minor) END AS part,
        CASE WHEN w.is_whole OR p.minor >= d.minor THEN 1 ELSE d.minor / gcd(p.minor, d.minor) END AS whole,
        CASE WHEN w.is_whole THEN l.occurred_on
            WHEN p.first_on IS NOT NULL THEN greatest(p.first_on, l.occurred_on) END AS first_on
    FROM (SELECT l.kind <> 'sale' OR l.amount_minor = 0 AS is_whole) w
    CROSS JOIN (SELECT min(m.paid_on) AS first_on, coalesce(sum(m.amount_minor), 0)::bigint AS minor
        FROM partners_salepayment m WHERE m.tenant_id = %(tenant)s AND m.line_id = l.id AND NOT m.voided
            AND m.currency = l.currency AND m.paid_on < %(until)s) p
    CROSS JOIN (SELECT greatest(l.amount_minor - coalesce(sum(r.amount_minor), 0), least(1, l.amount_minor))::bigint
            AS minor FROM partners_saleline r WHERE r.tenant_id = %(tenant)s AND r.refunded_line_id = l.id
            AND r.kind = 'refund' AND r.currency = l.currency AND NOT r.voided AND r.occurred_on < %(until)s) d) paid
    ON TRUE"""

# Per fact of `where`: the column of calc_credit, the expression that fills it, and the join that it needs.
FACTS: dict[str, tuple[str, str, str]] = {
    "product": ("product_code", "l.product_code", ""),
    "category": ("category_code", "l.category_code", ""),
    "industry": (
        "industry",
        "NULLIF(cu.industry, '')",
        "\nLEFT JOIN partners_customer cu ON cu.tenant_id = %(tenant)s AND cu.id = l.customer_id",
    ),
    "customer_is_new": ("customer_is_new", _NEW, ""),
    "deal_is_registered": ("deal_is_registered", "(held.partner_id IS NOT NULL)", _HOLDER),
    "external_id": ("external_id", "l.external_id", ""),
    "subscription": ("subscription_begun_on", _BEGUN, ""),
    "invoiced": ("invoiced_on", "CASE WHEN l.invoiced_on < %(until)s THEN l.invoiced_on END", ""),
    "first_paid_on": ("first_paid_on", "paid.first_on", _PAID),
    "paid_part": ("paid_part", "paid.part", _PAID),
    "paid_of": ("paid_of", "paid.whole", _PAID),
    "holder": ("holder_id", "held.partner_id", _HOLDER),
    "partner": ("partner_code", _STANDING["partner_code"], ""),
    "partner_type": ("partner_type", _STANDING["partner_type"], ""),
    "region": ("region", _STANDING["region"], ""),
    "country": ("country", _STANDING["country"], ""),
    "tier": ("tier", _STANDING["tier"], ""),
    "segment": ("segments", "sp.segments", ""),
    "certificate": ("certificates", "sp.certificates", ""),
}


def credits_sql(facts: set[str], *, ordered: bool) -> str:
    """The credits with the facts that the plans in force ask for, and no other."""
    asked = [FACTS[name] for name in sorted(facts & FACTS.keys())]
    return CREDITS.format(
        credited=_CREDITED,
        order=MEASURING if ordered else "",
        fact_columns="".join(f",\n    {expression} AS {column}" for column, expression, _ in asked),
        fact_joins="".join(dict.fromkeys(join for _, _, join in asked)),
    )


# Linked refunds of the sales above, whenever they are dated; `place` is their measuring order within the sale.
REFUNDS = """
CREATE TEMP TABLE calc_refund ON COMMIT DROP AS
SELECT DISTINCT ON (r.id) c.line_id AS sale_id, c.occurred_on AS sold_on, c.line_amount_minor AS sale_amount_minor,
    r.id AS refund_id, r.occurred_on, r.amount_minor, r.first_recorded_at AS recorded_at, r.partner_id,
    dense_rank() OVER (PARTITION BY c.line_id ORDER BY r.occurred_on, r.source, r.external_id) AS place
FROM calc_credit c JOIN partners_saleline r ON r.tenant_id = %(tenant)s AND r.refunded_line_id = c.line_id
    AND r.kind = 'refund' AND r.currency = c.currency AND NOT r.voided AND r.occurred_on < %(until)s
WHERE c.direction = 1
"""

# Whether a refund changes its sale's own amount, per kind of window and policy of the plans in force.
FATES = """
CREATE TEMP TABLE calc_fate ON COMMIT DROP AS
SELECT f.window_kind, f.policy, r.sale_id, r.refund_id, r.amount_minor, r.sale_amount_minor,
    f.policy = 'recompute' OR (r.occurred_on < w.ends_on AND (w.closed_at IS NULL OR r.recorded_at < w.closed_at))
        AS merged
FROM jsonb_to_recordset(%(fates)s::jsonb) AS f(window_kind text, policy text)
CROSS JOIN calc_refund r JOIN calc_calendar w ON w.window_kind = f.window_kind AND w.day = r.sold_on
"""

KEPT = """
CREATE TEMP TABLE calc_kept ON COMMIT DROP AS
SELECT window_kind, policy, sale_id, sum(amount_minor) AS merged_minor,
    greatest(max(sale_amount_minor) - sum(amount_minor), 0) AS kept_num, greatest(max(sale_amount_minor), 1) AS kept_den
FROM calc_fate WHERE merged GROUP BY window_kind, policy, sale_id
"""

# The rate of the day, else the last one of the 7 days before; of one day's rows the one recorded last.
RATES = """
CREATE TEMP TABLE calc_rate ON COMMIT DROP AS
WITH asked AS (
    SELECT DISTINCT c.currency AS base, q.quote, c.occurred_on AS day
    FROM calc_credit c CROSS JOIN (SELECT DISTINCT currency AS quote FROM jsonb_to_recordset(%(pairs)s::jsonb)
        AS p(currency text)) q WHERE c.currency <> q.quote
    UNION
    SELECT DISTINCT p.currency, p.payout_currency, c.occurred_on
    FROM (SELECT DISTINCT occurred_on FROM calc_credit) c
    CROSS JOIN jsonb_to_recordset(%(pairs)s::jsonb) AS p(currency text, payout_currency text)
    WHERE p.currency <> p.payout_currency
)
SELECT a.base, a.quote, a.day, r.id AS rate_id, r.published_on, r.rate,
    r.rate * ('1e' || ((%(exponents)s::jsonb ->> a.quote)::int - (%(exponents)s::jsonb ->> a.base)::int))::numeric
        AS factor
FROM asked a CROSS JOIN LATERAL (
    SELECT * FROM prm_exchangerate e
    WHERE e.tenant_id = %(tenant)s AND e.base = a.base AND e.quote = a.quote
        AND e.published_on <= a.day AND e.published_on >= a.day - 7
    ORDER BY e.published_on DESC, e.id DESC LIMIT 1) r
"""

# What the compiled statements of plans write into.
RESULTS = """
CREATE TEMP TABLE calc_target (
    component_no int NOT NULL, credit_id int NOT NULL, line_id uuid NOT NULL, window_on date, partner_id uuid NOT NULL,
    depth smallint NOT NULL, occurred_on date NOT NULL, amount_minor bigint NOT NULL,
    payout_amount_minor bigint NOT NULL, basis_value numeric NOT NULL, rate numeric, unit_amount numeric, volume text,
    refunded_share numeric, measured boolean, reverses boolean, cut_limit text, cut_limit_minor bigint, cuts jsonb,
    cut_minor bigint, refund_share numeric, original_minor bigint, reversed_before_minor bigint, over_refunded boolean,
    full_minor bigint
) ON COMMIT DROP;
CREATE TEMP TABLE calc_merged (refund_id uuid NOT NULL, partner_id uuid NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE calc_decline (
    credit_id int NOT NULL, slot text NOT NULL, component_no int, reason text NOT NULL, facts jsonb NOT NULL
) ON COMMIT DROP
"""
