"""What keeps out whatever a partner sells, because of what the partner itself is (money.md 3 "Conditions of where").

Promise: says nothing of conditions that the next sale may meet; called by incentives.trials."""

from collections.abc import Mapping, Sequence
from datetime import date

from incentives.plans.document import BonusComponent, MeasuredComponent, VolumeComponent
from incentives.plans.predicates import Told, told_failure
from prm.kit.predicates import Condition, FactValue, Group, first_failure

PARTNER_FACTS = ("partner", "partner_type", "region", "country", "tier", "segment", "certificate")

Barrier = Sequence[Told]
"""Conditions that fail, of which one has to be met."""


def barriers_of(component: MeasuredComponent, facts: Mapping[str, FactValue]) -> list[Barrier]:
    """What keeps sales of a partner with these facts out of the component, in reading order: from being paid, else from
    being measured."""
    if _pays_what_it_measures(component):
        return _barriers(component.measure_where, facts)
    paid = _barriers(component.where, facts)
    measures_others = isinstance(component, VolumeComponent) and component.of_group
    return paid if paid or measures_others else _barriers(component.measure_where, facts)


def pays_on(component: MeasuredComponent, day: date) -> bool:
    """Whether sales of the day lie in the component's own dates, as far as it asks for them."""
    return _pays_what_it_measures(component) or component.covers(day)


def _pays_what_it_measures(component: MeasuredComponent) -> bool:
    """Whether measure_where alone decides on all of it."""
    return isinstance(component, BonusComponent) and component.measure_where is not None


def _barriers(member: Condition | Group | None, facts: Mapping[str, FactValue]) -> list[Barrier]:
    """Every condition of an "all" that fails; of an "any" that fails, what each of its members fails by first."""
    if member is None:
        return []
    if isinstance(member, Condition):
        return _failed(member, facts)
    found = [_barriers(inner, facts) for inner in member.members]
    if member.kind == "all":
        return [barrier for barriers in found for barrier in barriers]
    if not found or not all(found):
        return []
    return [[told for barriers in found for told in barriers[0]]]


def _failed(condition: Condition, facts: Mapping[str, FactValue]) -> list[Barrier]:
    if condition.fact not in PARTNER_FACTS:
        return []
    failure = first_failure(Group("all", (condition,)), facts.get)
    return [] if failure is None else [[told_failure(failure)]]
