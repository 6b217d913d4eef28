"""A goal as its card shows it: the bar with its ticks, the steps, what is missing, where it leads.

Promise: numbers of `standings` in words; called by trials.{portal,panels}."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from incentives.plans.document import BonusComponent, BonusStep, Measure, Tier
from incentives.plans.sentences import Names, bonus_pay, bonus_start, bound_text, describe, unit_amount
from incentives.trials.rules import Step
from incentives.trials.standings import Goal
from prm.kit.money import exponent_of
from prm.web import format as formats

BAR = 300


def cards_of(goals: Iterable[Goal], names: Names) -> list[dict[str, Any]]:
    return [_card(goal, names) for goal in goals]


def _card(goal: Goal, names: Names) -> dict[str, Any]:
    row, component, currency = goal.standing, goal.component, goal.document.currency
    said = describe(component, goal.document, names)

    def shown(volume: Decimal) -> str:
        kept = volume if component.measure is Measure.UNITS else round(volume, exponent_of(currency))
        return bound_text(kept, component.measure, currency)

    ahead = goal.next_step
    return {
        "goal": goal,
        "row": row,
        "title": said.title,
        "sentence": said.sentence,
        "conditions": said.conditions,
        "currency": currency,
        "volume": shown(row.volume),
        "target": None if row.goal is None else shown(row.goal),
        "attainment": None if not row.goal else formats.percent(round(row.volume / row.goal, 3)),
        "forecast": None if goal.forecast is None else shown(goal.forecast),
        "missing": shown(ahead.missing) if ahead else "",
        "next_pays": _pays(ahead.pays, currency) if ahead else "",
        "steps": [_step(goal, step, shown(step.bound)) for step in goal.steps],
        "bar": _bar(goal),
        "last_day": row.window_ends_on - timedelta(days=1),
    }


def _step(goal: Goal, step: Step, bound: str) -> dict[str, Any]:
    """`share`: the part of the goal at which it begins; `part_of`: the whole of which `bound` is the partner's part."""
    component, currency, as_written = goal.component, goal.document.currency, ""
    if isinstance(component, BonusComponent) and isinstance(step.pays, BonusStep):
        as_written = bonus_start(component, step.pays, currency)
    return {
        "bound": bound,
        "share": as_written if goal.standing.goal is not None else "",
        "part_of": as_written if step.is_prorated and as_written != bound else "",
        "pays": _pays(step.pays, currency),
        "reached": step.is_reached,
    }


def _pays(row: Tier | BonusStep, currency: str) -> str:
    if isinstance(row, BonusStep):
        return bonus_pay(row, currency)
    if row.rate is not None:
        return formats.percent(row.rate)
    return unit_amount(row.amount or Decimal(0), currency)


def _bar(goal: Goal) -> dict[str, Any]:
    """Widths on a scale that holds the last bound, the volume and the forecast."""
    row = goal.standing
    ends = [row.volume, goal.forecast or Decimal(0), row.goal or Decimal(0), *(s.bound for s in goal.steps)]
    longest = max(ends) or Decimal(1)

    def at(volume: Decimal) -> int:
        return max(int(volume * BAR / longest), 0)

    return {
        "width": BAR,
        "done": at(row.volume),
        "ahead": at(goal.forecast or row.volume),
        "ticks": [at(step.bound) for step in goal.steps if step.bound > 0],
    }
