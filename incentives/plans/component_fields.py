"""A component of the plan language as the fields that people edit, and back.

Promise: a component whose fields would not say all of it is not edited by a form; pure. Called by plans.forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.plans.document import Component, ComponentType, MeasuredComponent, plain_decimal
from incentives.plans.language import parse_document
from prm.kit.predicates import Condition, Group

KINDS = tuple(
    kind.value
    for kind in (
        ComponentType.RATE,
        ComponentType.PER_UNIT,
        ComponentType.TIERS,
        ComponentType.TARGET,
        ComponentType.BONUS,
        ComponentType.OVERRIDE,
        ComponentType.REGISTERED_DEAL,
        ComponentType.RECURRING,
    )
)
MOST_LEVELS = 5
MEASURED = "measured_"  # begins the names of the fields of `measure_where`
CHOSEN = {
    "category": "categories",
    "partner_type": "partner_types",
    "tier": "tiers_held",
    "segment": "segments",
    "certificate": "certificates",
}
TYPED = {"product": "products", "region": "regions"}
FIELD_OF_FACT = CHOSEN | TYPED

LIMIT_FIELDS = {
    "cap": {"sale": "cap", "window": "cap_window"},
    "floor": {"sale": "floor", "window": "floor_window"},
}
BY_GOAL, BY_ATTAINMENT = "goal", "attainment"  # what the steps of a bonus begin at
MEASURES_PAID, MEASURES_ALL, MEASURES_SOME = "paid", "all", "some"
EVERYTHING: dict[str, Any] = {"all": []}


# What a bonus by attainment is read with.
ANY_TARGET = {"id": "target-of-it", "type": "target", "steps": [{"from_attainment": "0", "rate": "0"}]}


class NotShown(ValueError):
    """The fields have no place for it."""


def component_of(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The component as the plan language writes it; a field that is absent or empty says nothing."""
    written: dict[str, Any] = {"id": given["id"], "type": kind}
    if given.get("title"):
        written["title"] = given["title"]
    where = _group_of(given, "")
    if where is not None:
        written["where"] = where
    for name in ("cap", "floor"):
        limits = {per: given.get(field) for per, field in LIMIT_FIELDS[name].items()}
        told = {per: f"{amount:f}" for per, amount in limits.items() if amount is not None}
        if told:
            written[name] = told
    for name, key in (("starts_on", "from"), ("ends_on", "to")):
        if given.get(name):
            written[key] = given[name].isoformat()
    if given.get("negative") == "zero":
        written["negative"] = "zero"
    return written | _WRITERS[kind](given)


def _write_rate(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"rate": _fraction(given["percent"]), "basis": given["basis"]}


