"""The predicate tree: reading, faults at their place, evaluation with the first failed condition."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from prm.kit.predicates import (
    Condition,
    FactRegistry,
    FactType,
    FactValue,
    Group,
    facts_of,
    first_failure,
    predicate_as_json,
    read_predicate,
)

REGISTRY = FactRegistry(
    {
        "region": FactType.TEXT,
        "segment": FactType.TEXTS,
        "is_new": FactType.BOOLEAN,
        "volume": FactType.DECIMAL,
    }
)


def read(raw: object) -> tuple[Group | None, list[tuple[str, str]]]:
    faults: list[tuple[str, str]] = []

    def report(pointer: str, code: str, params: Mapping[str, object]) -> None:
        faults.append((pointer, code))

    return read_predicate(raw, "/where", REGISTRY, report), faults


def leaf(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


def test_reads_and_writes_back() -> None:
    raw = {
        "all": [
            leaf("region", "eq", "DE"),
            {"any": [leaf("volume", "gte", "10.5"), leaf("is_new", "eq", True)]},
        ]
    }
    group, faults = read(raw)
    assert faults == []
    assert group is not None
    assert predicate_as_json(group) == raw
    assert facts_of(group) == {"region", "volume", "is_new"}


@pytest.mark.parametrize(
    ("raw", "pointer", "code"),
    [
        ([], "/where", "group_expected"),
        ({"none": []}, "/where", "group_expected"),
        ({"all": [], "any": []}, "/where", "group_expected"),
        ({"all": {}}, "/where/all", "group_expected"),
        ({"all": []}, "/where/all", "group_empty"),
        ({"all": [leaf("colour", "eq", "red")]}, "/where/all/0/fact", "fact_unknown"),
        ({"all": [leaf("region", "gt", "a")]}, "/where/all/0/op", "op_unknown"),
        ({"all": [leaf("is_new", "in", [True])]}, "/where/all/0/op", "op_unknown"),
        ({"all": [leaf("is_new", "eq", "yes")]}, "/where/all/0/value", "value_invalid"),
        ({"all": [leaf("volume", "gt", 10)]}, "/where/all/0/value", "value_invalid"),
        ({"all": [leaf("region", "in", [])]}, "/where/all/0/value", "values_expected"),
        ({"any": [leaf("region", "in", ["DE", ""])]}, "/where/any/0/value/1", "value_invalid"),
        ({"all": [{"fact": "region"}]}, "/where/all/0", "condition_expected"),
        ({"all": [leaf("region", "eq", "DE") | {"note": 1}]}, "/where/all/0", "condition_expected"),
    ],
)
def test_faults_point_at_the_field(raw: object, pointer: str, code: str) -> None:
    assert read(raw) == (None, [(pointer, code)])


def test_nesting_and_number_of_conditions_are_limited() -> None:
    deep: dict[str, Any] = leaf("region", "eq", "DE")
    for _ in range(6):
        deep = {"all": [deep]}
    assert [code for _, code in read(deep)[1]] == ["group_too_deep"]
    assert [code for _, code in read({"all": [leaf("region", "eq", "DE")] * 101})[1]] == [
        "too_many_conditions"
    ]


FACTS: dict[str, FactValue] = {
    "region": "DE",
    "segment": frozenset({"gold", "north"}),
    "is_new": False,
    "volume": Decimal("10"),
    "nothing": None,
}


@pytest.mark.parametrize(
    ("fact", "op", "value", "holds"),
    [
        ("region", "eq", "DE", True),
        ("region", "ne", "DE", False),
        ("region", "in", ("FR", "DE"), True),
        ("region", "not_in", ("FR", "DE"), False),
        ("segment", "eq", "gold", True),
        ("segment", "ne", "south", True),
        ("segment", "in", ("south", "north"), True),
        ("segment", "not_in", ("gold",), False),
        ("is_new", "eq", False, True),
        ("volume", "gte", Decimal("10.0"), True),
        ("volume", "gt", Decimal("10"), False),
        ("volume", "lt", Decimal("10.1"), True),
        ("volume", "lte", Decimal("9"), False),
        ("nothing", "eq", "DE", False),
        ("nothing", "ne", "DE", True),
        ("nothing", "in", ("DE",), False),
        ("nothing", "not_in", ("DE",), True),
        ("nothing", "lt", Decimal("1"), False),
    ],
)
def test_conditions(fact: str, op: str, value: Any, holds: bool) -> None:
    failure = first_failure(Group("all", (Condition(fact, op, value),)), FACTS.get)
    assert (failure is None) is holds


def test_first_failure_in_reading_order() -> None:
    passes = Condition("region", "eq", "DE")
    fails = Condition("region", "eq", "FR")
    other = Condition("is_new", "eq", True)
    failure = first_failure(Group("all", (passes, Group("any", (fails, other)), other)), FACTS.get)
    assert failure is not None
    assert (failure.condition, failure.actual) == (fails, "DE")
    assert first_failure(Group("any", (fails, Group("all", (passes,)))), FACTS.get) is None


def test_a_fact_has_one_type() -> None:
    registry = FactRegistry({"region": FactType.TEXT})
    registry.register("region", FactType.TEXT)
    with pytest.raises(ValueError, match="region"):
        registry.register("region", FactType.BOOLEAN)
