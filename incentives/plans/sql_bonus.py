"""`bonus` as SQL: the highest step that the whole volume of a window reaches (money.md 3 `bonus`, 5 S9).

Promise: pays what `plans.bonuses` pays, dated as the credit that first reached the step, and tells how far a window is
by the same fragments; called by incentives.plans.compiler. A row of calc_target with a window has no line; its credit
is the one that dates it."""

from datetime import date
from decimal import Decimal

from incentives.plans.document import BonusComponent, Measure
from incentives.plans.goals import UNIT_PLACES
from incentives.plans.sql_gate import Gate, Ratio, minor_units
from incentives.plans.sql_stream import goal_met, measured_sql, running_sql
from incentives.plans.statements import decimal_text, quotient
from prm.kit.binding import Statement

NO_LINE = "'00000000-0000-0000-0000-000000000000'::uuid"

# What is measured of each partner in each of the windows `last`, with its running sums.
_RUNNING = """stream AS (
    SELECT c.credit_id, c.credit_id AS place, c.partner_id, c.occurred_on, c.is_due, l.window_on, l.window_ends_on,
        {own} AS own, {to_payout} AS to_payout
    FROM last l JOIN calc_credit c ON c.partner_id = l.partner_id AND c.occurred_on >= l.window_on
        AND c.occurred_on < l.window_ends_on {rates} {kept}
    WHERE l.version_id = {version} AND c.earns AND {measured}
), running AS (
    {running}
)"""

_STEPS = """unnest({starts}::numeric[], {prorated}::boolean[], {amounts}::numeric[], {rates_paid}::numeric[])
        WITH ORDINALITY AS v(starts_at, is_prorated, amount, rate, step)"""

# Whose window it is says the window's last claimed credit: the one of the plan's versions that pays it.
_BONUS = """
INSERT INTO calc_target (component_no, credit_id, line_id, window_on, partner_id, depth, occurred_on, amount_minor,
    payout_amount_minor, basis_value, rate, volume, measured, reverses)
WITH last AS (
    SELECT DISTINCT ON (c.partner_id, w.starts_on) c.partner_id, w.starts_on AS window_on,
        w.ends_on AS window_ends_on, ch.version_id
    FROM calc_choice ch JOIN calc_credit c ON c.span_id = ch.span_id
        JOIN calc_calendar w ON w.window_kind = {window} AND w.day = c.occurred_on
    WHERE ch.plan_id = {plan} AND ch.version_id IS NOT NULL AND c.earns AND c.is_due
    ORDER BY c.partner_id, w.starts_on, c.credit_id DESC
), {measuring}, reached AS (
    SELECT DISTINCT ON (r.partner_id, r.window_on) r.*, v.step, v.rate, {threshold} AS threshold, {goal} AS goal,
        CASE WHEN v.rate IS NULL THEN v.amount ELSE round(round(v.rate * r.total, 20)) END::bigint AS amount_minor
    FROM running r {goals} CROSS JOIN {steps}
    WHERE {threshold} <= r.total AND r.after >= {threshold}
    ORDER BY r.partner_id, r.window_on, v.step DESC, r.place
)
SELECT {number}, credit_id, {no_line}, window_on, partner_id, 0, occurred_on, amount_minor,
    round(amount_minor * to_payout), total, rate, jsonb_build_object('window_starts_on', window_on,
        'window_ends_on', window_ends_on, 'measure', {measure}::text, 'total', {total_text}, 'step', step - 1,
        'threshold', {threshold_text}, 'goal', {goal_text})::text, TRUE, FALSE
FROM reached WHERE is_due AND to_payout IS NOT NULL
"""

# Of everybody whom the version pays on the day: the window that holds the day, the goal, what is measured in it so far,
# what the bonus pays for it, and where each step begins. Volumes in the measured unit.
_SO_FAR = """
WITH last AS (
    SELECT sp.partner_id, w.starts_on AS window_on, w.ends_on AS window_ends_on, ch.version_id
    FROM calc_choice ch JOIN calc_span sp ON sp.span_id = ch.span_id AND sp.starts_on <= {day} AND sp.ends_on > {day}
        JOIN calc_calendar w ON w.window_kind = {window} AND w.day = {day}
    WHERE ch.version_id = {version}
), {measuring}, reached AS (
    SELECT l.*, coalesce((SELECT max(r.total) FROM running r WHERE r.partner_id = l.partner_id), 0) AS total
    FROM last l
)
SELECT r.partner_id, r.window_on, r.window_ends_on, {goal} AS goal, r.total,
    (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM calc_target t
        JOIN calc_component k ON k.component_no = t.component_no AND k.plan_id = {plan} AND k.component_id = {component}
        WHERE t.partner_id = r.partner_id AND t.window_on = r.window_on),
    (SELECT array_agg({threshold} ORDER BY v.step) FROM {steps})
FROM reached r {goals}
"""


