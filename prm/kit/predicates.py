"""The predicate tree of filters, segments and plans: {"all" | "any": [...]} of {"fact", "op", "value"}.

Promises: every fault is found with its pointer; a missing fact never satisfies eq, in or a comparison.
Called by: the rooms that register facts (plans, segments, saved views)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

Scalar = str | bool | Decimal
FactValue = Scalar | frozenset[str] | None
Report = Callable[[str, str, Mapping[str, object]], None]

MAX_DEPTH = 5
MAX_CONDITIONS = 100
MAX_VALUES = 1000
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")

MESSAGES = {
    "group_expected": 'A group is an object with "all" or "any" and a list of conditions.',
    "group_empty": "The group has no conditions.",
    "group_too_deep": "Groups are nested deeper than %(limit)s levels.",
    "too_many_conditions": "There are more than %(limit)s conditions.",
    "condition_expected": 'A condition is an object with "fact", "op" and "value".',
    "fact_unknown": "%(fact)s is not a known fact.",
    "op_unknown": "%(op)s cannot be used with %(fact)s.",
    "value_invalid": "The value does not suit %(fact)s.",
    "values_expected": "A list of 1 to %(limit)s values is expected.",
}


class FactType(StrEnum):
    TEXT = "text"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    # Several texts hold at once (segments of a partner): eq and in ask whether one of them is held.
    TEXTS = "texts"


EQUALITY = ("eq", "ne")
MEMBERSHIP = ("in", "not_in")
COMPARISON = ("gt", "gte", "lt", "lte")
OPS: dict[FactType, tuple[str, ...]] = {
    FactType.TEXT: EQUALITY + MEMBERSHIP,
    FactType.TEXTS: EQUALITY + MEMBERSHIP,
    FactType.BOOLEAN: EQUALITY,
    FactType.DECIMAL: EQUALITY + MEMBERSHIP + COMPARISON,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is a scalar, or a tuple of scalars for in and not_in."""

    fact: str
    op: str
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """`kind` is "all" or "any"; never empty."""

    kind: str
    members: tuple["Condition | Group", ...]


Predicate = Group


@dataclass(frozen=True, slots=True)
class Failure:
    """The condition that decided against, and what the fact really was."""

    condition: Condition
    actual: FactValue


class FactRegistry:
    """Fact name -> type. A room that brings facts registers them once at start."""

    def __init__(self, facts: Mapping[str, FactType] | None = None) -> None:
        self._types: dict[str, FactType] = dict(facts or {})

    def register(self, name: str, fact_type: FactType) -> None:
        if self._types.setdefault(name, fact_type) is not fact_type:
            raise ValueError(f"fact {name} is already registered as {self._types[name]}")

    def type_of(self, name: str) -> FactType | None:
        return self._types.get(name)

    def names(self) -> list[str]:
        return sorted(self._types)


class _Reader:
    def __init__(self, registry: FactRegistry, report: Report) -> None:
        self._registry = registry
        self._report = report
        self._conditions = 0

    def group(self, raw: object, pointer: str, depth: int = 1) -> Group | None:
        if depth > MAX_DEPTH:
            self._report(pointer, "group_too_deep", {"limit": MAX_DEPTH})
            return None
        if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in ("all", "any"):
            self._report(pointer, "group_expected", {})
            return None
        ((kind, members),) = raw.items()
        if not isinstance(members, list):
            self._report(f"{pointer}/{kind}", "group_expected", {})
            return None
        if not members:
            self._report(f"{pointer}/{kind}", "group_empty", {})
            return None
        read = [self._member(member, f"{pointer}/{kind}/{i}", depth) for i, member in enumerate(members)]
        return Group(kind, tuple(member for member in read if member is not None))

    def _member(self, raw: object, pointer: str, depth: int) -> Condition | Group | None:
        if isinstance(raw, dict) and ("all" in raw or "any" in raw):
            return self.group(raw, pointer, depth + 1)
        return self._condition(raw, pointer)

    def _condition(self, raw: object, pointer: str) -> Condition | None:
        self._conditions += 1
        if self._conditions == MAX_CONDITIONS + 1:
            self._report(pointer, "too_many_conditions", {"limit": MAX_CONDITIONS})
        if not isinstance(raw, dict) or set(raw) != {"fact", "op", "value"}:
            self._report(pointer, "condition_expected", {})
            return None
        fact, op = raw["fact"], raw["op"]
        fact_type = self._registry.type_of(fact) if isinstance(fact, str) else None
        if fact_type is None:
            self._report(f"{pointer}/fact", "fact_unknown", {"fact": str(fact)})
            return None
        if op not in OPS[fact_type]:
            self._report(f"{pointer}/op", "op_unknown", {"op": str(op), "fact": fact})
            return None
        return self._with_value(fact, op, fact_type, raw["value"], f"{pointer}/value")

    def _with_value(
        self, fact: str, op: str, fact_type: FactType, raw: object, pointer: str
    ) -> Condition | None:
        if op not in MEMBERSHIP:
            scalar = _scalar(raw, fact_type)
            if scalar is None:
                self._report(pointer, "value_invalid", {"fact": fact})
                return None
            return Condition(fact, op, scalar)
        if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_VALUES:
            self._report(pointer, "values_expected", {"limit": MAX_VALUES})
            return None
        values: list[Scalar] = []
        for place, item in enumerate(raw):
            scalar = _scalar(item, fact_type)
            if scalar is None:
                self._report(f"{pointer}/{place}", "value_invalid", {"fact": fact})
                return None
            values.append(scalar)
        return Condition(fact, op, tuple(values))


