"""What a component says of its volume and of sales below cost, in both languages."""

from typing import Any

import pytest
from django.utils import translation

from incentives.plans.language import parse_document
from incentives.plans.sentences import describe
from tests.support.plan_facts import bonus, document, rate, target, tiers

GOLD = {"fact": "tier", "op": "eq", "value": "Gold"}
NEW = {"fact": "customer_is_new", "op": "eq", "value": True}
KEY = {"fact": "segment", "op": "in", "value": ["key", "vip"]}
VOLUME = tiers("marginal", [("0", "0.05")], measure="revenue", window="quarter")
NAMES = {("segment", "key"): "Key accounts"}


def said(component: dict[str, Any], *others: dict[str, Any], language: str = "en") -> str:
    read = parse_document(document(component, *others))
    with translation.override(language):
        return describe(read.components[0], read, NAMES).sentence


@pytest.mark.parametrize(
    ("measured", "english", "russian"),
    [
        (
            {"all": []},
            "All sales count as volume, also those that are not paid here.",
            "В объём входят все продажи, в том числе те, за которые здесь не платят.",
        ),
        (
            {"all": [GOLD, KEY]},
            "Only sales count as volume where tier is Gold and segment is one of Key accounts, vip.",
            "В объём входят только продажи, для которых уровень — Gold и сегмент — одно из: Key accounts, vip.",
        ),
        (
            {"any": [GOLD, {"all": [NEW, KEY]}]},
            "Only sales count as volume where (tier is Gold or (customer is new is yes and segment is one of Key "
            "accounts, vip)).",
            "В объём входят только продажи, для которых (уровень — Gold или (новый клиент — да и сегмент — одно из: "
            "Key accounts, vip)).",
        ),
    ],
    ids=["everything", "all of", "any of"],
)  # fmt: skip
@pytest.mark.parametrize("component", [VOLUME, target([("0", "0.05")], "100")], ids=["tiers", "target"])
def test_what_counts_as_volume_is_said_where_it_is_not_what_is_paid(
    component: dict[str, Any], measured: dict[str, Any], english: str, russian: str
) -> None:
    told = component | {"measure_where": measured}
    assert said(told) == f"{said(component)} {english}"
    assert said(told, language="ru") == f"{said(component, language='ru')} {russian}"


@pytest.mark.parametrize(
    ("negative", "english", "russian"),
    [
        ("zero", "A sale below cost counts as zero.", "Продажа ниже себестоимости считается нулём."),
        ("pay", "A sale below cost takes away from it.", "Продажа ниже себестоимости уменьшает сумму."),
    ],
)
@pytest.mark.parametrize(
    "component",
    [
        rate(basis="margin"),
        VOLUME | {"measure": "margin"},
        bonus({"goal": "10", "amount": "5"}, measure="margin", window="month"),
    ],
    ids=["rate", "tiers", "bonus"],
)
def test_what_a_sale_below_cost_does_is_said_where_margin_counts(
    component: dict[str, Any], negative: str, english: str, russian: str
) -> None:
    told = component | {"negative": negative}
    assert said(told).endswith(f" {english}")
    assert said(told, language="ru").endswith(f" {russian}")


def test_nothing_is_said_of_cost_where_margin_does_not_count() -> None:
    assert said(rate()) == "Pays 5% of net sales."


def test_a_bonus_by_attainment_leaves_it_to_its_target() -> None:
    by_attainment = bonus({"from_attainment": "1", "amount": "5"})
    plain = target([("0", "0.05")], "100")
    told = plain | {"measure": "margin", "negative": "zero", "measure_where": {"all": [GOLD]}}
    assert said(by_attainment, told) == said(by_attainment, plain)
