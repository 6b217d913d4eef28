"""Entries of a shard: targets minus what is posted, with the typed inputs of their explanation.

Promise: posts what `plans.differences` says, with the inputs of `plans.targets`; called by earnings.calculation.

Parameters: tenant, run, period_on, due_from, at, and the components as JSON."""

from incentives.plans.sql_bonus import NO_LINE
from incentives.plans.statements import decimal_text
from prm.kit.ids import sql_id_of_block

COMPONENTS = """
CREATE TEMP TABLE calc_component ON COMMIT DROP AS
SELECT * FROM jsonb_to_recordset(%(components)s::jsonb) AS k(component_no int, version_id uuid, plan_id uuid, slot text,
    component_id text, component_type text, version_number int, basis text, currency text, payout_currency text,
    hold_days int, window_kind text, policy text, place int, limit_window text, period text, cap_window_minor bigint,
    cap_sale_beneficiary_minor bigint, cap_sale_beneficiary_rate numeric, cap_sale_all_minor bigint,
    cap_sale_all_rate numeric, cap_window_beneficiary_minor bigint, cap_window_beneficiary_rate numeric,
    cap_window_all_minor bigint, cap_window_all_rate numeric, cap_life_beneficiary_minor bigint,
    cap_life_beneficiary_rate numeric, cap_life_all_minor bigint, cap_life_all_rate numeric, goal_unit numeric,
    goal numeric, goal_places int, earning_event text, floor_window_minor bigint)
"""

# Linked refunds that are not merged into their sale: reversal n = round(original x cumulative refunded share) - already
# reversed; the payout amounts follow what is left, so both total exactly when everything is refunded.
# Own amounts first, then overrides.
_REVERSALS = """
INSERT INTO calc_target (component_no, credit_id, line_id, partner_id, depth, occurred_on, amount_minor,
    payout_amount_minor, basis_value, rate, unit_amount, volume, refunded_share, measured, cut_limit, cut_limit_minor,
    cut_minor, cuts, refund_share, original_minor, reversed_before_minor, over_refunded, full_minor)
WITH step AS (
    SELECT t.*, r.refund_id, r.occurred_on AS refunded_on, r.place,
        CASE WHEN k.currency = k.payout_currency THEN 1 ELSE y.factor END AS to_payout,
        greatest(r.sale_amount_minor - coalesce(m.merged_minor, 0), 0)::numeric AS whole_minor,
        sum(r.amount_minor) OVER (PARTITION BY t.component_no, t.credit_id, t.depth
            ORDER BY r.place ROWS UNBOUNDED PRECEDING) AS refunded_minor
    FROM calc_refund r JOIN calc_credit c ON c.line_id = r.sale_id
    JOIN calc_target t ON t.credit_id = c.credit_id AND t.amount_minor <> 0 AND t.reverses AND {of_whom}
    JOIN calc_component k ON k.component_no = t.component_no
    LEFT JOIN calc_kept m ON m.sale_id = r.sale_id AND m.window_kind = k.window_kind AND m.policy = k.policy
    LEFT JOIN calc_fate f ON f.refund_id = r.refund_id AND f.window_kind = k.window_kind AND f.policy = k.policy
    LEFT JOIN calc_rate y ON y.base = k.currency AND y.quote = k.payout_currency AND y.day = c.occurred_on
    WHERE f.merged IS NOT TRUE
), reversed AS (
    SELECT *, CASE WHEN refunded_minor >= whole_minor THEN amount_minor ELSE sign(amount_minor) * div(
        2 * abs(amount_minor::numeric) * refunded_minor + whole_minor, 2 * whole_minor) END::bigint AS total_minor
    FROM step
), left_over AS (
    SELECT *, lag(total_minor, 1, 0) OVER w AS before_minor,
        round((amount_minor - total_minor) * to_payout)::bigint AS payout_left
    FROM reversed WINDOW w AS (PARTITION BY component_no, credit_id, depth ORDER BY place)
)
SELECT component_no, credit_id, refund_id, partner_id, depth, refunded_on, before_minor - total_minor, payout_left
        - lag(payout_left, 1, payout_amount_minor) OVER (PARTITION BY component_no, credit_id, depth ORDER BY place),
    basis_value, rate, unit_amount, volume, refunded_share, measured, cut_limit, cut_limit_minor, cut_minor,
    cuts, CASE WHEN refunded_minor >= whole_minor THEN 1 ELSE round(refunded_minor / whole_minor, 20) END,
    amount_minor, before_minor, refunded_minor > whole_minor, full_minor
FROM left_over
"""
FORGET_REVERSALS = "DELETE FROM calc_target WHERE original_minor IS NOT NULL"
OWN_REVERSALS = _REVERSALS.format(of_whom="t.depth = 0")
OVERRIDE_REVERSALS = _REVERSALS.format(of_whom="t.depth > 0")

