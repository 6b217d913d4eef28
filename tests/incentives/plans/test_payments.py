"""Part payments: what is paid of a sale is earned of its amount, and a sale that is paid whole earns all of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incentives.plans.differences import Posted, differences
from incentives.plans.facts import Facts, Held, Payment, SaleLine
from incentives.plans.reference import evaluate
from incentives.plans.targets import Target
from tests.support.plan_facts import (
    PARTNERS,
    amounts,
    bonus,
    day,
    document,
    facts,
    override,
    rate,
    refund,
    run,
    sale,
    tiers,
)

START = day(1)


def paid(line: SaleLine, *parts: tuple[date, int]) -> SaleLine:
    payments = tuple(Payment(on, minor, line.currency) for on, minor in parts)
    return replace(line, payments=payments)


def known(lines: Sequence[SaleLine], *components: dict[str, Any], **settings: Any) -> Facts:
    return facts(list(lines), document(*components, earning_event="payment", **settings))


def test_what_is_paid_is_earned_and_nothing_before() -> None:
    """Thirds of 100.00 at 10 %: 3.33, 6.67 and all of it."""
    line = paid(sale("a", day(1, 5), "100"), (day(2, 3), 33_33), (day(3, 4), 33_33), (day(4, 5), 33_34))
    told = known([line], rate("0.1"))
    by_month = [evaluate(told, START, day(month)) for month in (2, 3, 4, 5)]
    assert [amounts(found) for found in by_month] == [{}, {"a": 333}, {"a": 667}, {"a": 1000}]
    assert [dict(found.funnel) for found in by_month] == [{"not_paid": 1}, {}, {}, {}]


def test_each_payment_is_posted_in_its_month_and_belongs_to_the_month_of_the_sale() -> None:
    line = paid(sale("a", day(1, 5), "100"), (day(2, 3), 50_00), (day(3, 4), 50_00))
    told = known([line], rate("0.1"), hold_days=10)
    posted: list[Posted] = []
    found = []
    for month in (1, 2, 3):
        due = evaluate(told, START, day(month + 1)).targets
        for one in differences(due, posted, day(month)):
            found.append((month, one.amount_minor, one.key.belongs_on, one.cause))
            assert one.target is not None
            assert one.target.free_on == day(2, 13)
        posted = [as_posted(target) for target in due]
    assert found == [(2, 500, day(1), "payment"), (3, 500, day(1), "payment")]


def as_posted(target: Target) -> Posted:
    from incentives.plans.targets import inputs_as_json

    return Posted(
        target.key, target.amount_minor, target.currency, target.payout_amount_minor, target.payout_currency,
        target.version_id, inputs_as_json(target.inputs),
    )  # fmt: skip


def test_too_much_is_the_whole_and_what_is_withdrawn_is_taken_back() -> None:
    line = sale("a", day(1, 5), "100")
    assert amounts(run(known([paid(line, (day(2), 150_00))], rate("0.1")))) == {"a": 1000}
    assert amounts(run(known([paid(line, (day(2), 25_00))], rate("0.1")))) == {"a": 250}
    assert amounts(run(known([line], rate("0.1")))) == {}


def test_money_of_another_currency_pays_nothing() -> None:
    line = replace(sale("a", day(1, 5), "100"), payments=(Payment(day(2), 100_00, "USD"),))
    assert run(known([line], rate("0.1"))).funnel == {"not_paid": 1}


def test_a_sale_of_nothing_waits_for_nothing_and_a_credit_note_is_its_own_document() -> None:
    unit = {"id": "unit", "type": "per_unit", "amount": "2"}
    lines = [sale("free", day(1, 5), "0"), refund("note", day(1, 6), "40")]
    assert amounts(run(known(lines, unit))) == {"free": 200, "note": -200}


def test_a_payment_before_the_sale_holds_from_the_sale() -> None:
    told = known([paid(sale("a", day(2, 5), "100"), (day(1, 5), 100_00))], rate("0.1"), hold_days=10)
    assert evaluate(told, START, day(2)).targets == ()
    assert [each.free_on for each in run(told).targets] == [day(2, 15)]


@pytest.mark.parametrize(
    ("received", "of_sale", "of_refund"),
    [(0, 0, 0), (30_00, 500, -200), (60_00, 1000, -400), (100_00, 1000, -400)],
)
def test_a_refund_lowers_what_is_due(received: int, of_sale: int, of_refund: int) -> None:
    """Of 100.00, 40.00 come back: with 60.00 the rest is paid, whatever came before."""
    parts = [(day(2), received)] if received else []
    lines = [paid(sale("a", day(1, 5), "100"), *parts), refund("r", day(3), "40", of="a")]
    found = amounts(run(known(lines, rate("0.1"))))
    assert (found.get("a", 0), found.get("r", 0)) == (of_sale, of_refund)


def test_a_sale_that_came_back_whole_nets_to_nothing() -> None:
    lines = [paid(sale("a", day(1, 5), "99.99"), (day(2), 33_33)), refund("r", day(3), "99.99", of="a")]
    assert sum(amounts(run(known(lines, rate("0.1")))).values()) == 0
    lines[0] = sale("a", day(1, 5), "99.99")
    assert amounts(run(known(lines, rate("0.1")))) == {}


def test_tiers_count_the_whole_sale_and_a_bonus_what_is_paid() -> None:
    ladder = tiers("marginal", [("0", "0.1"), ("100", "0.2")])
    extra = bonus({"goal": "120", "amount": "7"})
    lines = [sale("a", day(1, 5), "100"), paid(sale("b", day(1, 6), "100"), (day(2), 50_00))]
    assert amounts(run(known(lines, ladder, extra))) == {"b": 1000}
    lines = [paid(lines[0], (day(2), 100_00)), lines[1]]
    found = run(known(lines, ladder, extra))
    assert {each.key.line_id: each.amount_minor for each in found.targets} == {
        "a": 1000,
        "b": 1000,
        None: 700,
    }


def test_caps_limit_what_is_earned() -> None:
    """The first waits and takes no room; once it is paid, the later one gives it back."""
    cap = rate("0.1", cap={"window": "15"})
    first, second = sale("a", day(1, 5), "100"), paid(sale("b", day(1, 6), "100"), (day(2), 100_00))
    assert amounts(run(known([first, second], cap))) == {"b": 1000}
    assert amounts(run(known([paid(first, (day(2), 80_00)), second], cap))) == {"a": 800, "b": 700}
    assert amounts(run(known([paid(first, (day(3), 100_00)), second], cap))) == {"a": 1000, "b": 500}


def test_limits_of_the_sale_hold_for_the_whole_of_it() -> None:
    line = paid(sale("a", day(1, 5), "100"), (day(2), 50_00))
    assert amounts(run(known([line], rate("0.1", floor={"sale": "20"})))) == {"a": 1000}
    assert amounts(run(known([line], rate("0.1", cap={"sale": "4"})))) == {"a": 200}


def test_a_cap_that_is_a_rate_takes_what_is_paid_of_the_revenue() -> None:
    caps = [{"per": "sale", "over": "beneficiary", "rate": "0.05"}]
    line = paid(sale("a", day(1, 5), "100"), (day(2), 50_00))
    assert amounts(run(known([line], rate("0.1"), caps=caps))) == {"a": 250}


@pytest.mark.parametrize("basis", ["revenue", "commission"])
def test_those_above_earn_with_the_same_payments(basis: str) -> None:
    above = replace(PARTNERS[0], parents=(Held("p2", day(1)),))
    share = override("0.03" if basis == "revenue" else "0.3", basis=basis)
    line = paid(sale("a", day(1, 5), "100"), (day(2), 50_00))
    told = replace(known([line], rate("0.1"), share), partners=(above, *PARTNERS[1:]))
    assert {each.key.partner_id: each.amount_minor for each in run(told).targets} == {"p1": 500, "p2": 150}


@settings(max_examples=60, deadline=None)
@given(
    amount=st.integers(1, 20_000),
    parts=st.lists(st.integers(1, 9_000), min_size=1, max_size=6),
    share=st.sampled_from(["0.1", "0.333333", "0.07"]),
)
def test_parts_total_the_amount_of_the_whole_sale(amount: int, parts: list[int], share: str) -> None:
    """However it is paid: never more than the whole, never less with more, and all of it with the last."""
    line = replace(sale("a", day(1, 5), "0"), amount_minor=amount)
    whole = amounts(run(facts([line], document(rate(share))))).get("a", 0)
    earned = [
        amounts(run(known([paid(line, *[(day(2), part) for part in parts[:count]])], rate(share)))).get(
            "a", 0
        )
        for count in range(len(parts) + 1)
    ]
    assert earned == sorted(earned)
    assert earned[-1] <= whole
    last = paid(line, *[(day(2), part) for part in parts], (day(3), amount))
    assert amounts(run(known([last], rate(share)))).get("a", 0) == whole
