"""Mistakes in place of small parts of the SQL, in what is stored for it, and in what is read of it.

Promise: the comparison of made-up programmes notices every one (tests/incentives/earnings/test_planted_sql.py)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

from incentives.earnings import sql_caps, sql_credits, sql_entries, sql_floors
from incentives.plans import sql_bonus, sql_pay, sql_tiers, statements
from incentives.plans.facts import Facts
from incentives.plans.language import document_as_json, parse_document
from tests.oracle.standins import Registry
from tests.support.stored_facts import Calculated

OF_SQL = Registry()

# --- The text of the statements

RIGHT_QUOTIENT = statements.rounded_quotient


@OF_SQL.instead_of(sql_pay, "rounded_quotient", "half to even")
def half_to_even(numerator: str, denominator: str | None) -> str:
    whole = denominator or "1"
    return (
        f"CASE WHEN mod(2 * abs({numerator})::numeric, 2 * {whole}) = {whole} "
        f"THEN 2 * round(({numerator})::numeric / (2 * {whole})) "
        f"ELSE {RIGHT_QUOTIENT(numerator, denominator)} END"
    )


@OF_SQL.instead_of(sql_pay, "rounded_quotient", "cut off instead of rounded")
def cut_off(numerator: str, denominator: str | None) -> str:
    return f"trunc(({numerator})::numeric / {denominator or '1'})"


def in_text(module: ModuleType, name: str, called: str, right: str, wrong: str) -> None:
    text = vars(module)[name]
    assert right in text, f"{name} does not say {right} any more"
    OF_SQL.note(module, name, called, text.replace(right, wrong))


OF_SQL.note(
    sql_tiers.TierFragments, "row_at", "a bound belongs to the tier below", sql_tiers.TierFragments.row_below
)
in_text(sql_bonus, "_BONUS", "the lowest step that is reached is paid", "v.step DESC", "v.step")
in_text(
    sql_floors,
    "TOP_UPS",
    "the least amount is a cent less",
    "k.floor_window_minor -",
    "k.floor_window_minor - 1 -",
)
in_text(sql_caps, "_CUT", "a cap is a cent more", "least(total, cap)", "least(total, cap + 1)")
in_text(sql_credits, "SPLITS", "the smallest remainder first", "base_rest DESC", "base_rest")
in_text(
    sql_entries, "OWN_REVERSALS", "reversals are cut off instead of rounded", "refunded_minor + whole_minor,",
    "refunded_minor,",
)  # fmt: skip
in_text(
    sql_credits, "RATES", "the rate of the day before", "e.published_on <= a.day", "e.published_on < a.day"
)

# --- What is stored for it

Altered = Callable[[Facts], Facts]


def with_components(facts: Facts, alter: Callable[[dict[str, Any]], None]) -> Facts:
    def altered(version: Any) -> Any:
        document = document_as_json(version.document)
        for component in document["components"]:
            alter(component)
        return replace(version, document=parse_document(document))

    plans = (replace(plan, versions=tuple(map(altered, plan.versions))) for plan in facts.plans)
    return replace(facts, plans=tuple(plans))


def another_rate(component: dict[str, Any]) -> None:
    if component["type"] == "rate":
        component["rate"] = str(Decimal(component["rate"]) / 2)


def another_bound(component: dict[str, Any]) -> None:
    """All but the first are moved up by one."""
    if component["type"] == "tiers":
        for row in component["tiers"][1:]:
            row["from"] = str(Decimal(row["from"]) + 1)


def a_day_later(facts: Facts) -> Facts:
    day = timedelta(days=1)
    return replace(facts, lines=tuple(replace(one, occurred_on=one.occurred_on + day) for one in facts.lines))


OF_FACTS: dict[str, Altered] = {
    "every rate is half of it": lambda facts: with_components(facts, another_rate),
    "every bound but the first is one more": lambda facts: with_components(facts, another_bound),
    "every line is a cent more": lambda facts: replace(
        facts, lines=tuple(replace(one, amount_minor=one.amount_minor + 1) for one in facts.lines)
    ),
    "every line is of a day later": a_day_later,
    "the last line is missing": lambda facts: replace(facts, lines=facts.lines[:-1]),
}

# --- What is read of it

Told = Callable[[Calculated], Calculated]


def first_target(found: Calculated, alter: Callable[[tuple[Any, ...]], tuple[Any, ...] | None]) -> Calculated:
    key = min(found.targets, key=str)
    content = alter(found.targets[key])
    others = {other: told for other, told in found.targets.items() if other != key}
    return replace(found, targets=others if content is None else {**others, key: content})


def first_outcome(found: Calculated) -> Calculated:
    key = min(found.outcomes, key=str)
    return replace(found, outcomes={**found.outcomes, key: ("no_plan_at_all", {})})


OF_RESULT: dict[str, Told] = {
    "an amount is a cent more": lambda found: first_target(found, lambda told: (told[0] + 1, *told[1:])),
    "a payout amount is a cent more": lambda found: first_target(
        found, lambda told: (*told[:2], told[2] + 1, *told[3:])
    ),
    "an amount is missing": lambda found: first_target(found, lambda told: None),
    "it is free a day later": lambda found: first_target(
        found, lambda told: (*told[:6], told[6] + timedelta(days=1), *told[7:])
    ),
    "an explanation has another input": lambda found: first_target(
        found, lambda told: (*told[:7], told[7] | {"version_number": 99})
    ),
    "a line earned nothing for another reason": first_outcome,
}
