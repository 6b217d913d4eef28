"""The least that components pay in a window, as top-ups without a line (money.md 4 "Bonus and window top-up").

Promise: tops up what `plans.floors` tops up; called by earnings.calculation where a version in force has such a floor.

Parameters: until. Reads the targets after the caps of components, and what refunds take back of them."""

from incentives.plans.sql_bonus import NO_LINE

TOP_UPS = f"""
INSERT INTO calc_target (component_no, credit_id, line_id, window_on, partner_id, depth, occurred_on, amount_minor,
    payout_amount_minor, basis_value, volume, measured, reverses)
WITH behind AS (
    SELECT t.component_no, t.credit_id, t.partner_id, t.amount_minor, t.original_minor IS NULL AS of_sale, k.plan_id,
        k.component_id, w.starts_on AS window_on, w.ends_on AS window_ends_on, c.occurred_on, c.source, c.external_id,
        c.partner_code
    FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
        JOIN calc_credit c ON c.credit_id = t.credit_id
        JOIN calc_calendar w ON w.window_kind = k.limit_window AND w.day = c.occurred_on AND w.ends_on <= %(until)s
        LEFT JOIN calc_fate f ON f.refund_id = t.line_id AND f.window_kind = k.limit_window AND f.policy = k.policy
    WHERE t.window_on IS NULL AND (t.original_minor IS NULL OR f.merged)
), last AS (
    SELECT DISTINCT ON (plan_id, component_id, partner_id, window_on) * FROM behind WHERE of_sale
    ORDER BY plan_id, component_id, partner_id, window_on, occurred_on DESC, source DESC, external_id DESC,
        partner_code DESC
), earned AS (
    SELECT plan_id, component_id, partner_id, window_on, sum(amount_minor)::bigint AS minor FROM behind
    GROUP BY plan_id, component_id, partner_id, window_on
)
SELECT l.component_no, l.credit_id, {NO_LINE}, l.window_on, l.partner_id, 0, l.occurred_on,
    k.floor_window_minor - e.minor, round((k.floor_window_minor - e.minor)
        * CASE WHEN k.currency = k.payout_currency THEN 1 ELSE y.factor END), e.minor,
    jsonb_build_object('window_starts_on', l.window_on, 'window_ends_on', l.window_ends_on, 'earned_minor', e.minor,
        'floor_minor', k.floor_window_minor)::text, TRUE, FALSE
FROM last l JOIN earned e USING (plan_id, component_id, partner_id, window_on)
    JOIN calc_component k ON k.component_no = l.component_no
    LEFT JOIN calc_rate y ON y.base = k.currency AND y.quote = k.payout_currency AND y.day = l.occurred_on
WHERE e.minor > 0 AND e.minor < k.floor_window_minor
"""
