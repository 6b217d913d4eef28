"""What the forms of components show of a document, and that saving loses nothing of it."""

from typing import Any

import pytest

from incentives.plans.component_fields import component_of, fields_of, is_shown_whole
from incentives.plans.language import document_as_json, parse_document

RATE = {"id": "base", "type": "rate", "rate": "0.05"}
UNIT = {"id": "unit", "type": "per_unit", "amount": "1.5"}
TIERS = {
    "id": "volume",
    "type": "tiers",
    "mode": "marginal",
    "measure": "revenue",
    "window": "quarter",
    "tiers": [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.333333"}],
}
OVERRIDE = {
    "id": "above",
    "type": "override",
    "levels": [{"up": 1, "rate": "0.03"}, {"up": 3, "rate": "0.01"}],
}
TARGET = {
    "id": "goal",
    "type": "target",
    "goal": "300000",
    "measure": "revenue",
    "window": "quarter",
    "steps": [
        {"from_attainment": "0", "rate": "0.05"},
        {"from_attainment": "1", "multiplier": "1.5"},
        {"from_attainment": "1.2", "rate": "0.1"},
    ],
}
BONUS = {
    "id": "bonus",
    "type": "bonus",
    "measure": "revenue",
    "window": "quarter",
    "cap": {"window": "500"},
    "steps": [{"goal": "1000", "amount": "20"}, {"goal": "5000.5", "rate": "0.01"}],
}
BY_ATTAINMENT = {
    "id": "bonus",
    "type": "bonus",
    "steps": [{"from_attainment": "1", "amount": "5"}, {"from_attainment": "1.2", "rate": "0.01"}],
}
BY_AMOUNT = [{"from": "0", "amount": "2"}, {"from": "10", "amount": "0.333333"}]


def asks(fact: str, *values: str, op: str = "in") -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": list(values) if op.endswith("in") else values[0]}


def everything(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(conditions)}


SHOWN = {
    "rate": RATE,
    "title, dates, limits": RATE
    | {
        "title": "Base",
        "from": "2026-01-01",
        "to": "2026-07-01",
        "cap": {"sale": "9.99"},
        "floor": {"sale": "1"},
    },
    "margin that counts as zero": RATE | {"basis": "margin", "negative": "zero"},
    "defaults spelt out": RATE | {"basis": "margin", "negative": "pay"},
    "one value": RATE | {"where": everything(asks("segment", "key", op="eq"))},
    "all facts": UNIT
    | {
        "where": everything(
            asks("product", "A1", "B 2"),
            asks("category", "bikes"),
            asks("region", "North"),
            asks("partner_type", "reseller"),
            asks("tier", "Gold", "Silver"),
            asks("segment", "key"),
            asks("certificate", "C-101"),
        )
    },
    "tiers": TIERS | {"scope": "partner"},
    "volume of a group": TIERS | {"scope": "group"},
    "amounts per unit": TIERS | {"measure": "units", "tiers": BY_AMOUNT},
    "margin measured": TIERS | {"measure": "margin", "negative": "zero"},
    "everything measured": TIERS | {"measure_where": everything()},
    "some measured": TIERS | {"measure_where": everything(asks("segment", "key"), asks("product", "A1"))},
    "goal": TARGET,
    "goals of their own, measured otherwise": {
        name: value for name, value in TARGET.items() if name != "goal"
    }
    | {"mode": "retroactive", "measure": "margin", "negative": "zero", "measure_where": everything()},
    "subscription": {"id": "sub", "type": "recurring", "rate": "0.05", "months": 12},
    "registered deal": {"id": "deal", "type": "registered_deal", "rate": "0.05"},
    "bonus": BONUS,
    "bonus in parts": BONUS | {"steps": [{"goal": "10", "amount": "20", "prorate": True}]},
    "bonus by attainment": BY_ATTAINMENT,
    "least amount of a window": RATE | {"floor": {"window": "20"}},
    "levels": OVERRIDE,
    "a share of the commission": OVERRIDE | {"basis": "commission"},
    "many rows": TIERS | {"tiers": [{"from": str(n), "rate": "0.01"} for n in range(20)]},
}
NOT_SHOWN = {
    "a fact asked twice": RATE | {"where": everything(asks("category", "a"), asks("category", "b"))},
    "exclusion": RATE | {"where": everything(asks("category", "a", op="not_in"))},
    "any of": RATE | {"where": {"any": [asks("category", "a"), asks("region", "b")]}},
    "a fact without a field": RATE | {"where": everything(asks("source", "erp"))},
    "a comma in a code": RATE | {"where": everything(asks("product", "A,1"))},
    "nested measure": TIERS | {"measure_where": {"any": [asks("category", "a")]}},
    "a faulty component": RATE | {"rate": "5"},
    "an unknown field": RATE | {"colour": "red"},
    "a window that follows the plan": {name: value for name, value in TIERS.items() if name != "window"},
    "a level without a field": OVERRIDE | {"levels": [{"up": 6, "rate": "0.01"}]},
    "another type": {"id": "x", "type": "draw"},
    "some steps in parts": BONUS
    | {"steps": [{"goal": "1", "amount": "1", "prorate": True}, {"goal": "2", "amount": "2"}]},
    "no component": "rate",
    "rows that are none": TIERS | {"tiers": [5]},
}


@pytest.mark.parametrize("component", SHOWN.values(), ids=SHOWN)
def test_what_is_shown_means_the_same_when_it_is_saved(component: dict[str, Any]) -> None:
    assert is_shown_whole(component)
    again = component_of(component["type"], fields_of(component))
    assert _meaning(again) == _meaning(component)


@pytest.mark.parametrize("component", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_a_form_would_lose_is_not_offered_to_it(component: Any) -> None:
    assert not is_shown_whole(component)


def _meaning(component: dict[str, Any]) -> Any:
    """As the language reads it, where `eq` is `in` with one value and the order of conditions is nothing."""
    components = [component, *([TARGET] if component["id"] == "bonus" else [])]
    read = document_as_json(parse_document({"currency": "EUR", "components": components}))["components"][0]
    for name in ("where", "measure_where"):
        if name in read:
            read[name] = sorted(
                (one["fact"], [one["value"]] if isinstance(one["value"], str) else one["value"])
                for one in read[name]["all"]
            )
    return read
