"""The formula that a file gives for an amount comes to that amount, for every kind of rule, limit, return and rate."""

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from incentives.earnings.entry_facts import WITHDRAWN, EntryFacts
from incentives.earnings.formulas import formula_of, steps_of
from incentives.plans.facts import Facts, SplitShare
from incentives.plans.reference import evaluate
from incentives.plans.targets import Target, inputs_as_json
from prm.kit.money import Money, exponent_of
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away
from tests.support.generated_facts import known_facts
from tests.support.plan_facts import (
    day,
    document,
    facts,
    rate,
    rates,
    refund,
    run,
    sale,
    target,
    target_of,
    tiers,
)

LADDER = [("0", "0.05"), ("100000", "0.07"), ("250000", "0.1")]
CLOSED = {Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC) for month in (1, 2, 3)}


def told(found: Target, *, posted: int = 0, paid: int = 0, cause: str = "sale") -> EntryFacts:
    return EntryFacts(
        amount=Money(found.amount_minor - posted, found.currency),
        payout=Money(found.payout_amount_minor - paid, found.payout_currency),
        inputs=inputs_as_json(found.inputs),
        cause=cause,
        plan_name="base",
        version_number=1,
        free_on=date(2026, 5, 1),
        posted_before=Money(posted, found.currency),
        payout_before=Money(paid, found.payout_currency),
        depth=found.key.depth,
    )


def computed(formula: str) -> Fraction:
    """As a spreadsheet does, but exactly."""
    functions: dict[str, Callable[..., Fraction]] = {
        "ROUND": lambda value, places: Fraction(round_half_away(value * 10**places)) / Fraction(10) ** places,
        "MIN": min,
        "MAX": max,
        "F": Fraction,
    }
    assert re.fullmatch(r"[-+*/().,0-9A-Z]+", formula), formula
    exact = re.sub(r"\d+(?:\.\d+)?", lambda number: f'F("{number[0]}")', formula)
    found: Fraction = eval(exact, {"__builtins__": {}}, functions)
    return found


def amount_of(known: EntryFacts) -> Fraction:
    return Fraction(10) ** exponent_of(known.payout.currency) * computed(formula_of(known))


QUARTER = [
    sale("jan", day(1, 10), "80000"),
    sale("feb", day(2, 10), "90000"),
    sale("mar", day(3, 10), "130000"),
]


def test_a_marginal_amount_is_written_row_by_row() -> None:
    found = told(target_of(run(facts(QUARTER, document(tiers("marginal", LADDER)))), "feb"))
    assert formula_of(found) == "ROUND(20000*0.05+70000*0.07,2)"


def test_s6_the_rates_of_both_exchanges_stand_in_the_formula() -> None:
    raw = document(rate("0.06"), currency="USD", payout_currency="GBP")
    given_rates = rates(("EUR", "USD", day(1), "1.0835"), ("USD", "GBP", day(1), "0.7912"))
    known = facts([sale("s", day(1), "25400")], raw, rates=given_rates)
    found = told(target_of(run(known), "s"))
    assert formula_of(found) == "ROUND((ROUND(25400*1.0835*0.06,2))*0.7912,2)"
    assert amount_of(found) == 130_647


def test_a_correction_is_the_whole_less_what_was_posted() -> None:
    found = told(
        target_of(run(facts(QUARTER, document(tiers("retroactive", LADDER)))), "jan"), posted=400_000
    )
    assert formula_of(found).endswith("-4000")
    assert amount_of(found) == found.amount.amount_minor
    gone = told(
        target_of(run(facts(QUARTER, document(rate("0.05")))), "jan"), posted=400_000, cause=WITHDRAWN
    )
    assert formula_of(gone) == "0-4000"


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (
            document(rate("0.05", cap={"window": "10"})),
            [sale("a", day(1, 5), "150"), sale("b", day(1, 6), "100.10")],
        ),
        (
            document(rate("0.01", floor={"sale": "7.00"})),
            [sale("a", day(1), "100"), refund("b", day(1, 2), "100")],
        ),
        (
            document(rate("0.5", cap={"sale": "7.00"})),
            [sale("a", day(1), "100"), refund("b", day(1, 2), "100")],
        ),
        (
            document(target([("0", "0.05"), ("1", "x1.5"), ("1.2", "0.1")], "150000")),
            [sale("b", day(2, 20), "201000")],
        ),
        (
            document(tiers("marginal", LADDER)),
            [*QUARTER, refund("b", day(4, 10), "60000", of="mar")],
        ),
    ],
)
def test_limits_goals_and_returns_come_to_the_amount(raw: dict[str, Any], lines: list[Any]) -> None:
    found = told(target_of(run(facts(lines, raw, closed_at=CLOSED)), "b"))
    assert amount_of(found) == found.payout.amount_minor


def test_what_six_places_do_not_hold_stands_by_itself() -> None:
    """A third of a unit at 1.5 yen is half a yen, 0.333333 of one is less."""
    third = sale(
        "a",
        day(1, 5),
        "100",
        quantity=Decimal(1),
        split=(SplitShare("p1", parts=1), SplitShare("p2", parts=2)),
    )
    raw = document({"id": "unit", "type": "per_unit", "amount": "1.5"}, currency="JPY", payout_currency="JPY")
    known = facts([third], raw, rates=rates(("EUR", "JPY", day(1, 1), "160")))
    found = told(run(known).targets[0])
    assert (formula_of(found), found.amount) == ("1", Money(1, "JPY"))


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "10")), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(known=known_facts())
def test_whatever_a_plan_pays_its_formula_pays(known: Facts) -> None:
    """To the minor unit: stored inputs have six places, which a huge unit price alone can feel."""
    for found in evaluate(known, date(2026, 1, 1), date(2026, 9, 1)).targets:
        entry = told(found)
        assert amount_of(entry) == found.payout_amount_minor, (formula_of(entry), entry.inputs)


def test_an_entry_whose_inputs_name_no_rate_is_its_own_amount() -> None:
    bonus = EntryFacts(
        amount=Money(200_000, "EUR"), payout=Money(200_000, "EUR"), inputs={}, cause="sale", plan_name="base",
        version_number=1, free_on=day(5), posted_before=Money(0, "EUR"), payout_before=Money(0, "EUR"),
    )  # fmt: skip
    assert (formula_of(bonus), steps_of(bonus)) == ("2000", "")
