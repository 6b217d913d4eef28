"""`bonus` as SQL: the highest step that the whole volume of a window reaches (money.md 3 `bonus`, 5 S9).

Promise: pays what `plans.bonuses` pays, dated as the credit that first reached the step; called by
incentives.plans.compiler. A row of calc_target with a window has no line; its credit is the one that dates it."""

from decimal import Decimal

from incentives.plans.document import BonusComponent, Measure
from incentives.plans.goals import UNIT_PLACES
from incentives.plans.sql_gate import Gate, Ratio, minor_units
from incentives.plans.sql_stream import goal_met, measured_sql, running_sql
from incentives.plans.statements import decimal_text, quotient
from prm.kit.binding import Statement

NO_LINE = "'00000000-0000-0000-0000-000000000000'::uuid"

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
    ORDER BY c.partner_id, w.starts_on, c.place DESC
), stream AS (
    SELECT c.credit_id, c.partner_id, c.occurred_on, c.is_due, c.place, l.window_on, l.window_ends_on, {own} AS own,
        {to_payout} AS to_payout
    FROM last l JOIN calc_credit c ON c.partner_id = l.partner_id AND c.occurred_on >= l.window_on
        AND c.occurred_on < l.window_ends_on {rates} {kept}
    WHERE l.version_id = {version} AND c.earns AND {measured}
), running AS (
    {running}
), reached AS (
    SELECT DISTINCT ON (r.partner_id, r.window_on) r.*, v.step, v.rate, {threshold} AS threshold, {goal} AS goal,
        CASE WHEN v.rate IS NULL THEN v.amount ELSE round(round(v.rate * r.total, 20)) END::bigint AS amount_minor
    FROM running r {goals} CROSS JOIN unnest({starts}::numeric[], {prorated}::boolean[], {amounts}::numeric[],
        {rates_paid}::numeric[]) WITH ORDINALITY AS v(starts_at, is_prorated, amount, rate, step)
    WHERE {threshold} <= r.total AND r.after >= {threshold}
    ORDER BY r.partner_id, r.window_on, v.step DESC, r.place
)
SELECT {number}, credit_id, {no_line}, window_on, partner_id, 0, occurred_on, amount_minor,
    round(amount_minor * to_payout), total, rate, jsonb_build_object('window_starts_on', window_on,
        'window_ends_on', window_ends_on, 'measure', {measure}::text, 'total', {total_text}, 'step', step - 1,
        'threshold', {threshold_text}, 'goal', {goal_text}), TRUE, FALSE
FROM reached WHERE is_due AND to_payout IS NOT NULL
"""


def pay_bonus(gate: Gate, number: int) -> Statement:
    """One row per partner and window that reaches a step."""
    component = gate.component
    assert isinstance(component, BonusComponent)
    own = _paid_part(gate, gate.value_of(component.measure))
    threshold, goals = _threshold(gate, component)
    return gate.bind.statement(
        _BONUS,
        number=str(number),
        no_line=NO_LINE,
        window=gate.bind(component.window.value),
        plan=f"{gate.bind(gate.card.plan_id)}::uuid",
        version=gate.version,
        own=quotient(own.num, own.den),
        to_payout=gate.to_payout,
        rates=gate.rates,
        kept=gate.kept,
        measured=measured_sql(gate),
        running=running_sql("stream", total=True),
        threshold=threshold,
        goals=goals,
        goal="g.goal" if component.of_target else "NULL::numeric",
        starts=gate.bind(_starts(gate, component)),
        prorated=gate.bind([step.prorate for step in component.steps]),
        amounts=gate.bind([step.amount_minor for step in component.steps]),
        rates_paid=gate.bind([step.rate for step in component.steps]),
        measure=gate.bind(component.measure.value),
        total_text=decimal_text("total"),
        threshold_text=decimal_text("threshold"),
        goal_text=decimal_text("goal"),
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
    """Where a step begins, and the join that knows it."""
    if component.of_target:
        met = goal_met(gate, component.of_target, "r.partner_id", "r.window_on")
        return "(v.starts_at * g.goal)", f"JOIN calc_goal g ON {met}"
    if not component.prorates:
        return "v.starts_at", ""
    places = UNIT_PLACES if component.measure is Measure.UNITS else 0
    part = f"nullif(round(v.starts_at * g.days_left / g.days, {places}), 0)"
    met = goal_met(gate, component.id, "r.partner_id", "r.window_on")
    return f"(CASE WHEN v.is_prorated THEN {part} ELSE v.starts_at END)", f"LEFT JOIN calc_goal g ON {met}"
