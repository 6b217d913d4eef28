"""From the stored inputs of an amount of a whole window, a bonus or a top-up, to its ordered explanation.

Promise: as earnings.explanation, which hands these entries over; pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from incentives.earnings.entry_facts import (
    WITHDRAWN,
    EntryFacts,
    Explanation,
    Percent,
    Step,
    TierRow,
    Told,
    Value,
)
from incentives.earnings.explanation_steps import (
    cap_steps,
    difference_steps,
    measured_value,
    payout_steps,
    rounded_step,
    withdrawn_steps,
)
from incentives.earnings.unrounded import Exact
from incentives.plans.document import (
    BonusComponent,
    BonusStep,
    Component,
    EarningEvent,
    Measure,
    PlanDocument,
)
from prm.kit.money import Money, exponent_of


def explain_window(facts: EntryFacts, document: PlanDocument, component: Component) -> Explanation:
    if facts.cause == WITHDRAWN:
        return Explanation(_sentence(facts, document), withdrawn_steps(facts), [])
    own = _bonus_steps(facts, document) if facts.is_bonus else _top_up_steps(facts, document)
    steps = [
        *own,
        *cap_steps(facts, document),
        *difference_steps(facts),
        *payout_steps(facts),
        Step("held_from_month_end" if facts.is_bonus else "dated_as_last_sale"),
        Step("free_on", {"day": facts.free_on}),
    ]
    table = _table(facts, document, component) if isinstance(component, BonusComponent) else []
    return Explanation(_sentence(facts, document), steps, table)


def _sentence(facts: EntryFacts, document: PlanDocument) -> Step:
    told: dict[str, Told] = {
        "amount": facts.payout,
        "plan": facts.plan_name,
        "version": facts.version_number,
        "day": facts.free_on,
        **_window(facts),
    }
    if facts.cause == WITHDRAWN:
        return Step("sentence_withdrawn_window", told)
    if not facts.is_bonus:
        least = Money(int(facts.inputs["floor_minor"]), document.currency)
        return Step("sentence_top_up", {**told, "limit": least})
    return Step("sentence_bonus", {**told, "total": _value(facts, "total", document)})


def _window(facts: EntryFacts) -> dict[str, Told]:
    return {
        "from": date.fromisoformat(str(facts.inputs["window_starts_on"])),
        "to": date.fromisoformat(str(facts.inputs["window_ends_on"])),
    }


def _bonus_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    total = _value(facts, "total", document)
    measured = Step("bonus_measured", _window(facts), total)
    if document.earning_event is EarningEvent.PAYMENT:
        measured = Step("bonus_measured_paid", _window(facts), total)
    steps = [measured]
    if facts.inputs.get("goal") is not None:
        share = Decimal(str(facts.inputs["total"])) / Decimal(str(facts.inputs["goal"]))
        steps.append(Step("bonus_goal", {"reached": Percent(share)}, _value(facts, "goal", document)))
    steps.append(Step("bonus_step", {}, _value(facts, "threshold", document)))
    return [*steps, *_bonus_pay(facts, document)]


def _bonus_pay(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    """The amount of the step, or a rate of all that was measured, rounded once."""
    before_caps = facts.target.amount_minor + sum(int(cut["amount_minor"]) for cut in facts.cuts)
    amount = Money(before_caps, document.currency)
    if facts.inputs.get("rate") is None:
        return [Step("bonus_amount", {}, amount)]
    rate = Decimal(str(facts.inputs["rate"]))
    exact = Exact(Fraction(str(facts.inputs["total"])) * Fraction(rate), document.currency)
    basis = _value(facts, "total", document)
    return [
        Step("pays_rate", {"rate": Percent(rate), "basis": basis}, exact),
        rounded_step("rounded", exact, amount),
    ]


def _top_up_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    earned = Money(int(facts.inputs["earned_minor"]), document.currency)
    least = Money(int(facts.inputs["floor_minor"]), document.currency)
    return [
        Step("top_up_earned", _window(facts), earned),
        Step("top_up_floor", {}, least),
        Step("top_up", {}, least - earned),
    ]


def _value(facts: EntryFacts, name: str, document: PlanDocument) -> Value:
    return measured_value(facts.inputs, facts.inputs[name], document)


def _table(facts: EntryFacts, document: PlanDocument, component: BonusComponent) -> list[TierRow]:
    bounds = [_start(facts.inputs, component, step, document) for step in component.steps]
    return [
        TierRow(
            starts_at=bounds[place],
            ends_at=bounds[place + 1] if place + 1 < len(bounds) else None,
            pays=Percent(step.rate)
            if step.rate is not None
            else Money(step.amount_minor or 0, document.currency),
            matched=place == facts.inputs.get("step"),
        )
        for place, step in enumerate(component.steps)
    ]


def _start(
    inputs: Mapping[str, Any], component: BonusComponent, step: BonusStep, document: PlanDocument
) -> Value:
    """As written, or that share of the partner's goal; where a goal is prorated its whole is shown."""
    if component.of_target:
        return measured_value(inputs, step.starts_at * Decimal(str(inputs["goal"])), document)
    unit = 1 if component.measure is Measure.UNITS else 10 ** exponent_of(document.currency)
    return measured_value(inputs, step.starts_at * unit, document)
