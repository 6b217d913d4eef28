"""The reference and the oracle, which share no code, agree in every key and in both amounts."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pprint import pformat
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from incentives.plans import reference
from incentives.plans.facts import Facts, Held
from prm.kit.periods import Period
from tests.oracle.evaluate import evaluate
from tests.support.generated_facts import known_facts
from tests.support.oracle_facts import plain, said
from tests.support.plan_facts import (
    PARTNERS,
    day,
    document,
    facts,
    override,
    recurring,
    refund,
    sale,
    tiers,
)

SPAN = (date(2026, 1, 1), date(2026, 9, 1))


def differing(known: Facts) -> dict[Any, Any]:
    """What the reference says and what the oracle says, where they differ."""
    told = said(reference.evaluate(known, *SPAN))
    found = evaluate(plain(known), *(day.isoformat() for day in SPAN))
    keys = [key for key in {**told, **found} if told.get(key) != found.get(key)]
    return {key: (told.get(key), found.get(key)) for key in keys}


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "80")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(known=known_facts())
def test_generated_plans_and_sales(known: Facts) -> None:
    found = differing(known)
    assert not found, f"(reference, oracle):\n{pformat(found)}\n{json.dumps(plain(known))}"


BELOW = (replace(PARTNERS[0], parents=(Held("p2", day(1)),)), *PARTNERS[1:])
Q1_CLOSED = {Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC) for month in (1, 2, 3)}


def a_floor_on_a_sale_that_came_back() -> Facts:
    """The commission is 10.00, then nothing; the floor of 1.00 of the partner above lifts nothing."""
    lines = [sale("s", day(3, 2), "100"), refund("r", day(5, 2), "100", of="s")]
    above = override("0.5", basis="commission", floor={"sale": "1"})
    rules = document(tiers("marginal", [("0", "0.1")]), above)
    return facts(lines, rules, partners=BELOW, closed_at=Q1_CLOSED)


def an_order_whose_last_line_came_back() -> Facts:
    """The first line of the order takes 20 % for the 14.00 sold until its last line, which is paid, not measured, and
    came back."""
    lines = [
        sale("a", day(1, 2), "5", order_number="o"),
        sale("b", day(1, 3), "9"),
        sale("c", day(1, 4), "5", order_number="o", product_id="sock"),
        refund("r", day(1, 5), "5", of="c"),
    ]
    bikes = {"all": [{"fact": "product", "op": "eq", "value": "BIKE"}]}
    return facts(
        lines, document(tiers("whole_transaction", [("0", "0.1"), ("10", "0.2")], measure_where=bikes))
    )


@pytest.mark.parametrize("case", [a_floor_on_a_sale_that_came_back, an_order_whose_last_line_came_back])
def test_rulings_of_the_design(case: Callable[[], Facts]) -> None:
    assert differing(case()) == {}


def test_a_credit_note_is_the_first_line_of_its_subscription() -> None:
    """One month of a subscription; the note is its first line, the sale follows two months later and is not paid."""
    lines = [
        refund("note", day(1, 3), "10", subscription_ref="x"),
        sale("s", day(3, 3), "10", subscription_ref="x"),
    ]
    assert differing(facts(lines, document(recurring("0.1", 1)))) == {}


def test_of_two_top_ups_of_one_credit_that_of_the_higher_code_is_cut() -> None:
    """Both are 4.99 and dated by the same sale; the cap leaves 6.00, whatever the ids of the partners."""
    above = override("0.01", "0.01", floor={"window": "5"})
    cap = {"per": "life", "over": "all", "amount": "6"}
    tree = (
        replace(PARTNERS[0], parents=(Held("p2", day(1)),)),
        replace(PARTNERS[1], code="z", parents=(Held("p3", day(1)),)),
        replace(PARTNERS[2], code="a"),
    )
    known = facts([sale("s", day(3, 2), "1.00")], document(above, caps=[cap]), partners=tree)
    assert differing(known) == {}
    assert {key[4]: pair[0] for key, pair in said(reference.evaluate(known, *SPAN)).items()} == {
        "p3": 499,
        "p2": 101,
    }
