"""Caps per window of components and caps of whole plans, over the targets of a shard (money.md 2 "Order of cuts").

Promise: cuts what `plans.caps` cuts, in its order; called by earnings.calculation, for kinds that a version has.

An amount is the growth of min(total so far, cap): the total runs over all versions of a plan, the cap is that of the
version which pays the amount. Parameters: none; the columns of calc_component hold the caps."""

from incentives.plans.document import CapOver, CapSpan

# What is cut first comes last: the highest above, then amounts of windows, the latest credit, the last component, the
# higher code (of an amount of a window: its beneficiary's).
_ORDER = (
    "CASE WHEN t.depth > 0 THEN 2 WHEN t.window_on IS NOT NULL THEN 1 ELSE 0 END, t.depth, c.occurred_on, c.source, "
    'c.external_id, k.place, k.component_id COLLATE "C", CASE WHEN t.window_on IS NULL THEN c.partner_code '
    "ELSE (SELECT m.code FROM calc_member m WHERE m.partner_id = t.partner_id) END, t.partner_id"
)

_CUT = """
WITH grown AS (
    SELECT t.ctid AS place, {cap} AS cap, {sign} AS sign, t.amount_minor,
        CASE WHEN k.currency = k.payout_currency THEN 1 ELSE y.factor END AS to_payout,
        sum({sign} * t.amount_minor) OVER (PARTITION BY {groups} ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS total
    FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
        JOIN calc_credit c ON c.credit_id = t.credit_id
        LEFT JOIN calc_rate y ON y.base = k.currency AND y.quote = k.payout_currency AND y.day = c.occurred_on
        {joins}
    WHERE t.original_minor IS NULL AND {of_whom}
), cut AS (
    SELECT place, cap, amount_minor, to_payout,
        sign * (least(total, cap) - least(total - sign * amount_minor, cap)) AS kept_minor
    FROM grown WHERE cap IS NOT NULL
)
UPDATE calc_target t SET amount_minor = cut.kept_minor, payout_amount_minor = round(cut.kept_minor * cut.to_payout),
    cuts = coalesce(t.cuts, '[]') || jsonb_build_array(jsonb_build_object('limit', '{limit}'::text,
        'limit_minor', cut.cap, 'amount_minor', cut.amount_minor - cut.kept_minor))
FROM cut WHERE t.ctid = cut.place AND cut.kept_minor <> cut.amount_minor
"""
_WINDOW = "JOIN calc_calendar w ON w.window_kind = {0} AND w.day = c.occurred_on"

# A rate is of the revenue of the credits behind the amounts, each once, before refunds; in plan currency.
_REVENUE = """LEFT JOIN (
            SELECT {groups}, greatest(sum(revenue), 0) AS revenue FROM (
                SELECT DISTINCT {named}, t.credit_id, {sign} * c.base_minor
                    * CASE WHEN c.currency = k.currency THEN 1 ELSE x.factor END{paid} AS revenue
                FROM calc_target t JOIN calc_component k ON k.component_no = t.component_no
                    JOIN calc_credit c ON c.credit_id = t.credit_id {joins}
                    LEFT JOIN calc_rate x ON x.base = c.currency AND x.quote = k.currency AND x.day = c.occurred_on
                WHERE t.original_minor IS NULL AND t.window_on IS NULL) d
            GROUP BY {groups}) r ON {meets}"""


OWN, ABOVE, OF_WINDOWS = "t.depth = 0", "t.depth > 0", "t.window_on IS NOT NULL"


def window_caps(of_whom: str) -> str:
    """Each component's cap per window and beneficiary: of own amounts, of overrides, or of amounts of windows."""
    return _CUT.format(
        cap="k.cap_window_minor",
        sign="1",
        groups="k.plan_id, k.component_id, t.partner_id, w.window_kind, w.starts_on",
        order=_ORDER,
        joins=_WINDOW.format("k.limit_window"),
        of_whom=of_whom,
        limit="window_cap",
    )


# So far as it is paid, where the plan waits for that.
_PAID = (
    " * CASE WHEN k.earning_event = 'payment' THEN round(round(c.paid_part, 40) / c.paid_of, 30) ELSE 1 END"
)


def plan_caps(per: CapSpan, over: CapOver, limit: str, *, asks_payment: bool) -> str:
    """One kind of cap of whole plans. `asks_payment`: the credits know what of them is paid."""
    column = f"cap_{per.value}_{over.value}"
    sign = "c.direction" if per is CapSpan.SALE else "1"
    named = {"plan_id": "k.plan_id"}
    if over is CapOver.BENEFICIARY:
        named["partner_id"] = "t.partner_id"
    if per is CapSpan.SALE:
        named["sale"] = "t.credit_id"
    joins = ""
    if per is CapSpan.WINDOW:
        named |= {"window_kind": "w.window_kind", "window_on": "w.starts_on"}
        joins = _WINDOW.format("k.period")
    revenue = _REVENUE.format(
        groups=", ".join(named),
        named=", ".join(f"{expression} AS {name}" for name, expression in named.items()),
        sign=sign,
        joins=joins,
        paid=_PAID if asks_payment else "",
        meets=" AND ".join(f"r.{name} = {expression}" for name, expression in named.items()),
    )
    return _CUT.format(
        cap=f"coalesce(k.{column}_minor, round(round(k.{column}_rate * coalesce(r.revenue, 0), 20))::bigint)",
        sign=sign,
        groups=", ".join(named.values()),
        order=_ORDER,
        joins=f"{joins} {revenue}",
        of_whom="t.window_on IS NULL" if per is CapSpan.SALE else "TRUE",
        limit=limit,
    )
