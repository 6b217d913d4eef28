"""The numbers of the design that are about whole windows and groups, on plain data."""

from typing import Any

import pytest

from tests.oracle.book import Row
from tests.oracle.evaluate import evaluate
from tests.oracle.sample import by_line, document, everything, line, partner, rate, refund, tiers, version
from tests.oracle.test_acceptance_numbers import ACCELERATED


def told(lines: list[Row], *rules: Row, until: str = "2027-01-01", **more: Any) -> dict[tuple[str, str], int]:
    """Minor units of what windows earn, by component and the month where it belongs."""
    found = evaluate(everything(lines, *rules, **more), "2026-01-01", until)
    return {(key[1], key[6][5:7]): pair[0] for key, pair in found.items() if key[2].startswith("window")}


def bonus(*steps: Row, **more: Any) -> Row:
    return {"id": "bonus", "type": "bonus", "window": "quarter", "steps": list(steps)} | more


@pytest.mark.parametrize(
    ("sold", "earned"), [(20100000, 1385000), (21000000, 1400000), (17999999, 975000), (18000000, 1175000)]
)
def test_s9_a_goal_a_bonus_and_a_cap(sold: int, earned: int) -> None:
    """The last one reaches 120 % of 150,000 exactly."""
    cap = {"per": "window", "over": "beneficiary", "amount": "14000"}
    reached = bonus({"from_attainment": "1.2", "amount": "2000"})
    rules = version(document(ACCELERATED, reached, caps=[cap]))
    known = everything([line("s", "03-10", sold)], rules, partners=[partner("R", joined="2026-02-15")])
    assert sum(by_line(known).values()) == earned


def test_a_bonus_is_paid_once_by_its_highest_step_and_carries_the_day_that_reached_it() -> None:
    steps = [{"goal": "100", "amount": "5"}, {"goal": "200", "rate": "0.1"}, {"goal": "900", "amount": "90"}]
    lines = [line(name, f"{month}-03", 10000) for name, month in (("a", "01"), ("b", "02"), ("c", "03"))]
    assert told(lines, version(document(bonus(*steps)))) == {("bonus", "02"): 3000}
    assert told(lines[:1], version(document(bonus(*steps)))) == {("bonus", "01"): 500}
    back = refund("r", "03-20", 10000, "b")
    assert told([*lines[:2], back], version(document(bonus(*steps)))) == {("bonus", "01"): 500}


@pytest.mark.parametrize(("prorate", "earned"), [(True, {("bonus", "03"): 500}), (False, {})])
def test_a_step_is_prorated_where_it_says_so(prorate: bool, earned: dict[tuple[str, str], int]) -> None:
    step = {"goal": "100", "amount": "5"} | ({"prorate": True} if prorate else {})
    joined = [partner("R", joined="2026-02-15")]
    assert told([line("s", "03-10", 5000)], version(document(bonus(step))), partners=joined) == earned


def test_the_version_of_the_last_credit_rules_the_bonus() -> None:
    first, second = (bonus({"goal": "100", "amount": amount}) for amount in ("5", "7"))
    rules = version(document(first)), version(document(second), "2026-03-01", "2026-01-01")
    lines = [line("a", "01-03", 10000), line("b", "03-03", 1)]
    assert told(lines[:1], *rules) == {("bonus", "01"): 500}
    assert told(lines, *rules) == {("bonus", "01"): 700}


LEAST = rate("0.01", floor={"window": "7"})


def test_a_least_amount_is_due_with_the_last_month_and_dated_by_the_last_credit() -> None:
    lines = [line("a", "01-03", 10000), line("b", "02-03", 10000)]
    assert told(lines, version(document(LEAST)), until="2026-03-01") == {}
    assert told(lines, version(document(LEAST)), until="2026-04-01") == {("base", "02"): 500}


def test_a_least_amount_needs_something_that_was_earned() -> None:
    sold, back = line("a", "01-03", 10000), refund("r", "02-03", 10000, "a")
    assert told([sold, back], version(document(LEAST))) == {}
    closed = {f"2026-0{month}": f"2026-0{month + 1}-05T00:00:00+00:00" for month in (1, 2, 3)}
    late = refund("r", "05-03", 10000, "a")
    assert told([sold, late], version(document(LEAST)), closed=closed) == {("base", "01"): 600}
    recomputed = document(LEAST, refund_policy="recompute")
    assert told([sold, late], version(recomputed), closed=closed) == {}


def test_a_group_sells_together_and_each_is_paid_for_its_own() -> None:
    """R moves from D to M on 15 March; what it sold before counts for D."""
    tree = [
        partner("R", ("D", "2020-01-01", "2026-03-15"), ("M", "2026-03-15", None)),
        partner("D"),
        partner("M"),
    ]
    lines = [line("r1", "03-03", 100000), line("r2", "03-20", 100000)]
    lines += [line(name, "03-25", 10000, name) for name in ("D", "M")]
    ladder = (("0", "0.05"), ("1000", "0.10"), ("1500", "0.20"))
    rules = version(document(tiers("marginal", ladder, scope="group")))
    found = by_line(everything(lines, rules, partners=tree))
    assert found == {"r1": 5000, "r2": 15000, "D": 1000, "M": 1000}