# What is posted per key in periods up to the one that is calculated; the newest entry only helps to name the cause.
# Before a first calculation nothing is, so the entries of its other shards are not looked through; runs of a trial have
# no row.
POSTED = f"""
CREATE TEMP TABLE calc_posted ON COMMIT DROP AS
SELECT e.plan_id, e.component_id, coalesce(e.line_id, {NO_LINE}) AS line_id, e.window_on, e.credited_partner_id,
    e.partner_id, e.depth, e.belongs_on, sum(e.amount_minor)::bigint AS amount_minor,
    sum(e.payout_amount_minor)::bigint AS payout_amount_minor,
    (array_agg(e.id ORDER BY e.id DESC))[1] AS newest_id
FROM incentives_entry e JOIN calc_member m ON m.partner_id = e.partner_id
WHERE e.tenant_id = %(tenant)s AND e.period_on >= %(due_from)s AND e.period_on <= %(period_on)s
    AND e.belongs_on >= %(due_from)s
    AND (%(is_trial)s OR EXISTS (SELECT FROM incentives_calculationrun r
        WHERE r.tenant_id = %(tenant)s AND r.id <> %(run)s
            AND r.period_on >= %(due_from)s AND r.period_on <= %(period_on)s))
GROUP BY e.plan_id, e.component_id, e.line_id, e.window_on, e.credited_partner_id, e.partner_id, e.depth, e.belongs_on
"""

# As text, which Postgres makes JSON of in half the time that it takes to build it. Nothing in it needs escaping: codes
# of this house, numbers, dates and ids; what is NULL is left out.
_RATE_USE = """'{{"rate_id":"' || {0}.rate_id || '","base":"' || {0}.base || '","quote":"' || {0}.quote
            || '","published_on":"' || {0}.published_on || '","rate":"' || {1} || '"}}'"""

_INPUTS = """('{{"component_type":"' || j.component_type || '","version_number":' || j.version_number
        || ',"base_minor":' || j.base_minor || ',"base_currency":"' || j.base_currency
        || coalesce('","cost_minor":' || j.cost_minor || ',"share":"', '","share":"')
        || CASE WHEN j.weight = j.weight_total THEN '1","quantity":"' || {whole_quantity}
            ELSE {share} || '","quantity":"' || {quantity} END
        || '","basis":"' || j.basis || '","basis_value":"' || {basis_value} || '","refunded_share":"'
        || CASE WHEN j.refunded_share IS NULL THEN '0"' ELSE {refunded_share} || '"' END
        || coalesce(',"rate":"' || {rate} || '"', '') || coalesce(',"unit_amount":"' || {unit_amount} || '"', '')
        || coalesce(',"volume":' || j.volume, '') || coalesce(',"exchange":' || {exchange}, '')
        || coalesce(',"payout_exchange":' || {payout_exchange}, '')
        || coalesce(',"cuts":' || (CASE WHEN j.cut_limit IS NULL THEN j.cuts
            ELSE jsonb_build_array(jsonb_build_object('limit', j.cut_limit, 'limit_minor', j.cut_limit_minor,
                'amount_minor', j.cut_minor)) || coalesce(j.cuts, '[]') END)::text, '')
        || coalesce(',"paid":' || j.paid::text, '')
        || CASE WHEN j.original_minor IS NULL THEN CASE WHEN NOT j.measured THEN ',"notes":["not_measured"]' ELSE '' END
            ELSE ',"refund":{{"sale_line_id":"' || j.sale_line_id || '","cumulative_share":"' || {refund_share}
                || '","original_minor":' || j.original_minor || ',"reversed_before_minor":' || j.reversed_before_minor
                || CASE WHEN j.volume IS NOT NULL AND j.over_refunded
                        THEN '}},"notes":["window_closed","over_refunded"]'
                    WHEN j.volume IS NOT NULL THEN '}},"notes":["window_closed"]'
                    WHEN j.over_refunded THEN '}},"notes":["over_refunded"]' ELSE '}}' END END || '}}')::jsonb"""

