"""A plan version document as JSON (money.md 3).

Promise: parse(json of a document) gives the same document; called by plans, their pages and tests."""

import json
from collections.abc import Callable
from typing import Any

from incentives.plans.document import (
    BonusComponent,
    BonusStep,
    Component,
    ComponentType,
    Measure,
    MeasuredComponent,
    OverrideComponent,
    PerUnitComponent,
    PlanCap,
    PlanDocument,
    RateComponent,
    RecurringComponent,
    RegisteredDealComponent,
    Step,
    TargetComponent,
    Tier,
    TiersComponent,
    VolumeComponent,
    plain_decimal,
)
from prm.kit.money import format_plain
from prm.kit.predicates import predicate_as_json


def document_as_json(document: PlanDocument) -> dict[str, Any]:
    """The document as it is written, every default spelt out."""
    caps = [_cap_as_json(cap, document.currency) for cap in document.caps]
    return {
        "currency": document.currency,
        "payout_currency": document.payout_currency,
        "period": document.period.value,
        "hold_days": document.hold_days,
        "minimum_payout": format_plain(document.minimum_payout_minor, document.payout_currency),
        "earning_event": document.earning_event.value,
        "refund_policy": document.refund_policy.value,
        "components": [_component_as_json(component, document.currency) for component in document.components],
    } | ({"caps": caps} if caps else {})


def canonical_json(document: PlanDocument) -> str:
    """One text for one meaning: keys sorted, defaults spelt out, decimals without needless zeros."""
    return json.dumps(document_as_json(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _component_as_json(component: Component, currency: str) -> dict[str, Any]:
    written: dict[str, Any] = {"id": component.id, "type": component.type.value}
    if component.title:
        written["title"] = component.title
    of_target = isinstance(component, BonusComponent) and component.of_target
    if component.where is not None and not of_target:
        written["where"] = predicate_as_json(component.where)
    for name, limit in (("cap", component.cap), ("floor", component.floor)):
        limits = {"sale": limit.sale_minor, "window": limit.window_minor}
        told = {per: format_plain(minor, currency) for per, minor in limits.items() if minor is not None}
        if told:
            written[name] = told
    for name, day in (("from", component.starts_on), ("to", component.ends_on)):
        if day is not None and not of_target:
            written[name] = day.isoformat()
    return written | _own_fields(component, currency)


def _cap_as_json(cap: PlanCap, currency: str) -> dict[str, str]:
    written = {"per": cap.per.value, "over": cap.over.value}
    if cap.rate is not None:
        return written | {"rate": plain_decimal(cap.rate)}
    return written | {"amount": format_plain(cap.amount_minor or 0, currency)}


def _own_fields(component: Component, currency: str) -> dict[str, Any]:
    if isinstance(component, BonusComponent):
        return _bonus_fields(component, currency)
    writer = _WRITERS.get(component.type)
    if writer is None:
        raise TypeError(f"{component.type} has no written form")
    return writer(component)


def _rate_fields(component: RateComponent) -> dict[str, Any]:
    own = {"rate": plain_decimal(component.rate), "basis": component.rate_of.value}
    if component.rate_of is Measure.MARGIN:
        own["negative"] = component.negative.value
    return own


def _unit_fields(component: PerUnitComponent) -> dict[str, Any]:
    return {"amount": plain_decimal(component.amount)}


def _tiers_fields(component: TiersComponent) -> dict[str, Any]:
    rows = [_tier_as_json(tier) for tier in component.tiers]
    return _volume_fields(component) | {"scope": component.scope.value, "tiers": rows}


def _target_fields(component: TargetComponent) -> dict[str, Any]:
    goal = {} if component.goal is None else {"goal": plain_decimal(component.goal)}
    return _volume_fields(component) | goal | {"steps": [_step_as_json(step) for step in component.steps]}


def _bonus_fields(component: BonusComponent, currency: str) -> dict[str, Any]:
    """What is the target's is written with the target alone."""
    measured = {} if component.of_target else _measured_fields(component)
    return measured | {"steps": [_bonus_step_as_json(component, step, currency) for step in component.steps]}


def _bonus_step_as_json(component: BonusComponent, step: BonusStep, currency: str) -> dict[str, Any]:
    written: dict[str, Any] = {
        "from_attainment" if component.of_target else "goal": plain_decimal(step.starts_at)
    }
    if step.rate is not None:
        written["rate"] = plain_decimal(step.rate)
    else:
        written["amount"] = format_plain(step.amount_minor or 0, currency)
    return written | ({"prorate": True} if step.prorate else {})


def _override_fields(component: OverrideComponent) -> dict[str, Any]:
    levels = [{"up": level.up, "rate": plain_decimal(level.rate)} for level in component.levels]
    return {"levels": levels, "basis": component.override_of.value}


def _registered_fields(component: RegisteredDealComponent) -> dict[str, Any]:
    return {"rate": plain_decimal(component.rate)}


def _recurring_fields(component: RecurringComponent) -> dict[str, Any]:
    return {"rate": plain_decimal(component.rate), "months": component.months}


_WRITERS: dict[ComponentType, Callable[[Any], dict[str, Any]]] = {
    ComponentType.RATE: _rate_fields,
    ComponentType.PER_UNIT: _unit_fields,
    ComponentType.TIERS: _tiers_fields,
    ComponentType.TARGET: _target_fields,
    ComponentType.OVERRIDE: _override_fields,
    ComponentType.REGISTERED_DEAL: _registered_fields,
    ComponentType.RECURRING: _recurring_fields,
}


def _volume_fields(component: VolumeComponent) -> dict[str, Any]:
    return {"mode": component.mode.value} | _measured_fields(component)


def _measured_fields(component: MeasuredComponent) -> dict[str, Any]:
    own: dict[str, Any] = {"measure": component.measure.value, "window": component.window.value}
    if component.measure_where is not None:
        own["measure_where"] = predicate_as_json(component.measure_where)
    if component.measure is Measure.MARGIN:
        own["negative"] = component.negative.value
    return own


def _tier_as_json(tier: Tier) -> dict[str, str]:
    paid = {"rate": tier.rate} if tier.rate is not None else {"amount": tier.amount}
    return {"from": plain_decimal(tier.starts_at)} | {
        name: plain_decimal(value) for name, value in paid.items() if value is not None
    }


def _step_as_json(step: Step) -> dict[str, str]:
    pays = {"rate": step.rate} if step.multiplier is None else {"multiplier": step.multiplier}
    return {"from_attainment": plain_decimal(step.from_attainment)} | {
        name: plain_decimal(value) for name, value in pays.items()
    }
