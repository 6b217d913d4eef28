"""What is measured of each credit, and its running sums in a window; shared by tiers, targets and bonuses (money.md 2
"Measures").

Promise: measures what `plans.windows.measuring` measures; called by sql_tiers and sql_bonus.

Sums are exact where no division enters them; fractions of split units or partly refunded splits are kept to 50 places,
so a sum that meets a bound exactly still meets it."""

from incentives.plans.document import MeasuredComponent
from incentives.plans.sql_gate import Gate
from incentives.plans.sql_where import condition_sql

_SNAPPED = "CASE WHEN scale({0}) > {1} THEN round({0}, {1}) ELSE {0} END"


def measured_sql(gate: Gate) -> str:
    """Whether a credit `c` is measured: measure_where alone decides if it is given; else where and the component's
    dates do."""
    component = gate.component
    assert isinstance(component, MeasuredComponent)
    alone = component.measure_where is not None
    tests = [
        "TRUE" if alone else gate.covers,
        condition_sql(component.measure_where, gate.bind) if alone else gate.where,
        f"(c.currency = {gate.currency} OR x.factor IS NOT NULL)",
        gate.has_cost_for(component.measure),
    ]
    return " AND ".join(test for test in tests if test != "TRUE")


def running_sql(stream: str, *, total: bool) -> str:
    """The rows of the stream with the volume `before` and `after` each, and where asked the window's `total`. A stream
    has partner_id, window_on, place and own."""
    sums = ", sum(own) OVER (PARTITION BY partner_id, window_on) AS exact_total" if total else ""
    after, before = _SNAPPED.format("sum", 50), _SNAPPED.format("after - own", 49)
    of_all = f", {_SNAPPED.format('exact_total', 50)} AS total" if total else ""
    return f"""SELECT *, {before} AS before FROM (SELECT *, {after} AS after{of_all} FROM (
            SELECT *, sum(own) OVER (PARTITION BY partner_id, window_on ORDER BY place ROWS UNBOUNDED PRECEDING) AS sum
                {sums}
            FROM {stream}) s) s"""


def goal_met(
    gate: Gate, component_id: str, partner: str = "c.partner_id", window: str = "w.starts_on"
) -> str:
    """Joins the goal `g` of a partner in a window."""
    return (
        f"g.version_id = {gate.version} AND g.component_id = {gate.bind(component_id)} "
        f"AND g.partner_id = {partner} AND g.window_on = {window}"
    )