# Of an amount of a whole window; what is its own stands in `volume`.
_WINDOW_INPUTS = """jsonb_strip_nulls(jsonb_build_object('component_type', j.component_type,
            'version_number', j.version_number, 'rate', {rate}, 'payout_exchange', ({payout_exchange})::jsonb,
            'cuts', j.cuts) || j.volume::jsonb)"""

# Ids begin as one of the server's does: its clock alone says which entry of a target came last, whoever calculated it.
_ENTRIES = """
INSERT INTO incentives_entry (id, tenant_id, run_id, period_on, belongs_on, plan_id, version_id, component_id, line_id,
    window_on, credited_partner_id, partner_id, depth, occurred_on, amount_minor, currency, payout_amount_minor,
    payout_currency, free_on, cause, inputs, recorded_at)
WITH block AS MATERIALIZED (
    SELECT uuidv7()::text AS id
), wanted AS (
    SELECT k.plan_id, k.component_id, k.version_id, k.component_type, k.version_number, k.basis, k.currency,
        k.payout_currency, k.hold_days, {earned_on} AS earned_on, c.base_minor, c.currency AS base_currency,
        c.cost_minor, c.weight, c.weight_total, c.quantity, c.line_id AS sale_line_id, c.occurred_on AS sold_on,
        {paid} AS paid, CASE WHEN t.window_on IS NULL THEN c.partner_id ELSE t.partner_id END AS credited_partner_id,
        date_trunc('month', c.occurred_on)::date AS belongs_on, coalesce(t.window_on, '-infinity') AS of_window, t.*
    FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
        JOIN calc_credit c ON c.credit_id = t.credit_id
    WHERE t.amount_minor <> 0
), different AS (
    SELECT w.*, coalesce(w.plan_id, p.plan_id) AS of_plan_id,
        coalesce(w.component_id, p.component_id) AS of_component_id, coalesce(w.line_id, p.line_id) AS of_line_id,
        coalesce(w.window_on, p.window_on) AS of_window_on,
        coalesce(w.credited_partner_id, p.credited_partner_id) AS of_credited_id,
        coalesce(w.partner_id, p.partner_id) AS of_partner_id, coalesce(w.depth, p.depth) AS of_depth,
        coalesce(w.belongs_on, p.belongs_on) AS of_month,
        coalesce(w.amount_minor, 0) - coalesce(p.amount_minor, 0) AS minor,
        coalesce(w.payout_amount_minor, 0) - coalesce(p.payout_amount_minor, 0) AS payout_minor, p.newest_id
    FROM wanted w {posted}
    WHERE coalesce(w.amount_minor, 0) <> coalesce(p.amount_minor, 0)
        OR coalesce(w.payout_amount_minor, 0) <> coalesce(p.payout_amount_minor, 0)
), explained AS (
    SELECT j.*, CASE WHEN j.window_on IS NULL THEN {inputs} ELSE {window_inputs} END AS inputs
    FROM different j {rates}
    OFFSET 0
)
SELECT {id}, %(tenant)s, %(run)s, %(period_on)s,
    d.of_month, d.of_plan_id, coalesce(d.version_id, e.version_id), d.of_component_id, nullif(d.of_line_id, {no_line}),
    d.of_window_on, d.of_credited_id, d.of_partner_id, d.of_depth, coalesce(d.occurred_on, e.occurred_on), d.minor,
    coalesce(d.currency, e.currency), d.payout_minor, coalesce(d.payout_currency, e.payout_currency),
    coalesce(d.earned_on + d.hold_days, e.free_on), {cause},
    CASE WHEN d.component_no IS NULL THEN e.inputs ELSE d.inputs END, %(at)s
FROM explained d {newest} CROSS JOIN block
"""

# Before a first calculation nothing is posted, and most tenants sell and pay in one currency: what has no rows is not
# joined, so that the planner need not find out for each entry.
_POSTED = """FULL JOIN calc_posted p ON p.line_id = w.line_id AND p.partner_id = w.partner_id
        AND p.credited_partner_id = w.credited_partner_id AND p.depth = w.depth AND p.component_id = w.component_id
        AND p.plan_id = w.plan_id AND p.belongs_on = w.belongs_on
        AND coalesce(p.window_on, '-infinity') = w.of_window"""
