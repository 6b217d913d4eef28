"""Rules that can never pay are found at the place to mend; rules that may pay some sale are not."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from incentives.plans.language import parse_document
from incentives.plans.predicates import CREDIT_FACTS
from incentives.plans.reachability import contradictions, unreachable
from prm.kit.predicates import FactRegistry, FactType, Group, first_failure, read_predicate
from tests.support.generated_plans import groups
from tests.support.plan_facts import bonus, document, override, rate, registered, target, tiers

STARTS, ENDS = date(2026, 1, 1), date(2026, 7, 1)


def asks(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


GERMAN, FRENCH = asks("country", "eq", "DE"), asks("country", "eq", "FR")
NEW, KNOWN = asks("customer_is_new", "eq", True), asks("customer_is_new", "ne", True)
HELD, NOT_HELD = asks("segment", "in", ["key"]), asks("segment", "ne", "key")


def faults(*components: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    read = parse_document(document(*components, **settings))
    return [(error.pointer, error.code) for error in unreachable(read, STARTS, ENDS)]


@pytest.mark.parametrize(
    ("where", "pointer"),
    [
        ({"all": [GERMAN, FRENCH]}, "/all/1"),
        ({"all": [GERMAN, asks("tier", "eq", "Gold"), asks("country", "not_in", ["DE", "AT"])]}, "/all/2"),
        ({"all": [asks("country", "in", ["DE", "AT"]), asks("country", "in", ["FR", "IT"])]}, "/all/1"),
        ({"all": [asks("country", "in", ["DE", "AT"]), asks("country", "ne", "DE"), asks("country", "ne", "AT")]},
         "/all/2"),
        ({"all": [NEW, KNOWN]}, "/all/1"),
        ({"all": [asks("customer_is_new", "ne", False), KNOWN]}, "/all/1"),
        ({"all": [HELD, NOT_HELD]}, "/all/1"),
        ({"all": [GERMAN, {"any": [FRENCH, asks("country", "eq", "IT")]}]}, "/all/1"),
        ({"all": [{"any": [HELD, NEW]}, NOT_HELD, KNOWN]}, "/all/2"),
        ({"any": [{"all": [GERMAN, FRENCH]}, NEW]}, "/any/0/all/1"),
        ({"all": [NEW, {"all": [GERMAN, {"all": [FRENCH]}]}]}, "/all/1/all/1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["where", "measure_where"])
def test_conditions_that_exclude_each_other_are_found_at_the_one_that_leaves_nothing(
    where: dict[str, Any], pointer: str, name: str
) -> None:
    volume = tiers("marginal", [("0", "0.05")], measure="revenue", window="month")
    assert faults(rate(), volume | {"id": "volume", name: where}) == [
        (f"/components/1/{name}{pointer}", "condition_contradicts")
    ]


@pytest.mark.parametrize(
    "where",
    [
        {"any": [GERMAN, FRENCH]},
        {"all": [asks("country", "in", ["DE", "FR"]), FRENCH]},
        {"all": [asks("country", "ne", "DE"), asks("country", "ne", "FR")]},
        {"all": [asks("segment", "eq", "key"), asks("segment", "eq", "vip")]},
        {"all": [asks("segment", "in", ["key", "vip"]), asks("segment", "ne", "vip")]},
        {"all": [GERMAN, {"any": [FRENCH, NEW]}]},
        {"all": [{"any": [GERMAN, FRENCH]}, {"any": [FRENCH, NEW]}, asks("country", "ne", "FR")]},
        {"all": [{"any": [asks("tier", "eq", str(n)), asks("region", "eq", str(n))]} for n in range(2)]},
    ],
)
def test_conditions_that_some_sale_meets_are_not_refused(where: dict[str, Any]) -> None:
    assert faults(rate(where=where)) == []


def in_fewer_holes(count: int) -> dict[str, Any]:
    """Each in one of the holes, no two in the same: there is one hole too few, as only trying shows."""
    holes = range(count - 1)
    each = [{"any": [asks("segment", "eq", f"{n} in {hole}") for hole in holes]} for n in range(count)]
    alone = [
        {"any": [asks("segment", "ne", f"{n} in {hole}"), asks("segment", "ne", f"{other} in {hole}")]}
        for hole in holes
        for n in range(count)
        for other in range(n)
    ]
    return {"all": [*each, *alone]}


def test_a_tree_that_takes_too_long_to_try_is_not_refused() -> None:
    assert faults(rate(where=in_fewer_holes(3))) != []
    assert faults(rate(where=in_fewer_holes(5))) == []


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ([("amount", "gte", "100"), ("amount", "lt", "50")], True),
        ([("amount", "gte", "100"), ("amount", "lt", "100")], True),
        ([("amount", "gte", "100"), ("amount", "lte", "100")], False),
        ([("amount", "gte", "100"), ("amount", "lte", "100"), ("amount", "ne", "100")], True),
        ([("amount", "gt", "50"), ("amount", "eq", "50")], True),
        ([("amount", "gt", "50"), ("amount", "in", ["20", "70"])], False),
        ([("amount", "gt", "50"), ("amount", "gt", "100")], False),
        ([("since", "gte", "2026-02-01"), ("since", "lt", "2026-01-01")], True),
        ([("since", "gte", "2026-01-01"), ("since", "lt", "2026-02-01")], False),
    ],
)
def test_comparisons_that_leave_nothing_between_them_are_found(
    monkeypatch: pytest.MonkeyPatch, members: list[tuple[str, str, Any]], wrong: bool
) -> None:
    """Of facts that rooms above may bring."""
    registry = FactRegistry({"amount": FactType.DECIMAL, "since": FactType.DAY})
    monkeypatch.setattr(CREDIT_FACTS, "_types", registry._types)
    raw = {"all": [asks(*member) for member in members]}
    group = read_predicate(raw, "", registry, lambda *told: pytest.fail(str(told)))
    assert group is not None
    assert contradictions(group, "/where") == ([f"/where/all/{len(members) - 1}"] if wrong else [])


@given(groups)
def test_a_tree_that_a_known_sale_meets_is_never_refused(raw: dict[str, Any]) -> None:
    group = read_predicate(raw, "", CREDIT_FACTS, lambda *told: pytest.fail(str(told)))
    assert group is not None
    sale: dict[str, Any] = {
        "category": "bikes", "tier": "gold", "partner": "p1", "partner_type": "reseller", "source": "erp",
        "industry": "finance", "customer_is_new": True, "deal_is_registered": True, "country": "AT",
        "segment": frozenset({"key"}), "certificate": frozenset({"edge"}), "product": "HELMET", "region": "South",
    }  # fmt: skip
    others: list[dict[str, Any]] = [{}, {"deal_is_registered": False}, {"certificate": frozenset()}]
    for more in others:
        if _met_without_dead_branches(group, sale | more):
            assert contradictions(group, "") == []


def _met_without_dead_branches(group: Group, sale: dict[str, Any]) -> bool:
    inner = [member for member in group.members if isinstance(member, Group)]
    return first_failure(group, sale.get) is None and all(
        _met_without_dead_branches(member, sale) for member in inner
    )


def test_pay_for_registered_deals_asks_for_one_by_itself() -> None:
    unregistered = {"all": [asks("deal_is_registered", "eq", False)]}
    assert faults(registered(where=unregistered)) == [("/components/0/where/all/0", "condition_contradicts")]
    assert faults(rate(where=unregistered)) == []
    assert faults(registered(where={"all": [asks("deal_is_registered", "eq", True)]})) == []


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"to": "2026-01-01"}, [("/components/0/to", "ends_before_version")]),
        ({"to": "2026-01-02"}, []),
        ({"from": "2026-07-01"}, [("/components/0/from", "starts_after_version")]),
        ({"from": "2026-06-30"}, []),
        ({"from": "2025-01-01", "to": "2027-01-01"}, []),
    ],
)
def test_dates_wholly_outside_the_versions_are_found(
    dates: dict[str, str], found: list[tuple[str, str]]
) -> None:
    assert faults(rate(**dates)) == found


def test_dates_of_a_version_without_an_end_are_never_too_late() -> None:
    read = parse_document(document(rate(**{"from": "2099-01-01"})))
    assert list(unreachable(read, STARTS, None)) == []


def test_a_limit_of_nothing_is_found() -> None:
    capped = [rate(cap={"sale": "0", "window": "5"}), override("0.01", cap={"window": "0.00"})]
    assert faults(*capped) == [
        ("/components/0/cap/sale", "limit_of_nothing"),
        ("/components/1/cap/window", "limit_of_nothing"),
    ]
    assert faults(
        rate(floor={"sale": "0"}), caps=[{"per": "sale", "amount": "0"}, {"per": "life", "rate": "0"}]
    ) == [("/caps/0/amount", "limit_of_nothing"), ("/caps/1/rate", "limit_of_nothing")]


def test_a_bonus_by_attainment_repeats_no_fault_of_its_target() -> None:
    goal = target([("0", "0.05")], "100", where={"all": [GERMAN, FRENCH]}, to="2025-12-31")
    by_attainment = bonus({"from_attainment": "1", "amount": "5"})
    assert faults(by_attainment, goal) == [
        ("/components/1/to", "ends_before_version"),
        ("/components/1/where/all/1", "condition_contradicts"),
    ]
