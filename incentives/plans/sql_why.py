"""Why a credit that passed the gate of a component earns its partner nothing (money.md 2 "Every run says").

Promise: the reasons of the reference, in its order; called by incentives.plans.compiler."""

from incentives.plans.document import (
    BonusComponent,
    OverrideComponent,
    RecurringComponent,
    RegisteredDealComponent,
    TargetComponent,
)
from incentives.plans.sql_bonus import why_no_bonus_alone
from incentives.plans.sql_flat import months_last
from incentives.plans.sql_gate import Gate
from incentives.plans.sql_override import why_not_the_partner
from incentives.plans.sql_stream import goal_met


def why_nothing(gate: Gate, number: int) -> str:
    """An expression over `c`, a row of calc_credit."""
    if isinstance(gate.component, OverrideComponent):
        return why_not_the_partner(number)
    if isinstance(gate.component, BonusComponent):
        return why_no_bonus_alone(gate)
    return f"CASE {' '.join([*_own_reasons(gate), _cut_away(number)])} ELSE 'zero_amount' END"


def _own_reasons(gate: Gate) -> list[str]:
    match gate.component:
        case RegisteredDealComponent():
            return ["WHEN c.holder_id IS DISTINCT FROM c.partner_id THEN 'not_registered'"]
        case RecurringComponent():
            return [
                "WHEN c.subscription_begun_on IS NULL THEN 'no_subscription'",
                f"WHEN NOT {months_last(gate, gate.component)} THEN 'outside_months'",
            ]
        case TargetComponent():
            window = gate.bind(gate.component.window.value)
            return [
                "WHEN NOT EXISTS (SELECT FROM calc_goal g JOIN calc_calendar w "
                f"ON w.window_kind = {window} AND w.day = c.occurred_on WHERE {goal_met(gate, gate.component.id)}) "
                "THEN 'no_goal'"
            ]
        case _:
            return []


def _cut_away(number: int) -> str:
    return (
        f"WHEN EXISTS (SELECT FROM calc_target t WHERE t.credit_id = c.credit_id AND t.component_no = {number} "
        "AND t.partner_id = c.partner_id AND t.original_minor IS NULL AND t.window_on IS NULL "
        "AND (t.cut_limit IS NOT NULL OR t.cuts IS NOT NULL)) THEN 'capped'"
    )
