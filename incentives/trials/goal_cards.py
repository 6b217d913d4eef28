"""A goal as its card shows it: what keeps it out, the bar with its ticks, the steps, what is missing, where it leads.

Promise: numbers of `standings` in words; called by trials.{portal,panels}."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from incentives.earnings.wording import actual_text, failed_condition
from incentives.plans.document import BonusComponent, BonusStep, Measure, Tier
from incentives.plans.eligibility import Barrier
from incentives.plans.predicates import UNTOLD_FACTS
from incentives.plans.queries import value_names
from incentives.plans.sentences import (
    Names,
    bonus_pay,
    bonus_start,
    bound_text,
    dates_texts,
    describe,
    unit_amount,
)
from incentives.terms.queries import OwnTerms, own_terms
from incentives.trials.rules import Step
from incentives.trials.standings import Goal, goals_of
from prm.kit.money import exponent_of
from prm.web import format as formats

BAR = 300


@dataclass(frozen=True)
class Fix:
    """What a partner can do about a condition, and the page where."""

    page: str
    words: str | Promise


COMPANY = Fix("portal-company", _("Check what is known of your company"))
FIXES = {
    "certificate": Fix("portal-learn", _("Go to the courses")),
    "tier": Fix("portal-tier", _("See how tiers are reached")),
    "partner_type": COMPANY,
    "region": COMPANY,
    "country": COMPANY,
}


def cards_of(partner_id: UUID, *, own: bool) -> list[dict[str, Any]]:
    """`own`: the partner itself reads them, and is told what it can do."""
    goals, names = goals_of(partner_id), value_names()
    if not goals:
        return []
    told = own_terms(partner_id, max(goal.standing.as_of for goal in goals))
    waiting = {one.version.id: one for one in told if one.money_waits}
    return [_card(goal, names, waiting.get(goal.standing.version_id), own=own) for goal in goals]


def _card(goal: Goal, names: Names, terms: OwnTerms | None, *, own: bool) -> dict[str, Any]:
    row, component, currency = goal.standing, goal.component, goal.document.currency
    said = describe(component, goal.document, names)

    def shown(volume: Decimal, *, about: bool = False) -> str:
        """`about`: an estimate has no parts of a unit."""
        if component.measure is not Measure.UNITS:
            volume = round(volume, exponent_of(currency))
        elif about:
            volume = round(volume, 0)
        return bound_text(volume, component.measure, currency)

    ahead, kept_out = goal.next_step, goal.is_kept_out
    return {
        "goal": goal,
        "row": row,
        "own": own,
        "title": said.title,
        "sentence": said.sentence,
        "conditions": said.conditions,
        "barriers": [_barrier(barrier, names, own=own) for barrier in row.barriers],
        "dates": [] if goal.in_dates else dates_texts(component),
        "terms": terms,
        "currency": currency,
        "volume": shown(row.volume),
        "target": None if row.goal is None else shown(row.goal),
        "attainment": None if not row.goal else formats.percent(round(row.volume / row.goal, 3)),
        "forecast": None if goal.forecast is None or kept_out else shown(goal.forecast, about=True),
        "missing": shown(ahead.missing) if ahead else "",
        "next_pays": _pays(ahead.pays, currency) if ahead else "",
        "steps": [_step(goal, step, shown(step.bound)) for step in goal.steps],
        "bar": _bar(goal),
        "last_day": row.window_ends_on - timedelta(days=1),
    }


def _barrier(barrier: Barrier, names: Names, *, own: bool) -> dict[str, Any]:
    """`actual` where one condition failed and may be told; `fixes` of what can be gained, each once."""
    told = [condition for condition in barrier if condition["fact"] not in UNTOLD_FACTS]
    gained = [condition["fact"] for condition in told if condition["op"] in ("eq", "in")]
    return {
        "condition": pgettext("joins conditions", " or ").join(
            failed_condition(condition, names) for condition in barrier
        ),
        "actual": actual_text(told[0], names) if told and len(barrier) == 1 else "",
        "fixes": list(dict.fromkeys(FIXES[fact] for fact in gained if fact in FIXES)) if own else [],
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
    ahead = row.volume if goal.is_kept_out else goal.forecast or row.volume
    ends = [row.volume, ahead, row.goal or Decimal(0), *(s.bound for s in goal.steps)]
    longest = max(ends) or Decimal(1)

    def at(volume: Decimal) -> int:
        return max(int(volume * BAR / longest), 0)

    return {
        "width": BAR,
        "done": at(row.volume),
        "ahead": at(ahead),
        "ticks": [at(step.bound) for step in goal.steps if step.bound > 0],
    }
