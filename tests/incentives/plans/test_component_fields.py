"""What the forms of components show of a document, and that saving loses nothing of it."""

from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given

from incentives.plans.component_fields import is_shown_whole
from incentives.plans.component_forms import COMPONENT_FORMS, ComponentForm, initial_of
from incentives.plans.condition_rows import nothing_to_choose, posted_tree, tree_of
from incentives.plans.document import ComponentType
from incentives.plans.language import parse_document
from tests.support.generated_plans import groups
from tests.support.inputs import inputs_of
from tests.support.programme_rules import some_components

ZERO = UUID(int=0)

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
            asks("product", "A1", "B 2", "C,3"),
            asks("source", "erp"),
            asks("industry", "finance", op="not_in"),
            asks("country", "DE", op="ne"),
            asks("partner", "NW", op="eq"),
            {"fact": "customer_is_new", "op": "eq", "value": True},
            {"fact": "deal_is_registered", "op": "ne", "value": False},
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
    "a fact asked twice": RATE | {"where": everything(asks("category", "a"), asks("category", "b"))},
    "exclusion": RATE | {"where": everything(asks("category", "a", op="not_in"))},
    "any of": RATE | {"where": {"any": [asks("category", "a"), asks("region", "b")]}},
    "groups within groups": RATE
    | {
        "where": {
            "any": [asks("category", "a"), everything(asks("tier", "b"), {"any": [asks("region", "c")]})]
        }
    },
    "nested measure": TIERS | {"measure_where": {"any": [asks("category", "a")]}},
    "a window that follows the plan": {name: value for name, value in TIERS.items() if name != "window"},
    "ten levels": OVERRIDE | {"levels": [{"up": up, "rate": "0.01"} for up in range(1, 11)]},
    "some steps in parts": BONUS
    | {"steps": [{"goal": "1", "amount": "1", "prorate": True}, {"goal": "2", "amount": "2"}]},
}
NOT_SHOWN = {
    "a faulty component": RATE | {"rate": "5"},
    "an unknown field": RATE | {"colour": "red"},
    "another type": {"id": "x", "type": "draw"},
    "no component": "rate",
    "rows that are none": TIERS | {"tiers": [5]},
    "a value that no input gives back": RATE | {"where": everything(asks("product", " A1"))},
    "a value of two lines": RATE | {"where": everything(asks("region", "North\nSouth", op="eq"))},
    "an unknown fact": RATE | {"where": everything(asks("colour", "red"))},
    "a group of another kind": RATE | {"where": {"none": [asks("category", "a")]}},
}
TYPES = set(ComponentType)


def shown(component: dict[str, Any], period: str = "quarter") -> ComponentForm:
    return COMPONENT_FORMS[component["type"]](
        initial=initial_of(component, period), choices_of=nothing_to_choose
    )


def sent(form: ComponentForm) -> QueryDict:
    """What a browser sends of the form as it stands: its inputs with their names and values, in their order."""
    content = {"form": form, "version": {"id": ZERO}, "plan": {"id": ZERO, "name": ""}, "place": 0}
    page = render_to_string("console/incentives/plans/_component.html", content)
    return inputs_of(page)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("component", SHOWN.values(), ids=SHOWN)
def test_what_is_shown_means_the_same_when_it_is_sent_unchanged(
    component: dict[str, Any], language: str
) -> None:
    with translation.override(language):
        assert is_shown_whole(component, "quarter")
        assert _meaning(_sent_unchanged(component)) == _meaning(component)


@pytest.mark.parametrize("component", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_a_form_would_lose_is_not_offered_to_it(component: Any) -> None:
    assert not is_shown_whole(component)


@pytest.mark.parametrize("seed", range(20))
def test_every_component_that_the_language_knows_comes_back_as_it_was(seed: int) -> None:
    chance = Random(seed)
    for component in some_components(chance, chance.choice(["EUR", "JPY"])):
        assert is_shown_whole(component)
        assert _meaning(_sent_unchanged(component)) == _meaning(component)


@given(groups)
def test_every_tree_of_conditions_comes_back_to_the_letter(where: dict[str, Any]) -> None:
    page = render_to_string("console/incentives/plans/_conditions.html", {"tree": tree_of(where, "where")})
    assert posted_tree(inputs_of(page), "where").as_json() == where


def test_made_up_components_are_of_all_types() -> None:
    """Else the two tests above would say less than they seem to."""
    made = {component["type"] for seed in range(20) for component in some_components(Random(seed), "EUR")}
    assert made == TYPES


def _sent_unchanged(component: dict[str, Any]) -> dict[str, Any]:
    opened = shown(component)
    again = COMPONENT_FORMS[component["type"]](
        sent(opened), initial=opened.initial, choices_of=nothing_to_choose
    )
    assert again.is_valid(), again.errors
    return again.component()


def _meaning(component: dict[str, Any]) -> Any:
    components = [
        component,
        *([TARGET] if "from_attainment" in str(component) and component["type"] == "bonus" else []),
    ]
    return parse_document({"currency": "KWD", "period": "quarter", "components": components}).components[0]