def pay_bonus(gate: Gate, number: int) -> Statement:
    """One row per partner and window that reaches a step."""
    component = gate.component
    assert isinstance(component, BonusComponent)
    join = "JOIN" if component.of_target else "LEFT JOIN"
    return gate.bind.statement(
        _BONUS,
        number=str(number),
        no_line=NO_LINE,
        measure=gate.bind(component.measure.value),
        total_text=decimal_text("total"),
        threshold_text=decimal_text("threshold"),
        goal_text=decimal_text("goal"),
        **_fragments(gate, component, join),
    )


def bonus_so_far(gate: Gate, day: date) -> Statement:
    """One row per partner whom the version pays on the day; a target without a goal leaves goal and steps empty."""
    component = gate.component
    assert isinstance(component, BonusComponent)
    return gate.bind.statement(
        _SO_FAR,
        day=gate.bind(day),
        component=gate.bind(component.id),
        **_fragments(gate, component, "LEFT JOIN"),
    )


def _fragments(gate: Gate, component: BonusComponent, join: str) -> dict[str, str]:
    threshold, met = _threshold(gate, component)
    return {
        "window": gate.bind(component.window.value),
        "plan": f"{gate.bind(gate.card.plan_id)}::uuid",
        "version": gate.version,
        "measuring": _measuring(gate, component),
        "threshold": threshold,
        "goals": f"{join} calc_goal g ON {met}" if met else "",
        "goal": "g.goal" if component.of_target else "NULL::numeric",
        "steps": _STEPS.format(
            starts=gate.bind(_starts(gate, component)),
            prorated=gate.bind([step.prorate for step in component.steps]),
            amounts=gate.bind([step.amount_minor for step in component.steps]),
            rates_paid=gate.bind([step.rate for step in component.steps]),
        ),
    }


def _measuring(gate: Gate, component: BonusComponent) -> str:
    own = _paid_part(gate, gate.value_of(component.measure))
    return _RUNNING.format(
        own=quotient(own.num, own.den),
        to_payout=gate.to_payout,
        rates=gate.rates,
        kept=gate.kept,
        version=gate.version,
        measured=measured_sql(gate),
        running=running_sql("stream", total=True),
    )


def _paid_part(gate: Gate, own: Ratio) -> Ratio:
    """Of a plan that waits for payments a bonus measures what is paid."""
    if not gate.waits_for_payment:
        return own
    den = "c.paid_of::numeric" if own.den is None else f"({own.den} * c.paid_of::numeric)"
    return Ratio(f"({own.num} * c.paid_part)", den)


def why_no_bonus_alone(gate: Gate) -> str:
    """A credit that is counted earns nothing of its own by it; without the target's goal it is not counted."""
    component = gate.component
    assert isinstance(component, BonusComponent)
    if not component.of_target:
        return "'counted_for_bonus'"
    met = goal_met(gate, component.of_target)
    return (
        "CASE WHEN EXISTS (SELECT FROM calc_goal g JOIN calc_calendar w "
        f"ON w.window_kind = {gate.bind(component.window.value)} AND w.day = c.occurred_on WHERE {met}) "
        "THEN 'counted_for_bonus' ELSE 'no_goal' END"
    )


def _starts(gate: Gate, component: BonusComponent) -> list[Decimal]:
    """In the measured unit, or as shares of the target's goal."""
    is_amount = not component.of_target and component.measure is not Measure.UNITS
    unit = minor_units(gate.document.currency) if is_amount else 1
    return [step.starts_at * unit for step in component.steps]


def _threshold(gate: Gate, component: BonusComponent) -> tuple[str, str]:
    """Where a step begins, and what joins the goal `g` that it asks for."""
    if component.of_target:
        met = goal_met(gate, component.of_target, "r.partner_id", "r.window_on")
        return "(v.starts_at * g.goal)", met
    if not component.prorates:
        return "v.starts_at", ""
    places = UNIT_PLACES if component.measure is Measure.UNITS else 0
    part = f"nullif(round(v.starts_at * g.days_left / g.days, {places}), 0)"
    met = goal_met(gate, component.id, "r.partner_id", "r.window_on")
    return f"(CASE WHEN v.is_prorated THEN {part} ELSE v.starts_at END)", met
