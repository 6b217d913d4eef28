"""What whole windows earn: bonuses and least amounts (money.md 2 "Order of cuts", 3 `bonus`, 4 "Bonus and window
top-up", 5 S9)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from incentives.plans.facts import Assignment, Facts, Goal, Held, SaleLine, SplitShare
from incentives.plans.targets import Target, WindowInputs
from prm.kit.periods import Period
from tests.support.plan_facts import (
    PARTNERS,
    bonus,
    day,
    document,
    facts,
    override,
    plan,
    protected,
    rate,
    rates,
    reason_of,
    refund,
    registered,
    run,
    sale,
    target,
    version,
)

S9_STEPS = [("0", "0.05"), ("1", "x1.5"), ("1.2", "0.1")]
NOTHING = rate("0", "none")
Q1_CLOSED = {Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC) for month in (1, 2, 3)}


def of_windows(known: Facts, ends_on: date = date(2027, 1, 1)) -> list[Target]:
    return [found for found in run(known, ends_on).targets if found.key.window_on is not None]


def amounts(known: Facts, **more: Any) -> list[tuple[date, int]]:
    """Day and minor units of each."""
    return [(found.occurred_on, found.amount_minor) for found in of_windows(known, **more)]


def one(known: Facts) -> Target:
    (found,) = of_windows(known)
    return found


@pytest.mark.parametrize(
    ("sold", "own", "extra"),
    [("201000", 1185000, [200000]), ("210000", 1275000, [125000]), ("179999.99", 975000, [])],
)
def test_s9_a_bonus_at_120_percent_under_a_cap_of_the_window(sold: str, own: int, extra: list[int]) -> None:
    caps = [{"per": "window", "amount": "14000"}]
    raw = document(target(S9_STEPS, "300000"), bonus({"from_attainment": "1.2", "amount": "2000"}), caps=caps)
    joined = (replace(PARTNERS[0], joined_on=day(2, 15)),)
    found = run(facts([sale("s", day(2, 20), sold)], raw, partners=joined)).targets
    assert [each.amount_minor for each in found if each.key.line_id] == [own]
    assert [each.amount_minor for each in found if not each.key.line_id] == extra
    cuts = [(cut.limit, cut.amount_minor) for each in found for cut in each.inputs.cuts]
    assert cuts == ([("plan_window_cap", 75000)] if sold == "210000" else [])


THREE = [
    sale("a", day(1, 10), "400"),
    sale("b", day(2, 10), "700"),
    sale("c", day(3, 10), "900"),
]


def test_once_a_window_the_highest_step_reached_pays_dated_as_the_sale_that_reached_it() -> None:
    steps = [
        {"goal": "500", "amount": "10"},
        {"goal": "1000", "amount": "30"},
        {"goal": "5000", "amount": "90"},
    ]
    raw = document(NOTHING, bonus(*steps), hold_days=10)
    found = one(facts(THREE, raw))
    assert (found.amount_minor, found.occurred_on, found.free_on) == (3000, day(2, 10), day(3, 11))
    assert (found.key.window_on, found.key.belongs_on) == (day(1), day(2))
    assert isinstance(found.inputs, WindowInputs)
    assert (found.inputs.step, found.inputs.total) == (1, Fraction(200000))


def test_a_rate_is_of_all_that_was_measured() -> None:
    raw = document(NOTHING, bonus({"goal": "1000", "rate": "0.01"}))
    assert amounts(facts(THREE, raw)) == [(day(2, 10), 2000)]


def test_each_window_counts_for_itself_and_filters_decide_what_is_measured() -> None:
    where = {"all": [{"fact": "category", "op": "eq", "value": "bikes"}]}
    raw = document(NOTHING, bonus({"goal": "800", "amount": "5"}, window="month", where=where))
    lines = [*THREE, sale("socks", day(2, 11), "500", product_id="sock")]
    assert amounts(facts(lines, raw)) == [(day(3, 10), 500)]


@pytest.mark.parametrize(("prorate", "paid"), [(True, [(day(2, 20), 500)]), (False, [])])
def test_a_step_is_prorated_where_it_says_so(prorate: bool, paid: list[tuple[date, int]]) -> None:
    """Joined on 15 February: 45 of 90 days."""
    raw = document(NOTHING, bonus({"goal": "1000", "amount": "5", "prorate": prorate}))
    joined = (replace(PARTNERS[0], joined_on=day(2, 15)),)
    lines = [sale("a", day(2, 16), "300"), sale("b", day(2, 20), "200")]
    assert amounts(facts(lines, raw, partners=joined)) == paid


def test_by_attainment_a_goal_of_ones_own_counts_and_without_one_the_sale_says_so() -> None:
    raw = document(
        target([("0", "0")], component_id="goal"), bonus({"from_attainment": "1.5", "amount": "5"})
    )
    known = facts(THREE, raw)
    own = replace(known, goals=(Goal("plan", "goal", "p1", day(1), Decimal(1000)),))
    assert amounts(own) == [(day(3, 10), 500)]
    assert (of_windows(known), reason_of(run(known), "a")) == ([], "no_goal")


def test_the_version_of_the_windows_last_credit_decides() -> None:
    first, second = (document(NOTHING, bonus({"goal": "1000", "amount": pays})) for pays in ("10", "20"))
    versions = plan(version(first), version(second, 2, day(3, 1)))
    known = replace(facts(THREE, first), plans=(versions,))
    assert (one(known).amount_minor, one(known).version_id) == (2000, "plan-v2")
    without = replace(known, lines=known.lines[:2])
    assert (one(without).amount_minor, one(without).version_id) == (1000, "plan-v1")


def test_what_was_reached_before_the_books_began_is_not_paid_again() -> None:
    raw = document(NOTHING, bonus({"goal": "1000", "amount": "10"}, {"goal": "2000", "amount": "30"}))
    found = run(facts(THREE[:2], raw), starts_on=day(3, 1)).targets
    assert found == ()
    assert [t.amount_minor for t in run(facts(THREE, raw), starts_on=day(3, 1)).targets] == [3000]


def test_sales_that_are_counted_say_so() -> None:
    raw = document(bonus({"goal": "9000", "amount": "10"}))
    assert run(facts(THREE, raw)).funnel == {"counted_for_bonus": 3}


@pytest.mark.parametrize(("policy", "left"), [("original_rate", [1000]), ("recompute", [])])
def test_refunds_change_an_open_window_and_a_closed_one_as_the_plan_says(
    policy: str, left: list[int]
) -> None:
    raw = document(NOTHING, bonus({"goal": "1500", "amount": "10"}), refund_policy=policy)
    late = [*THREE, refund("r", day(4, 10), "900", of="c")]
    found = of_windows(facts(late, raw, closed_at=Q1_CLOSED))
    assert [each.amount_minor for each in found] == left
    soon = [*THREE, refund("r", day(3, 20), "900", of="c")]
    assert of_windows(facts(soon, raw)) == []


def test_a_bonus_is_no_part_of_commission_of_caps_per_sale_and_of_revenue() -> None:
    chain = (replace(PARTNERS[0], parents=(Held("p2", day(1)),)), *PARTNERS[1:])
    raw = document(
        rate("0.1"),
        override("0.5", basis="commission"),
        bonus({"goal": "100", "amount": "500"}),
        caps=[{"per": "sale", "amount": "50"}],
    )
    found = run(facts([sale("s", day(1, 5), "300")], raw, partners=chain)).targets
    assert {each.key.component_id: each.amount_minor for each in found} == {
        "base": 3000,
        "above": 1500,
        "bonus": 50000,
    }
    alone = document(bonus({"goal": "100", "amount": "500"}), caps=[{"per": "window", "rate": "0.5"}])
    assert of_windows(facts([sale("s", day(1, 5), "300")], alone)) == []


def test_a_cap_takes_overrides_first_then_bonuses_then_own_amounts() -> None:
    chain = (replace(PARTNERS[0], parents=(Held("p2", day(1)),)), *PARTNERS[1:])
    lines = [sale("a", day(1, 5), "1000"), sale("b", day(3, 5), "1000")]
    for cap, left in ((450, (300, 100, 50)), (350, (300, 50, 0)), (250, (250, 0, 0))):
        raw = document(
            rate("0.15"),
            override("0.05"),
            bonus({"goal": "500", "amount": "100"}),
            caps=[{"per": "window", "over": "all", "amount": str(cap)}],
        )
        found = run(facts(lines, raw, partners=chain)).targets
        sums = [
            sum(each.amount_minor for each in found if each.key.component_id == name)
            for name in ("base", "bonus", "above")
        ]
        assert sums == [minor * 100 for minor in left]


def test_a_cap_per_window_limits_a_bonus_by_rate() -> None:
    raw = document(NOTHING, bonus({"goal": "1000", "rate": "0.5"}, cap={"window": "70"}))
    found = one(facts(THREE, raw))
    assert (found.amount_minor, found.inputs.cuts[0].limit) == (7000, "window_cap")


def test_split_sales_count_with_their_share_and_pay_in_the_rate_of_the_day() -> None:
    half = [SplitShare("p1", parts=1), SplitShare("p2", parts=1)]
    raw = document(NOTHING, bonus({"goal": "1000", "amount": "10"}), payout_currency="GBP")
    spot = rates(*(("EUR", "GBP", day(month, 10), f"0.{month}") for month in (1, 2, 3)))
    known = facts([replace(line, split=tuple(half)) for line in THREE], raw, rates=spot)
    found = of_windows(known)
    assert [(each.key.partner_id, each.payout_amount_minor) for each in found] == [("p1", 300), ("p2", 300)]


FLOOR = rate("0.1", floor={"window": "300"})


def test_a_least_amount_is_topped_up_once_the_window_is_over() -> None:
    known = facts(THREE, document(FLOOR, hold_days=5))
    assert amounts(known, ends_on=day(3, 1)) == []
    found = one(known)
    assert (found.amount_minor, found.occurred_on, found.free_on) == (10000, day(3, 10), day(3, 15))
    assert found.inputs == WindowInputs("rate", 1, day(1), day(4), earned_minor=20000, floor_minor=30000)


def test_nothing_earned_tops_up_nothing() -> None:
    nothing = [sale("a", day(1, 5), "0"), sale("b", day(1, 6), "5", product_id="visit")]
    back = [sale("c", day(1, 7), "100"), refund("r", day(1, 9), "100", of="c")]
    assert of_windows(facts([*nothing, *back], document(FLOOR))) == []


@pytest.mark.parametrize(
    ("came", "policy", "minor"),
    [
        (day(3, 20), "original_rate", 19000),
        (day(4, 20), "original_rate", 10000),
        (day(4, 20), "recompute", 19000),
    ],
)
def test_what_comes_back_is_topped_up_while_the_window_is_open_or_as_the_plan_says(
    came: date, policy: str, minor: int
) -> None:
    lines = [*THREE, refund("r", came, "900", of="c")]
    raw = document(FLOOR, refund_policy=policy)
    assert one(facts(lines, raw, closed_at=Q1_CLOSED)).amount_minor == minor


def test_each_beneficiary_has_a_least_amount_of_its_own() -> None:
    chain = (replace(PARTNERS[0], parents=(Held("p2", day(1)),)), *PARTNERS[1:])
    raw = document(override("0.1", floor={"window": "300"}))
    found = one(facts(THREE, raw, partners=chain))
    assert (found.key.partner_id, found.key.depth, found.amount_minor) == ("p2", 0, 10000)


def test_a_plan_that_ends_in_the_window_still_owes_its_least_amount() -> None:
    known = facts(THREE, document(FLOOR))
    ended = replace(known, assignments=(Assignment("plan", "everyone", day(1), ends_on=day(2, 1)),))
    assert amounts(ended) == [(day(1, 10), 26000)]


def test_a_registered_deal_tops_up_who_holds_it() -> None:
    lines: list[SaleLine] = [sale("a", day(1, 5), "100", "p2", deal_id="d")]
    held = (protected("d", "p1", day(1), day(3)),)
    raw = document(registered("0.1", floor={"window": "30"}))
    found = one(facts(lines, raw, protections=held))
    assert (found.key.partner_id, found.amount_minor) == ("p1", 2000)