def _write_per_unit(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": plain_decimal(given["amount"])}


def _write_tiers(given: Mapping[str, Any]) -> dict[str, Any]:
    by_amount = given["pays"] == "amount"
    rows = [
        {"from": plain_decimal(start)}
        | ({"amount": plain_decimal(pay)} if by_amount else {"rate": _fraction(pay)})
        for start, pay in given["rows"]
    ]
    scope = {"scope": "group"} if given.get("of_group") else {}
    return _write_volume(given) | scope | {"tiers": rows}


def _write_target(given: Mapping[str, Any]) -> dict[str, Any]:
    steps = [{"from_attainment": _fraction(start), **pay} for start, pay in given["rows"]]
    goal = {} if given["goal"] is None else {"goal": plain_decimal(given["goal"])}
    return _write_volume(given) | goal | {"steps": steps}


def _write_bonus(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["starts"] == BY_ATTAINMENT:
        return {"steps": [{"from_attainment": _fraction(start), **pay} for start, pay in given["rows"]]}
    prorate = {"prorate": True} if given["prorate"] else {}
    steps = [{"goal": plain_decimal(start), **pay, **prorate} for start, pay in given["rows"]]
    return {"measure": given["measure"], "window": given["window"], "steps": steps}


def _write_volume(given: Mapping[str, Any]) -> dict[str, Any]:
    written = {name: given[name] for name in ("mode", "measure", "window")}
    if given["measured"] == MEASURES_ALL:
        written["measure_where"] = EVERYTHING
    elif given["measured"] == MEASURES_SOME:
        written["measure_where"] = _group_of(given, MEASURED)
    return written


def _write_override(given: Mapping[str, Any]) -> dict[str, Any]:
    levels = [{"up": up, "rate": _fraction(percent)} for up, percent in sorted(given["levels"].items())]
    return {"levels": levels, "basis": given["basis"]}


_WRITERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "rate": _write_rate,
    "per_unit": _write_per_unit,
    "tiers": _write_tiers,
    "target": _write_target,
    "bonus": _write_bonus,
    "override": _write_override,
    "recurring": lambda given: {"rate": _fraction(given["percent"]), "months": given["months"]},
    "registered_deal": lambda given: {"rate": _fraction(given["percent"])},
}


def _group_of(given: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    conditions = [
        {"fact": fact, "op": "in", "value": list(given[prefix + name])}
        for fact, name in FIELD_OF_FACT.items()
        if given.get(prefix + name)
    ]
    return {"all": conditions} if conditions else None


def fields_of(component: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show. Raises `NotShown` where conditions have no field; anything of another shape raises what it
    raises."""
    own = {name: show for name, show in _SHOWN.items() if name in component}
    return {
        "id": component["id"],
        "title": component.get("title", ""),
        "basis": component.get("basis", "revenue"),
        "negative": component.get("negative", "pay"),
        **_conditions_of(component.get("where"), ""),
        **_limits_of(component),
        **{field: value for show in own.values() for field, value in show(component).items()},
    }


def _limits_of(component: Mapping[str, Any]) -> dict[str, Any]:
    """Caps, floors and dates; None where there is none."""
    shown: dict[str, Any] = {}
    for name, fields in LIMIT_FIELDS.items():
        limits = component.get(name) or {}
        shown |= {field: Decimal(limits[per]) if per in limits else None for per, field in fields.items()}
    for name, key in (("starts_on", "from"), ("ends_on", "to")):
        shown[name] = date.fromisoformat(component[key]) if component.get(key) else None
    return shown


def _levels_of(component: Mapping[str, Any]) -> dict[int, Decimal]:
    levels = {level["up"]: _percent(level["rate"]) for level in component["levels"]}
    if max(levels) > MOST_LEVELS:
        raise NotShown("levels")
    return levels


def _tiers_of(component: Mapping[str, Any]) -> dict[str, Any]:
    rows = component["tiers"]
    return _volume_of(component) | {
        "of_group": component.get("scope") == "group",
        "pays": "amount" if any("amount" in row for row in rows) else "rate",
        "rows": [(Decimal(row["from"]), _pay_of(row)) for row in rows],
    }


def _target_of(component: Mapping[str, Any]) -> dict[str, Any]:
    """What a step pays is shown as it is written: a rate or a multiplier."""
    pays = [
        {name: step[name] for name in ("rate", "multiplier") if name in step} for step in component["steps"]
    ]
    starts = [_percent(step["from_attainment"]) for step in component["steps"]]
    goal = Decimal(component["goal"]) if "goal" in component else None
    rows = list(zip(starts, pays, strict=True))
    return {"mode": "marginal"} | _volume_of(component) | {"goal": goal, "rows": rows}


def _steps_of(component: Mapping[str, Any]) -> dict[str, Any]:
    return _bonus_of(component) if component["type"] == ComponentType.BONUS else _target_of(component)


def _bonus_of(component: Mapping[str, Any]) -> dict[str, Any]:
    steps = component["steps"]
    by_attainment = "from_attainment" in steps[0]
    prorated = {bool(step.get("prorate")) for step in steps}
    if len(prorated) > 1:
        raise NotShown("prorate")
    rows = [
        (
            _percent(step["from_attainment"]) if by_attainment else Decimal(step["goal"]),
            {name: step[name] for name in ("amount", "rate") if name in step},
        )
        for step in steps
    ]
    shown = {name: component[name] for name in ("measure", "window") if name in component}
    return {
        **shown,
        "starts": BY_ATTAINMENT if by_attainment else BY_GOAL,
        "prorate": prorated == {True},
        "rows": rows,
    }


def _volume_of(component: Mapping[str, Any]) -> dict[str, Any]:
    measured_where = component.get("measure_where")
    measured = MEASURES_PAID if measured_where is None else MEASURES_SOME
    if measured_where == EVERYTHING:
        measured, measured_where = MEASURES_ALL, None
    return {
        **{name: component[name] for name in ("mode", "measure", "window") if name in component},
        "measured": measured,
        **_conditions_of(measured_where, MEASURED),
    }


_SHOWN: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "rate": lambda component: {"percent": _percent(component["rate"])},
    "amount": lambda component: {"amount": Decimal(component["amount"])},
    "months": lambda component: {"months": component["months"]},
    "levels": lambda component: {"levels": _levels_of(component)},
    "tiers": _tiers_of,
    "steps": _steps_of,
}


def _pay_of(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row["amount"]) if "amount" in row else _percent(row["rate"])


def _conditions_of(group: Mapping[str, Any] | None, prefix: str) -> dict[str, list[str]]:
    """One list per fact; all conditions must hold, each fact is asked once."""
    shown: dict[str, list[str]] = {}
    for condition in group["all"] if group is not None else []:
        name = prefix + FIELD_OF_FACT[condition["fact"]]
        values = _values_of(condition)
        if name in shown or set(condition) != {"fact", "op", "value"}:
            raise NotShown(name)
        if condition["fact"] in TYPED and any("," in value or value != value.strip() for value in values):
            raise NotShown(name)
        shown[name] = values
    return shown


def _values_of(condition: Mapping[str, Any]) -> list[str]:
    if condition["op"] not in ("in", "eq"):
        raise NotShown(condition["op"])
    return list(condition["value"]) if condition["op"] == "in" else [condition["value"]]


def is_shown_whole(component: object) -> bool:
    """Whether the fields, written again, mean the same; else a form would lose something of it."""
    if not isinstance(component, dict) or component.get("type") not in KINDS:
        return False
    try:
        again = component_of(component["type"], fields_of(component))
        return _meaning(component) == _meaning(again)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False


def _meaning(written: Mapping[str, Any]) -> Component:
    """In the currency with the most decimals: whether amounts suit the plan's is not asked here."""
    by_attainment = written["type"] == ComponentType.BONUS and "from_attainment" in written["steps"][0]
    beside = [ANY_TARGET] if by_attainment else []
    document = parse_document({"currency": "KWD", "components": [written, *beside]})
    component = document.components[0]
    if isinstance(component, MeasuredComponent):
        component = replace(component, measure_where=_sorted(component.measure_where))
    return replace(component, where=_sorted(component.where))


def _sorted(group: Group | None) -> Group | None:
    """`eq` is `in` with one value, and the order of conditions decides nothing."""
    if group is None:
        return None
    members = sorted((_listed(member) for member in group.members), key=repr)
    return Group(group.kind, tuple(members))


def _listed(member: Condition | Group) -> Condition | Group:
    if isinstance(member, Condition) and member.op == "eq" and isinstance(member.value, str):
        return replace(member, op="in", value=(member.value,))
    return member


def _fraction(percent: Decimal) -> str:
    return plain_decimal(percent / 100)


def _percent(rate: str) -> Decimal:
    return Decimal(plain_decimal(Decimal(rate) * 100))


def listed_words(text: str) -> list[str]:
    """ "A, B" as a list."""
    return [word.strip() for word in text.split(",") if word.strip()]


def joined_words(words: Sequence[str]) -> str:
    return ", ".join(words)
