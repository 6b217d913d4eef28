"""A component of the plan language as the fields that people edit, and back.

Promise: a component whose fields would not say all of it is not edited by a form; pure. Called by plans.forms."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.plans.condition_rows import tree_of
from incentives.plans.document import Component, ComponentType, plain_decimal
from incentives.plans.language import parse_document

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
LIMIT_FIELDS = {
    "cap": {"sale": "cap", "window": "cap_window"},
    "floor": {"sale": "floor", "window": "floor_window"},
}
BY_GOAL, BY_ATTAINMENT = "goal", "attainment"  # what the steps of a bonus begin at
MEASURES_PAID, MEASURES_ALL, MEASURES_SOME = "paid", "all", "some"
WINDOWED = (ComponentType.TIERS, ComponentType.TARGET, ComponentType.BONUS)
EVERYTHING: dict[str, Any] = {"all": []}


# What a bonus by attainment is read with.
ANY_TARGET = {"id": "target-of-it", "type": "target", "steps": [{"from_attainment": "0", "rate": "0"}]}


def component_of(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The component as the plan language writes it; a field that is absent or empty says nothing."""
    written: dict[str, Any] = {"id": given["id"], "type": kind}
    for name in ("title", "where"):
        if given.get(name):
            written[name] = given[name]
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
    steps = [
        {"goal": plain_decimal(start), **pay} | ({"prorate": True} if in_parts else {})
        for (start, pay), in_parts in zip(given["rows"], given["in_parts"], strict=True)
    ]
    return {"measure": given["measure"], "window": given["window"], "steps": steps}


def _write_volume(given: Mapping[str, Any]) -> dict[str, Any]:
    written = {name: given[name] for name in ("mode", "measure", "window")}
    if given["measured"] == MEASURES_ALL:
        written["measure_where"] = EVERYTHING
    elif given["measured"] == MEASURES_SOME:
        written["measure_where"] = given["measure_where"]
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


def fields_of(component: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show. Raises `NotShown` where conditions have no rows; anything of another shape raises what it
    raises."""
    for name in ("where", "measure_where"):
        tree_of(None if component.get(name) == EVERYTHING else component.get(name), name)
    own = {name: show for name, show in _SHOWN.items() if name in component}
    return {
        "id": component["id"],
        "title": component.get("title", ""),
        "basis": component.get("basis", "revenue"),
        "negative": component.get("negative", "pay"),
        "where": component.get("where"),
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
    return {level["up"]: _percent(level["rate"]) for level in component["levels"]}


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
        "in_parts": [bool(step.get("prorate")) for step in steps],
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
        "measure_where": measured_where,
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


def is_shown_whole(component: object, period: str = "month") -> bool:
    """Whether the fields, written again, mean the same in a plan of this period; else a form would lose something."""
    if not isinstance(component, dict) or component.get("type") not in KINDS:
        return False
    try:
        again = component_of(component["type"], fields_of(with_window(component, period)))
        return _meaning(component, period) == _meaning(again, period)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False


def with_window(component: Mapping[str, Any], period: str) -> dict[str, Any]:
    """With what it takes from the plan spelt out: a volume adds up over the plan's period where it names no other."""
    measured = component["type"] in WINDOWED and not _is_of_target(component)
    return {**({"window": period} if measured else {}), **component}


def _is_of_target(written: Mapping[str, Any]) -> bool:
    return written["type"] == ComponentType.BONUS and "from_attainment" in written["steps"][0]


def _meaning(written: Mapping[str, Any], period: str) -> Component:
    """In the currency with the most decimals: whether amounts suit the plan's is not asked here."""
    beside = [ANY_TARGET] if _is_of_target(written) else []
    told = {"currency": "KWD", "period": period, "components": [written, *beside]}
    return parse_document(told).components[0]


def _fraction(percent: Decimal) -> str:
    return plain_decimal(percent / 100)


def _percent(rate: str) -> Decimal:
    return Decimal(plain_decimal(Decimal(rate) * 100))
