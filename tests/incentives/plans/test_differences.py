"""Entries are differences: what is posted, why, and that asking again gives nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.plans.differences import Difference, Posted, differences
from incentives.plans.facts import Facts
from incentives.plans.targets import Target, inputs_as_json
from tests.support.plan_facts import (
    day,
    document,
    everyone,
    facts,
    plan,
    rate,
    rates,
    refund,
    run,
    sale,
    target_of,
    tiers,
    version,
)

TWO_ROWS = [("0", "0.05"), ("1000", "0.1")]
RAW = document(tiers("retroactive", TWO_ROWS))


def as_posted(target: Target) -> Posted:
    return Posted(
        target.key,
        target.amount_minor,
        target.currency,
        target.payout_amount_minor,
        target.payout_currency,
        target.version_id,
        inputs_as_json(target.inputs),
    )


def steps(before: Facts, after: Facts) -> list[Difference]:
    return differences(run(after).targets, [as_posted(target) for target in run(before).targets], day(6))


def told(before: Facts, after: Facts) -> dict[str, tuple[int, str]]:
    return {str(step.key.line_id): (step.amount_minor, step.cause) for step in steps(before, after)}


A, B = sale("a", day(5), "800"), sale("b", day(6), "800")


def test_new_and_late() -> None:
    assert told(facts([], RAW), facts([A], RAW)) == {"a": (4000, "late_sale")}
    assert told(facts([], RAW), facts([B], RAW)) == {"b": (4000, "sale")}


def test_nothing_changed() -> None:
    assert steps(facts([A, B], RAW), facts([B, A], RAW)) == []


def test_other_lines_moved_the_volume() -> None:
    assert told(facts([A], RAW), facts([A, B], RAW)) == {"a": (4000, "volume_changed"), "b": (8000, "sale")}


def test_amended_line() -> None:
    assert told(facts([A], RAW), facts([sale("a", day(5), "900")], RAW)) == {"a": (500, "amended")}


def test_merged_refund() -> None:
    back = refund("r", day(6), "400", of="a")
    assert told(facts([A], RAW), facts([A, back], RAW)) == {"a": (-2000, "refund")}


def test_reversing_refund() -> None:
    back = refund("r", day(9), "400", of="a")
    assert told(facts([A], RAW), facts([A, back], RAW)) == {"r": (-2000, "refund")}


def test_a_line_that_is_gone_gets_its_negative() -> None:
    (step,) = steps(facts([A], RAW), facts([], RAW))
    assert (step.amount_minor, step.payout_amount_minor, step.cause, step.target) == (
        -4000,
        -4000,
        "withdrawn",
        None,
    )


def test_another_version() -> None:
    first = version(document(rate("0.05")), 1)
    second = version(document(rate("0.06")), 2, day(5), published_on=day(6))
    old = facts([A], plans=(plan(first),), assignments=(everyone(),))
    assert told(old, replace(old, plans=(plan(first, second),))) == {"a": (800, "plan_changed")}


def test_another_exchange_rate() -> None:
    dollars = document(rate("0.05"), currency="USD")
    old = facts([A], dollars, rates=rates(("EUR", "USD", day(5), "1")))
    new = replace(old, rates=rates(("EUR", "USD", day(5), "1"), ("EUR", "USD", day(5), "1.1")))
    assert told(old, new) == {"a": (400, "rate_changed")}


def test_a_payout_amount_alone_is_posted_too() -> None:
    pounds = document(rate("0.05"), payout_currency="GBP")
    old = facts([A], pounds, rates=rates(("EUR", "GBP", day(5), "0.8")))
    new = replace(old, rates=rates(("EUR", "GBP", day(5), "0.8"), ("EUR", "GBP", day(5), "0.9")))
    (step,) = steps(old, new)
    assert (step.amount_minor, step.payout_amount_minor) == (0, 400)


def test_currencies_of_a_plan_never_change() -> None:
    (target,) = run(facts([A], RAW)).targets
    with pytest.raises(ValueError, match="currencies"):
        differences([target], [replace(as_posted(target), currency="USD")], day(6))


def test_stored_inputs_are_plain_json() -> None:
    lines = [A, sale("b", day(6), "800", product_id="sock")]
    found = run(facts(lines, document(tiers("marginal", TWO_ROWS, cap={"sale": "50"}))))
    assert inputs_as_json(target_of(found, "b").inputs) == {
        "component_type": "tiers",
        "version_number": 1,
        "base_minor": 80000,
        "base_currency": "EUR",
        "share": "1",
        "quantity": "1",
        "basis": "revenue",
        "basis_value": "80000",
        "volume": {
            "window_starts_on": "2026-04-01",
            "window_ends_on": "2026-07-01",
            "measure": "revenue",
            "mode": "marginal",
            "before": "80000",
            "after": "160000",
            "deciding": "80000",
            "row": 1,
            "measured": True,
            "slices": [
                {"row": 0, "volume": "20000", "rate": "0.05"},
                {"row": 1, "volume": "60000", "rate": "0.1"},
            ],
        },
        "refunded_share": "0",
        "cuts": [{"limit": "sale_cap", "limit_minor": 5000, "amount_minor": 2000}],
    }


amounts = st.lists(st.integers(0, 3000), min_size=1, max_size=5)


@given(amounts, amounts)
def test_posting_the_differences_leaves_none(before: list[int], after: list[int]) -> None:
    old, new = (
        facts([sale(f"s{place}", day(4 + place % 3), str(amount)) for place, amount in enumerate(some)], RAW)
        for some in (before, after)
    )
    balance = {target.key: as_posted(target) for target in run(old).targets}
    for step in steps(old, new):
        known = balance.get(step.key)
        balance[step.key] = Posted(
            step.key,
            step.amount_minor + (known.amount_minor if known else 0),
            step.currency,
            step.payout_amount_minor + (known.payout_amount_minor if known else 0),
            step.payout_currency,
        )
    assert differences(run(new).targets, balance.values(), day(6)) == []
