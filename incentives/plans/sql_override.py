"""`override` as SQL: what those above the credited partner get (money.md 3 `override`, 5 S2).

Promise: pays after the partner's own components, whose targets a commission is read from; called by
incentives.plans.compiler. Alias a: calc_above, who stood so many steps above a partner on which days."""

from incentives.plans.document import Measure, OverrideComponent
from incentives.plans.sql_gate import Gate

_SOURCE = """
    SELECT {number} AS component_no, c.credit_id, c.line_id, a.above_id AS partner_id, a.up AS depth, c.occurred_on,
        c.direction, {basis} AS basis_num, 1 AS basis_den, {basis} * v.rate AS num, 1 AS den, v.rate AS rate,
        NULL::numeric AS unit_amount, NULL::text AS volume, NULL::numeric AS refunded_share, TRUE AS measured,
        {reverses} AS reverses, {to_payout} AS to_payout
    FROM calc_choice ch JOIN calc_credit c ON c.span_id = ch.span_id
        JOIN calc_above a ON a.partner_id = c.partner_id AND c.occurred_on >= a.starts_on AND c.occurred_on < a.ends_on
        JOIN unnest({ups}::int[], {rates_paid}::numeric[]) AS v(up, rate) ON v.up = a.up
        {rates} {commission}
    WHERE ch.version_id = {version} AND c.earns AND c.is_due AND {passes} {stands}
"""

_CAME_BACK_WHOLE = """c.line_id IN (
        SELECT sale_id FROM calc_refund GROUP BY sale_id HAVING sum(amount_minor) >= max(sale_amount_minor))"""

# What the version pays the partner itself for the credit: as it was for the sale, or as it stands with volume in it.
_COMMISSION = """CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(k.window_kind IS NOT NULL), FALSE) AS by_volume,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.original_minor IS NULL), 0) AS original,
                coalesce(sum(t.amount_minor), 0) AS net
            FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no AND k.version_id = ch.version_id
            WHERE t.credit_id = c.credit_id AND t.partner_id = c.partner_id) w"""


def override_source(gate: Gate, number: int) -> str:
    """One row per credit and level that has somebody, with its exact amount."""
    component = gate.component
    assert isinstance(component, OverrideComponent)
    of_commission = component.basis is Measure.COMMISSION
    basis = "(CASE WHEN w.by_volume THEN w.net ELSE w.original END)"
    return _SOURCE.format(
        number=number,
        basis=basis if of_commission else gate.value_of(Measure.REVENUE).num,
        reverses="NOT w.by_volume" if of_commission else "TRUE",
        commission=_COMMISSION if of_commission else "",
        stands=f"AND NOT (w.by_volume AND {_CAME_BACK_WHOLE})" if of_commission else "",
        ups=gate.bind([level.up for level in component.levels]),
        rates_paid=gate.bind([level.rate for level in component.levels]),
        to_payout=gate.to_payout,
        rates=gate.rates,
        version=gate.version,
        passes=gate.passes,
    )


def why_not_the_partner(number: int) -> str:
    """An override that passed pays others than the credited partner, or nobody."""
    paid = (
        f"SELECT FROM calc_target t WHERE t.credit_id = c.credit_id AND t.component_no = {number} "
        "AND t.window_on IS NULL"
    )
    return (
        f"CASE WHEN EXISTS ({paid} AND t.amount_minor <> 0) THEN 'paid_above' "
        f"WHEN EXISTS ({paid}) THEN 'zero_amount' WHEN {_CAME_BACK_WHOLE} THEN 'refunded' ELSE 'nobody_above' END"
    )
