"""Rules of a plan that can never pay: conditions that exclude each other, dates outside the version, limits of nothing.

Promises: pure; each fault names the place to mend; what may hold for some sale is never refused. Called by:
plans.publishing."""

import operator
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from incentives.plans.document import (
    BonusComponent,
    Component,
    Limit,
    MeasuredComponent,
    PlanDocument,
    RegisteredDealComponent,
)
from incentives.plans.fields import PlanError
from incentives.plans.predicates import CREDIT_FACTS
from prm.kit.predicates import COMPARISON, Condition, FactType, Group, Scalar

Member = Condition | Group
COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
PROTECTED = Condition("deal_is_registered", "eq", True)
MOST_ATTEMPTS = 2_000  # a tree that takes longer is given the benefit of the doubt


def unreachable(document: PlanDocument, starts_on: date, ends_on: date | None) -> Iterator[PlanError]:
    """What of the document no sale of the version's days can ever meet."""
    for place, component in enumerate(document.components):
        pointer = f"/components/{place}"
        yield from _dates(component, pointer, starts_on, ends_on)
        for name, group in wheres_of(component):
            given = (PROTECTED,) if isinstance(component, RegisteredDealComponent) else ()
            for at in contradictions(group, f"{pointer}/{name}", given):
                yield PlanError(at, "condition_contradicts")
        yield from _limit_of_nothing(component.cap, f"{pointer}/cap")
    for place, cap in enumerate(document.caps):
        if not (cap.amount_minor or cap.rate):
            name = "amount" if cap.rate is None else "rate"
            yield PlanError(f"/caps/{place}/{name}", "limit_of_nothing")


def wheres_of(component: Component) -> list[tuple[str, Group]]:
    """The component's own conditions by the name of their field; a bonus by attainment has the target's."""
    if isinstance(component, BonusComponent) and component.of_target:
        return []
    measured = component.measure_where if isinstance(component, MeasuredComponent) else None
    found = [("where", component.where), ("measure_where", measured)]
    return [(name, group) for name, group in found if group is not None]


def conditions_at(group: Group, pointer: str) -> Iterator[tuple[str, Condition]]:
    """Every condition of the tree with its pointer, in reading order."""
    for place, member in enumerate(group.members):
        at = f"{pointer}/{group.kind}/{place}"
        if isinstance(member, Group):
            yield from conditions_at(member, at)
        else:
            yield at, member


def contradictions(group: Group, pointer: str, given: Sequence[Member] = ()) -> list[str]:
    """Where the tree, with what is `given` anyway, cannot hold: the first member that leaves nothing, inner ones before
    outer ones."""
    inner = [
        at
        for place, member in enumerate(group.members)
        if isinstance(member, Group)
        for at in contradictions(member, f"{pointer}/{group.kind}/{place}")
    ]
    if inner:
        return inner
    if _can_hold([*given, group]):
        return []
    return [pointer if group.kind == "any" else f"{pointer}/all/{_last_straw(group, given)}"]


def _last_straw(group: Group, given: Sequence[Member]) -> int:
    """The place of the first member that leaves nothing, after those before it."""
    last = len(group.members) - 1
    tries = (place for place in range(last) if not _can_hold([*given, *group.members[: place + 1]]))
    return next(tries, last)


def _dates(component: Component, pointer: str, starts_on: date, ends_on: date | None) -> Iterator[PlanError]:
    if isinstance(component, BonusComponent) and component.of_target:
        return
    if component.ends_on is not None and component.ends_on <= starts_on:
        yield PlanError(f"{pointer}/to", "ends_before_version", {"day": starts_on})
    if component.starts_on is not None and ends_on is not None and component.starts_on >= ends_on:
        yield PlanError(f"{pointer}/from", "starts_after_version", {"day": ends_on})


def _limit_of_nothing(limit: Limit, pointer: str) -> Iterator[PlanError]:
    for name, amount in (("sale", limit.sale_minor), ("window", limit.window_minor)):
        if amount == 0:
            yield PlanError(f"{pointer}/{name}", "limit_of_nothing")


def _can_hold(members: Sequence[Member]) -> bool:
    """Whether some sale meets all of them."""
    return _Search().finds(list(members), {})


class _Search:
    """Tries the branches of the groups, plain conditions first."""

    def __init__(self) -> None:
        self._attempts = 0

    def finds(self, waiting: list[Member], met: dict[str, list[Condition]]) -> bool:
        self._attempts += 1
        if self._attempts > MOST_ATTEMPTS:
            return True
        met, groups = {fact: list(known) for fact, known in met.items()}, []
        while waiting:
            member = waiting.pop()
            if isinstance(member, Condition):
                met.setdefault(member.fact, []).append(member)
            elif member.kind == "all":
                waiting.extend(member.members)
            else:
                groups.append(member)
        if not all(_possible(fact, conditions) for fact, conditions in met.items()):
            return False
        if not groups:
            return True
        chosen, *others = groups
        return any(self.finds([branch, *others], met) for branch in chosen.members)


def _possible(fact: str, conditions: Sequence[Condition]) -> bool:
    """Whether one fact can meet them all. A fact that is not known meets `ne` and `not_in`."""
    fact_type = CREDIT_FACTS.type_of(fact)
    wanted = [_values(each) for each in conditions if each.op in ("eq", "in")]
    unwanted = {value for each in conditions if each.op in ("ne", "not_in") for value in _values(each)}
    bounds = [(each.op, _values(each).pop()) for each in conditions if each.op in COMPARISON]
    if fact_type is FactType.TEXTS:  # several hold at once
        return all(values - unwanted for values in wanted)
    if fact_type is FactType.BOOLEAN:
        wanted.append({True, False})
    if wanted:
        left = set.intersection(*wanted) - unwanted
        return any(all(COMPARES[op](value, bound) for op, bound in bounds) for value in left)
    return _meets(bounds, unwanted)


def _values(condition: Condition) -> set[Scalar]:
    return set(condition.value) if isinstance(condition.value, tuple) else {condition.value}


def _meets(bounds: Sequence[tuple[str, Any]], unwanted: set[Scalar]) -> bool:
    """Whether anything lies between the bounds."""
    least = [(bound, op == "gt") for op, bound in bounds if op in ("gt", "gte")]
    most = [(bound, op == "lt") for op, bound in bounds if op in ("lt", "lte")]
    if not least or not most:
        return True
    low, high = max(bound for bound, _open in least), min(bound for bound, _open in most)
    is_open = (low, True) in least or (high, True) in most
    if low == high:
        return not is_open and low not in unwanted
    return bool(low < high)
