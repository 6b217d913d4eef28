"""What a partner itself fails: each barrier, what of it may be told, and what the next sale may still meet."""

from typing import Any

import pytest

from incentives.plans.document import MeasuredComponent
from incentives.plans.eligibility import barriers_of
from incentives.plans.language import parse_document
from prm.kit.predicates import FactValue

FACTS: dict[str, FactValue] = {
    "partner": "NW",
    "partner_type": "reseller",
    "region": None,
    "country": "DE",
    "tier": "Silver",
    "segment": frozenset({"slow"}),
    "certificate": frozenset({"C-2", "C-1"}),
}


def fact(name: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": name, "op": op, "value": value}


GOLD = fact("tier", "eq", "Gold")
SILVER = fact("tier", "eq", "Silver")
TAUGHT = fact("certificate", "in", ["C-8", "C-9"])
PRODUCT = fact("product", "eq", "P1")
NEW = fact("customer_is_new", "eq", True)
FAST = fact("segment", "eq", "fast")
BONUS = {
    "id": "b",
    "type": "bonus",
    "measure": "revenue",
    "window": "quarter",
    "steps": [{"goal": "1", "amount": "1"}],
}
TIERS = {"id": "t", "type": "tiers", "mode": "marginal", "measure": "revenue", "window": "quarter",
         "tiers": [{"from": "0", "rate": "0.05"}]}  # fmt: skip


def barriers(of: dict[str, Any], **conditions: Any) -> list[list[tuple[str, str]]]:
    document = parse_document({"currency": "EUR", "components": [of | conditions]})
    component = document.components[0]
    assert isinstance(component, MeasuredComponent)
    return [[(told["fact"], told["actual"]) for told in barrier] for barrier in barriers_of(component, FACTS)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"all": [SILVER, PRODUCT, NEW]}, []),
        ({"all": [SILVER, GOLD, TAUGHT]}, [[("tier", "Silver")], [("certificate", "C-1, C-2")]]),
        ({"all": [fact("region", "ne", "North"), fact("region", "eq", "North")]}, [[("region", "")]]),
        ({"any": [GOLD, PRODUCT]}, []),
        ({"any": [GOLD, SILVER]}, []),
        ({"any": [GOLD, {"all": [PRODUCT, TAUGHT, FAST]}]}, [[("tier", "Silver"), ("certificate", "C-1, C-2")]]),
        ({"all": [FAST, {"any": [GOLD, FAST]}]}, [[("segment", "")], [("tier", "Silver"), ("segment", "")]]),
        ({"all": [{"all": [GOLD, FAST]}, PRODUCT]}, [[("tier", "Silver")], [("segment", "")]]),
    ],
)  # fmt: skip
def test_every_condition_that_no_sale_can_meet_is_told_and_segments_never(where: Any, expected: Any) -> None:
    assert barriers(BONUS, where=where) == expected


def test_what_is_measured_counts_where_everything_is_paid_and_others_are_asked_for_their_own() -> None:
    gold, taught = {"all": [GOLD]}, {"all": [TAUGHT]}
    assert barriers(TIERS, where={"all": [SILVER]}, measure_where=gold) == [[("tier", "Silver")]]
    assert barriers(TIERS, where=taught, measure_where=gold) == [[("certificate", "C-1, C-2")]]
    assert barriers(TIERS | {"scope": "group"}, measure_where=gold) == []
    assert barriers(TIERS | {"scope": "group"}, where=gold) == [[("tier", "Silver")]]
