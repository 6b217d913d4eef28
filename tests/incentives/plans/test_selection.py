"""Which plan and version pay: ranks, slots, conflicts, versions."""

from dataclasses import replace
from datetime import date

import pytest

from incentives.plans.facts import Assignment, Held, Partner, Plan, Standing
from tests.support.plan_facts import (
    amounts,
    day,
    document,
    everyone,
    facts,
    plan,
    rate,
    reason_of,
    run,
    sale,
    version,
)

START = date(2017, 1, 1)
NEW_YEAR = day(1)
PLANS = tuple(
    plan(version(document(rate(f"0.0{percent}")), plan_id=name), plan_id=name)
    for percent, name in enumerate(["one", "two", "three", "four", "five"], 1)
)
PARTNER = Partner(
    "p1",
    "p1",
    (Standing(START, day(3), "reseller", tier="gold"), Standing(day(3), None, "distributor", tier="silver")),
    (Held("north", START, day(5)), Held("focus", START)),
)


def earned(*assignments: Assignment, on: date = NEW_YEAR, plans: tuple[Plan, ...] = PLANS) -> int | str:
    known = facts([sale("a", on, "100")], plans=plans, assignments=assignments, partners=(PARTNER,))
    found = run(known)
    return amounts(found).get("a") or reason_of(found, "a")


@pytest.mark.parametrize("skipped", range(5))
def test_nearer_audience_wins(skipped: int) -> None:
    ranked = [
        Assignment("one", "partner", START, "p1"),
        Assignment("two", "segment", START, "north"),
        Assignment("three", "tier", START, "gold"),
        Assignment("four", "type", START, "reseller"),
        Assignment("five", "everyone", START),
    ]
    assert earned(*reversed(ranked[skipped:])) == 100 * (skipped + 1)


def test_audience_is_as_of_the_sale() -> None:
    gold = [Assignment("one", "tier", START, "gold"), Assignment("two", "tier", START, "silver")]
    assert earned(*gold, on=day(2, 28)) == 100
    assert earned(*gold, on=day(3)) == 200
    segment = Assignment("one", "segment", START, "north")
    assert earned(segment, on=day(4, 30)) == 100
    assert earned(segment, on=day(5)) == "no_plan"


def test_assignment_is_half_open() -> None:
    april = Assignment("one", "everyone", day(4), ends_on=day(5))
    assert [earned(april, on=on) for on in (day(3, 31), day(4), day(4, 30), day(5))] == [
        "no_plan",
        100,
        100,
        "no_plan",
    ]


def test_two_segments_with_different_plans_stop_the_line() -> None:
    north, focus = Assignment("one", "segment", START, "north"), Assignment("two", "segment", START, "focus")
    assert earned(north, focus) == "plan_conflict"
    assert earned(north, focus, Assignment("three", "partner", START, "p1")) == 300
    assert earned(north, focus, on=day(5)) == 200
    assert earned(north, replace(focus, plan_id="one")) == 100


def test_slots_stack() -> None:
    spiff = plan(version(document(rate("0.5")), plan_id="spiff"), plan_id="spiff", slot="spiff")
    found = run(
        facts(
            [sale("a", day(1), "100")],
            plans=(*PLANS, spiff),
            assignments=(everyone("one"), everyone("spiff")),
        )
    )
    assert {target.slot: target.amount_minor for target in found.targets} == {"main": 100, "spiff": 5000}
    alone = run(facts([sale("a", day(1), "100")], plans=(spiff,), assignments=(everyone("spiff"),)))
    assert [(outcome.slot, outcome.reason) for outcome in alone.outcomes] == [("main", "no_plan")]
    assert (alone.earned, alone.funnel) == (1, {})


def test_the_version_published_last_rules_and_then_the_one_before_again() -> None:
    versions = (
        version(document(rate("0.01")), 1, START, published_on=day(1)),
        version(document(rate("0.02")), 2, day(2), ends_on=day(4), published_on=day(2)),
        version(document(rate("0.03")), 3, day(3), ends_on=day(6), published_on=day(1, 15)),
    )
    plans = (plan(*versions),)
    months = {month: earned(everyone(), on=day(month), plans=plans) for month in range(1, 8)}
    assert months == {1: 100, 2: 200, 3: 200, 4: 300, 5: 300, 6: 100, 7: 100}


def test_no_version_on_the_date() -> None:
    plans = (plan(version(document(rate("0.01")), 1, day(2))),)
    assert earned(everyone(), plans=plans) == "outside_dates"


def test_volume_accumulates_across_versions() -> None:
    rows = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
    first = {"id": "base", "type": "tiers", "mode": "marginal", "tiers": rows}
    second = first | {"tiers": [{"from": "0", "rate": "0.01"}, {"from": "1000", "rate": "0.2"}]}
    versions = (version(document(first), 1, START), version(document(second), 2, day(2)))
    lines = [sale("jan", day(1), "1000"), sale("feb", day(2), "100")]
    found = run(facts(lines, plans=(plan(*versions),), assignments=(everyone(),)))
    assert amounts(found) == {"jan": 5000, "feb": 2000}
