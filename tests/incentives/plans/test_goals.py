"""Pay by attainment of a goal (money.md 2 "Proration of a goal", 3 `target`, 4 "Assignment", 5 S9)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from incentives.plans.facts import Assignment, Facts, Goal, SaleLine
from incentives.plans.reference import evaluate
from tests.support.plan_facts import (
    PARTNERS,
    YEAR_END,
    YEAR_START,
    day,
    document,
    facts,
    plan,
    refund,
    sale,
    target,
    version,
)

S9_STEPS = [("0", "0.05"), ("1", "x1.5"), ("1.2", "0.1")]


def known(lines: list[SaleLine], joined_on: date = date.min, **written: Any) -> Facts:
    component = target(S9_STEPS, "300000") | written
    found = facts(lines, document(component), partners=(replace(PARTNERS[0], joined_on=joined_on),))
    return replace(found, goals=())


def paid(found: Facts) -> int:
    return sum(each.amount_minor for each in evaluate(found, YEAR_START, YEAR_END).targets)


@pytest.mark.parametrize(
    ("sold", "minor"), [("201000", 1185000), ("210000", 1275000), ("179999.99", 975000), ("150000", 750000)]
)
def test_s9_a_goal_prorated_from_15_february(sold: str, minor: int) -> None:
    """150,000 at 5 %, 30,000 at 7.5 %, the rest at 10 %; bonus and cap apart."""
    assert paid(known([sale("s", day(2, 20), sold)], joined_on=day(2, 15))) == minor


def test_all_of_the_window_is_everyones_whole_goal() -> None:
    assert paid(known([sale("s", day(2, 20), "201000")])) == 1005000


def test_retroactively_the_rate_reached_pays_all() -> None:
    lines = [sale("a", day(2, 20), "100000"), sale("b", day(2, 21), "80000")]
    found = known(lines, joined_on=day(2, 15), mode="retroactive")
    assert paid(found) == 1800000


def test_the_goal_is_rounded_to_the_minor_unit() -> None:
    """300,000 x 46/91 = 151,648.35: up to it at 5 %, beyond at 7.5 %."""
    lines = [sale("below", day(5, 20), "151648.35"), sale("beyond", day(5, 21), "100")]
    found = known(lines, joined_on=day(5, 16), cap={"sale": "7582.42"})
    results = {each.key.line_id: each for each in evaluate(found, YEAR_START, YEAR_END).targets}
    assert results["beyond"].amount_minor == 750
    volume = results["beyond"].line_inputs.volume
    assert volume is not None
    assert (volume.goal, volume.row) == (Fraction(15164835), 1)


def test_a_goal_of_ones_own_counts_as_it_stands() -> None:
    found = known([sale("s", day(2, 20), "201000")], joined_on=day(2, 15))
    found = replace(found, goals=(Goal("plan", "goal", "p1", day(1), Decimal("100000")),))
    assert paid(found) == 500000 + 150000 + 810000


def test_a_plan_that_comes_later_prorates_as_well() -> None:
    found = known([sale("s", day(2, 20), "201000")])
    found = replace(found, assignments=(Assignment("plan", "everyone", day(2, 15)),))
    assert paid(found) == 1185000


def test_a_version_that_comes_later_prorates_as_well() -> None:
    component = target(S9_STEPS, "300000")
    found = facts([sale("s", day(2, 20), "201000")], document(component))
    versions = plan(version(document(component), starts_on=day(2, 15)))
    assert paid(replace(found, plans=(versions,))) == 1185000


def test_without_a_goal_the_sale_says_so() -> None:
    found = known([sale("s", day(2, 20), "100")])
    component = target(S9_STEPS)
    found = replace(found, plans=(plan(version(document(component))),))
    result = evaluate(found, YEAR_START, YEAR_END)
    assert (result.targets, result.funnel) == ((), {"no_goal": 1})


def test_units_are_measured_against_units() -> None:
    lines = [
        sale("a", day(1, 5), "100", quantity=Decimal(8)),
        sale("b", day(1, 6), "60", quantity=Decimal(6)),
    ]
    found = known(lines, goal="10", measure="units")
    assert paid(found) == 500 + 100 + 150 + 200


def test_a_refund_inside_the_window_lowers_what_was_reached() -> None:
    lines = [sale("a", day(1, 5), "400000"), refund("r", day(1, 9), "200000", of="a")]
    assert paid(known(lines)) == 1000000