_NEWEST = "LEFT JOIN incentives_entry e ON e.tenant_id = %(tenant)s AND e.id = d.newest_id"
_RATES = """LEFT JOIN calc_rate x ON x.base = j.base_currency AND x.quote = j.currency AND x.day = j.sold_on
    LEFT JOIN calc_rate y ON y.base = j.currency AND y.quote = j.payout_currency AND y.day = j.sold_on"""


def _differ(*names: str) -> str:
    return " OR ".join(f"d.inputs -> '{name}' IS DISTINCT FROM e.inputs -> '{name}'" for name in names)


_CAUSE = f"""CASE WHEN d.component_no IS NULL THEN 'withdrawn'
        WHEN d.original_minor IS NOT NULL THEN 'refund'
        WHEN d.newest_id IS NULL AND d.of_window_on IS NOT NULL
            THEN CASE d.inputs ->> 'component_type' WHEN 'bonus' THEN 'bonus' ELSE 'top_up' END
        WHEN d.newest_id IS NULL THEN CASE WHEN d.of_month >= %(period_on)s THEN 'sale'
            WHEN d.full_minor IS NOT NULL THEN 'payment' ELSE 'late_sale' END
        WHEN e.version_id <> d.version_id THEN 'plan_changed'
        WHEN {_differ("base_minor", "base_currency", "cost_minor", "quantity", "share")} THEN 'amended'
        WHEN {_differ("refunded_share", "refund")} THEN 'refund'
        WHEN {_differ("paid")} THEN 'payment'
        WHEN {_differ("exchange", "payout_exchange")} THEN 'rate_changed'
        WHEN {_differ("volume", "total")} THEN 'volume_changed'
        WHEN {_differ("basis_value")} THEN 'commission_changed' ELSE 'recalculated' END"""

_PAID = """CASE WHEN t.full_minor IS NOT NULL THEN jsonb_build_object('part', c.paid_part, 'of', c.paid_of,
            'whole_minor', t.full_minor) END"""
_WRITTEN = {
    "share": decimal_text("round(j.weight, 20) / j.weight_total"),
    "whole_quantity": decimal_text("j.quantity"),
    "quantity": decimal_text("round(j.quantity * j.weight, 30) / j.weight_total"),
    "basis_value": decimal_text("j.basis_value"),
    "rate": decimal_text("j.rate"),
    "unit_amount": decimal_text("j.unit_amount"),
    "exchange": _RATE_USE.format("x", decimal_text("x.rate")),
    "payout_exchange": _RATE_USE.format("y", decimal_text("y.rate")),
    "refunded_share": decimal_text("j.refunded_share"),
    "refund_share": decimal_text("j.refund_share"),
}


_WINDOW_WRITTEN = _WINDOW_INPUTS.format(
    rate=decimal_text("j.rate"), payout_exchange=_RATE_USE.format("y", decimal_text("y.rate"))
)


def entries_sql(*, asks_invoice: bool, asks_payment: bool, has_posted: bool, has_rates: bool) -> str:
    """Holds run from the plan's earning event, those of a bonus from the end of its month; `asks_invoice`,
    `asks_payment`: the credits know when they were invoiced, and what of them is paid; `has_posted`, `has_rates`:
    whether calc_posted and calc_rate have rows."""
    event = "c.occurred_on"
    if asks_invoice:
        event = "CASE WHEN k.earning_event = 'invoice' AND c.direction > 0 THEN c.invoiced_on ELSE c.occurred_on END"
    if asks_payment:
        event = f"CASE WHEN k.earning_event = 'payment' THEN c.first_paid_on ELSE {event} END"
    month_end = "(date_trunc('month', c.occurred_on) + interval '1 month')::date"
    return _ENTRIES.format(
        id=sql_id_of_block("block.id", "row_number() OVER ()"),
        earned_on=f"CASE WHEN k.component_type = 'bonus' THEN {month_end} ELSE {event} END",
        paid=_PAID if asks_payment else "NULL::jsonb",
        posted=_POSTED if has_posted else "LEFT JOIN calc_posted p ON FALSE",
        newest=_NEWEST if has_posted else "LEFT JOIN incentives_entry e ON FALSE",
        rates=_RATES if has_rates else "LEFT JOIN calc_rate x ON FALSE LEFT JOIN calc_rate y ON FALSE",
        inputs=_INPUTS.format(**_WRITTEN),
        window_inputs=_WINDOW_WRITTEN,
        cause=_CAUSE,
        no_line=NO_LINE,
    )
