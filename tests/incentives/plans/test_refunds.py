"""Linked refunds: inside the open window, after its closing, of splits, and beyond the sale."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from incentives.plans.facts import SplitShare
from incentives.plans.targets import OVER_REFUNDED
from prm.kit.periods import Period
from tests.support.plan_facts import (
    amounts,
    day,
    document,
    facts,
    rate,
    reason_of,
    refund,
    run,
    sale,
    target_of,
    tiers,
)

TWO_ROWS = [("0", "0.05"), ("1000", "0.1")]
MARCH_CLOSED = {Period(2026, 3): datetime(2026, 4, 10, tzinfo=UTC)}


def test_inside_the_open_window_the_sale_itself_is_recomputed() -> None:
    lines = [sale("a", day(1), "800"), sale("b", day(2), "800"), refund("r", day(3), "400", of="a")]
    found = run(facts(lines, document(tiers("marginal", TWO_ROWS))))
    assert amounts(found) == {"a": 2000, "b": 3000 + 2000}
    assert target_of(found, "a").line_inputs.refunded_share == Decimal("0.5")
    assert reason_of(found, "r") == "counted_with_sale"


def test_dated_after_the_window_it_reverses_even_while_the_window_is_open() -> None:
    lines = [sale("a", day(1), "800"), sale("b", day(2), "800"), refund("r", day(4), "400", of="a")]
    assert amounts(run(facts(lines, document(tiers("marginal", TWO_ROWS))))) == {
        "a": 4000,
        "b": 7000,
        "r": -2000,
    }


@pytest.mark.parametrize(("hour", "reverses"), [(9, False), (10, True), (11, True)])
def test_arrived_when_the_last_month_was_closed(hour: int, reverses: bool) -> None:
    closed = {Period(2026, 3): datetime(2026, 4, 10, 10, tzinfo=UTC)}
    back = refund("r", day(3), "400", of="a", recorded_at=datetime(2026, 4, 10, hour, tzinfo=UTC))
    found = run(
        facts([sale("a", day(1), "800"), back], document(tiers("marginal", TWO_ROWS)), closed_at=closed)
    )
    assert ("r" in amounts(found)) is reverses
    assert sum(amounts(found).values()) == 2000


def test_a_full_refund_partly_inside_and_partly_after_nets_to_zero() -> None:
    lines = [
        sale("a", day(1), "1000.01"),
        refund("inside", day(2), "333.33", of="a"),
        refund("after", day(4), "333.34", of="a"),
        refund("last", day(5), "333.34", of="a"),
    ]
    found = run(facts(lines, document(tiers("marginal", [("0", "0.07")])), closed_at=MARCH_CLOSED))
    assert amounts(found) == {"a": 4667, "after": -2334, "last": -2333}


def test_fully_refunded_inside_the_window_earns_nothing_not_even_a_floor() -> None:
    lines = [sale("a", day(1), "1000"), refund("r", day(2), "1000", of="a"), sale("b", day(3), "1000")]
    found = run(facts(lines, document(tiers("marginal", TWO_ROWS, floor={"sale": "7.00"}))))
    assert amounts(found) == {"b": 5000}
    assert (reason_of(found, "a"), reason_of(found, "r")) == ("refunded", "counted_with_sale")


def test_each_component_treats_the_refund_its_own_way() -> None:
    lines = [sale("a", day(1), "800"), refund("r", day(2), "400", of="a")]
    found = run(facts(lines, document(rate("0.01", "flat"), tiers("marginal", TWO_ROWS, "volume"))))
    by_component = {
        (target.key.component_id, target.key.line_id): target.amount_minor for target in found.targets
    }
    assert by_component == {("flat", "a"): 800, ("flat", "r"): -400, ("volume", "a"): 2000}
    assert found.outcomes == ()


def test_split_sale_is_scaled_without_dividing_again() -> None:
    split = [SplitShare(partner, parts=1) for partner in ("p1", "p2", "p3")]
    lines = [sale("a", day(1), "100.00", split=split), refund("r", day(2), "50.00", of="a", partner=None)]
    found = run(facts(lines, document(tiers("marginal", [("0", "1")]))))
    assert [target.line_inputs.basis_value for target in found.targets] == [
        1667,
        Decimal("1666.5"),
        Decimal("1666.5"),
    ]
    assert [target.amount_minor for target in found.targets] == [1667, 1667, 1667]


def test_refund_of_a_split_reverses_each_credit() -> None:
    split = [SplitShare(partner, parts=1) for partner in ("p1", "p2")]
    lines = [sale("a", day(1), "100.01", split=split), refund("r", day(2), "100.01", of="a", partner="p1")]
    found = run(facts(lines, document(rate("1"))))
    reversed_ = {
        target.key.partner_id: target.amount_minor for target in found.targets if target.key.line_id == "r"
    }
    assert reversed_ == {"p1": -5001, "p2": -5000}


def test_shares_are_by_money_also_per_unit() -> None:
    lines = [
        sale("a", day(1), "100", quantity=Decimal(10)),
        refund("r", day(2), "25", of="a", quantity=Decimal(9)),
    ]
    component = {"id": "base", "type": "per_unit", "amount": "2"}
    assert amounts(run(facts(lines, document(component)))) == {"a": 2000, "r": -500}


def test_above_the_sale_the_share_is_one_and_flagged() -> None:
    lines = [
        sale("a", day(1), "100"),
        refund("r1", day(2), "80", of="a"),
        refund("r2", day(3), "80", of="a"),
        refund("r3", day(4), "80", of="a"),
    ]
    found = run(facts(lines, document(rate("0.1"))))
    assert amounts(found) == {"a": 1000, "r1": -800, "r2": -200}
    assert target_of(found, "r2").line_inputs.notes == (OVER_REFUNDED,)
    assert reason_of(found, "r3") == "zero_amount"


def test_refund_waits_for_its_sale() -> None:
    lines = [refund("r", day(1), "50", of="a"), sale("a", day(2), "100")]
    raw = document(rate("0.1"))
    before = run(facts(lines, raw), ends_on=day(2))
    assert (before.targets, reason_of(before, "r")) == ((), "no_sale")
    assert amounts(run(facts(lines, raw))) == {"a": 1000, "r": -500}


def test_sale_is_found_in_the_same_source_only() -> None:
    lines = [sale("a", day(1), "100"), refund("r", day(2), "50", of="a", source="crm")]
    assert reason_of(run(facts(lines, document(rate()))), "r") == "no_sale"


def test_another_currency_stops_the_refund() -> None:
    lines = [sale("a", day(1), "100"), refund("r", day(2), "50", of="a", currency="USD")]
    found = run(facts(lines, document(rate("0.1"))))
    assert (amounts(found), reason_of(found, "r")) == ({"a": 1000}, "refund_currency")


def test_refund_follows_the_plan_of_the_sale() -> None:
    lines = [sale("a", day(1), "100"), refund("r", day(9), "50", of="a")]
    raw = document(rate("0.1", to="2026-02-01"))
    assert amounts(run(facts(lines, raw))) == {"a": 1000, "r": -500}
