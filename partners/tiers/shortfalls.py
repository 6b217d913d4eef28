"""What of a rule a partner does not meet: a list of what is missing, as it is kept and told.

An entry is a condition {"fact", "with", "op", "needs", "has"} (and "lacks", where a number is short of it), or
{"any": [entries]} where one of them is enough, or {"all": [entries]} inside such a choice.
Promise: says of every operator what holds and what is wanted; a choice of which one holds lacks nothing.
Called by: tiers queries, actions and presentation."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from partners.segments.facts import fact_of
from prm.kit.predicates import Condition, FactType, FactValue, Group, first_failure, predicate_as_json

Key = tuple[str, tuple[tuple[str, str], ...]]
Entry = dict[str, Any]
AT_LEAST, AT_MOST = ("gte", "gt"), ("lte", "lt")


def shortfalls(rule: Group, told: list[dict[str, Any]], *, own_side: bool = False) -> list[Entry]:
    """What is missing by measured facts ([{"fact", "with", "value"}]); of nothing missing, an empty list.

    `own_side`: measured in the partner's own scope, where facts behind the wall are not known; the vendor judges those.
    """
    held: dict[Key, Any] = {(one["fact"], _terms(one.get("with", {}))): one["value"] for one in told}

    def short(condition: Condition) -> Entry | None:
        fact = fact_of(condition.fact)
        if own_side and fact.behind_wall:
            return _entry(condition, None) | {"judged": True}
        value = held.get((condition.fact, _terms(dict(condition.terms))))
        alone = Group("all", (condition,))
        if first_failure(alone, lambda _name: _fact_value(fact.fact_type, value)) is None:
            return None
        return _entry(condition, value)

    found = _of_group(rule, short)
    if found is None:
        return []
    return list(found["all"]) if "all" in found else [found]


def without_walled(entries: list[Entry]) -> list[Entry]:
    """The same, fit to be read by the partner: what is measured for the vendor alone loses its value."""
    return [_without_value(entry) for entry in entries]


def _without_value(entry: Entry) -> Entry:
    for joint in ("any", "all"):
        if joint in entry:
            return {joint: without_walled(entry[joint])}
    try:
        walled = fact_of(entry["fact"]).behind_wall
    except KeyError:
        walled = True
    return entry | {"has": None, "judged": True} if walled else entry


def _of_group(group: Group, short: Callable[[Condition], Entry | None]) -> Entry | None:
    """None where the group holds."""
    found = [
        _of_group(member, short) if isinstance(member, Group) else short(member) for member in group.members
    ]
    lacking = [entry for entry in found if entry is not None]
    if not lacking or (group.kind == "any" and len(lacking) < len(found)):
        return None
    if group.kind == "any":
        return {"any": lacking} if len(lacking) > 1 else lacking[0]
    return {"all": [one for entry in lacking for one in entry.get("all", [entry])]}


def _entry(condition: Condition, value: Any) -> Entry:
    raw = predicate_as_json(Group("all", (condition,)))["all"][0]
    entry = {
        "fact": condition.fact,
        "with": dict(condition.terms),
        "op": condition.op,
        "needs": raw["value"],
        "has": value,
    }
    if condition.op in AT_LEAST + AT_MOST and isinstance(condition.value, Decimal):
        has = Decimal(value or 0)
        short_by = condition.value - has if condition.op in AT_LEAST else has - condition.value
        entry |= {"has": value if value is None else f"{has:f}", "lacks": f"{max(short_by, Decimal()):f}"}
    return entry


def _fact_value(fact_type: FactType, value: str | bool | list[str] | None) -> FactValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return frozenset(value)
    if fact_type is FactType.DECIMAL:
        return Decimal(value)
    return date.fromisoformat(value) if fact_type is FactType.DAY else value


def _terms(terms: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(terms.items()))
