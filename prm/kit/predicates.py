"""The predicate tree of filters, segments and plans: {"all" | "any": [...]} of {"fact", "op", "value"}.

A fact that is measured takes its terms in "with": {"fact": "sales_volume", "with": {"over": "12m"}, ...}.
Promises: every fault is found with its pointer; a missing fact never satisfies eq, in or a comparison.
Called by: the rooms that register facts (plans, segments, saved views)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

Scalar = str | bool | Decimal | date
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
    "terms_expected": '%(fact)s needs "with": an object with %(terms)s.',
    "term_invalid": "%(term)s of %(fact)s does not suit.",
    "fact_unknown": "%(fact)s is not a known fact.",
    "op_unknown": "%(op)s cannot be used with %(fact)s.",
    "value_invalid": "The value does not suit %(fact)s.",
    "values_expected": "A list of 1 to %(limit)s values is expected.",
}


class FactType(StrEnum):
    TEXT = "text"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    DAY = "day"
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
    FactType.DAY: EQUALITY + COMPARISON,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is a scalar, or a tuple of scalars for in and not_in; `terms` say how the fact is measured, by name."""

    fact: str
    op: str
    value: Scalar | tuple[Scalar, ...]
    terms: tuple[tuple[str, str], ...] = ()


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


Suits = Callable[[str], bool]


class FactRegistry:
    """Fact name -> type, and the terms it is measured by. A room that brings facts registers them once at start."""

    def __init__(self, facts: Mapping[str, FactType] | None = None) -> None:
        self._types: dict[str, FactType] = dict(facts or {})
        self._terms: dict[str, Mapping[str, Suits]] = {}

    def register(self, name: str, fact_type: FactType, terms: Mapping[str, Suits] | None = None) -> None:
        """`terms`: name -> whether a text suits it; a condition must then give each of them."""
        if self._types.setdefault(name, fact_type) is not fact_type:
            raise ValueError(f"fact {name} is already registered as {self._types[name]}")
        self._terms[name] = dict(terms or {})

    def type_of(self, name: str) -> FactType | None:
        return self._types.get(name)

    def terms_of(self, name: str) -> Mapping[str, Suits]:
        return self._terms.get(name, {})

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
        if not isinstance(raw, dict) or set(raw) - {"with"} != {"fact", "op", "value"}:
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
        terms = self._terms(fact, raw.get("with", {}), f"{pointer}/with")
        value = self._value(fact, op, fact_type, raw["value"], f"{pointer}/value")
        return None if terms is None or value is None else Condition(fact, op, value, terms)

    def _terms(self, fact: str, raw: object, pointer: str) -> tuple[tuple[str, str], ...] | None:
        wanted = self._registry.terms_of(fact)
        if not isinstance(raw, dict) or set(raw) != set(wanted):
            self._report(pointer, "terms_expected", {"fact": fact, "terms": ", ".join(wanted)})
            return None
        for name, suits in wanted.items():
            if not isinstance(raw[name], str) or not suits(raw[name]):
                self._report(f"{pointer}/{name}", "term_invalid", {"fact": fact, "term": name})
                return None
        return tuple((name, raw[name]) for name in wanted)

    def _value(
        self, fact: str, op: str, fact_type: FactType, raw: object, pointer: str
    ) -> Scalar | tuple[Scalar, ...] | None:
        if op not in MEMBERSHIP:
            scalar = _scalar(raw, fact_type)
            if scalar is None:
                self._report(pointer, "value_invalid", {"fact": fact})
                return None
            return scalar
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
        return tuple(values)


def _scalar(raw: object, fact_type: FactType) -> Scalar | None:
    if fact_type is FactType.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if not isinstance(raw, str) or not raw:
        return None
    if fact_type is FactType.DECIMAL:
        return Decimal(raw) if _DECIMAL.fullmatch(raw) else None
    return _day(raw) if fact_type is FactType.DAY else raw


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw) if len(raw) == len("2026-01-31") else None
    except ValueError:
        return None


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
    terms = {"with": dict(member.terms)} if member.terms else {}
    return {"fact": member.fact, **terms, "op": member.op, "value": value}


def _value_as_json(value: Scalar) -> str | bool:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def conditions_of(group: Group) -> list[Condition]:
    """Every condition of the tree, in reading order."""
    found: list[Condition] = []
    for member in group.members:
        found += conditions_of(member) if isinstance(member, Group) else [member]
    return found


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
        return _compares(condition.op, actual, wanted[0])
    held = (
        actual if isinstance(actual, frozenset) else frozenset() if actual is None else frozenset((actual,))
    )
    found = any(value in held for value in wanted)
    return found if condition.op in ("eq", "in") else not found


def _compares(op: str, actual: FactValue, wanted: Scalar) -> bool:
    if isinstance(wanted, Decimal):
        return isinstance(actual, Decimal) and _ordered(op, actual, wanted)
    assert isinstance(wanted, date)
    return isinstance(actual, date) and _ordered(op, actual, wanted)


def _ordered(op: str, actual: Any, wanted: Any) -> bool:
    match op:
        case "gt":
            return bool(actual > wanted)
        case "gte":
            return bool(actual >= wanted)
        case "lt":
            return bool(actual < wanted)
        case _:
            return bool(actual <= wanted)