def _scalar(raw: object, fact_type: FactType) -> Scalar | None:
    if fact_type is FactType.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if not isinstance(raw, str) or not raw:
        return None
    if fact_type is FactType.DECIMAL:
        return Decimal(raw) if _DECIMAL.fullmatch(raw) else None
    return raw


def read_predicate(raw: object, pointer: str, registry: FactRegistry, report: Report) -> Group | None:
    """The tree, or None after `report(pointer, code, params)` was called for each fault."""
    faults = 0

    def count_and_report(at: str, code: str, params: Mapping[str, object]) -> None:
        nonlocal faults
        faults += 1
        report(at, code, params)

    group = _Reader(registry, count_and_report).group(raw, pointer)
    return None if faults else group


def predicate_as_json(predicate: Group) -> dict[str, Any]:
    """The tree as it is written in a document."""
    return {predicate.kind: [_member_as_json(member) for member in predicate.members]}


def _member_as_json(member: Condition | Group) -> dict[str, Any]:
    if isinstance(member, Group):
        return predicate_as_json(member)
    value: Any
    if isinstance(member.value, tuple):
        value = [_value_as_json(item) for item in member.value]
    else:
        value = _value_as_json(member.value)
    return {"fact": member.fact, "op": member.op, "value": value}


def _value_as_json(value: Scalar) -> str | bool:
    return f"{value:f}" if isinstance(value, Decimal) else value


def facts_of(predicate: Group | None) -> set[str]:
    """The names of the facts that the tree asks for."""
    if predicate is None:
        return set()
    names: set[str] = set()
    for member in predicate.members:
        names |= facts_of(member) if isinstance(member, Group) else {member.fact}
    return names


def first_failure(predicate: Group, fact: Callable[[str], FactValue]) -> Failure | None:
    """None if the tree holds; else the first condition that failed, in reading order.

    Where an "any" fails, all its conditions failed and the first one stands for them.
    """
    failures: list[Failure] = []
    for member in predicate.members:
        failure = (
            first_failure(member, fact) if isinstance(member, Group) else _check(member, fact(member.fact))
        )
        if failure is not None and predicate.kind == "all":
            return failure
        if failure is None and predicate.kind == "any":
            return None
        if failure is not None:
            failures.append(failure)
    return failures[0] if failures else None


def _check(condition: Condition, actual: FactValue) -> Failure | None:
    return None if _holds(condition, actual) else Failure(condition, actual)


def _holds(condition: Condition, actual: FactValue) -> bool:
    wanted: Sequence[Scalar] = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.op in COMPARISON:
        return isinstance(actual, Decimal) and _compares(condition.op, actual, wanted[0])
    held = (
        actual if isinstance(actual, frozenset) else frozenset() if actual is None else frozenset((actual,))
    )
    found = any(value in held for value in wanted)
    return found if condition.op in ("eq", "in") else not found


def _compares(op: str, actual: Decimal, wanted: Scalar) -> bool:
    assert isinstance(wanted, Decimal)
    match op:
        case "gt":
            return actual > wanted
        case "gte":
            return actual >= wanted
        case "lt":
            return actual < wanted
        case _:
            return actual <= wanted
