"""What of a rule is missing: every operator, and choices of which one is enough."""

from typing import Any

import pytest

from partners.segments.language import read_rule
from partners.tiers.presentation import said_missing
from partners.tiers.shortfalls import shortfalls, without_walled
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast


def told(**values: Any) -> list[dict[str, Any]]:
    return [{"fact": name, "value": value} for name, value in values.items()]


def condition(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


ENGAGED = condition("engagement", "gte", "30")
NORTH = condition("region", "in", ["North"])


@pytest.mark.parametrize(
    ("raw", "value", "sentence", "now", "short", "over"),
    [
        (ENGAGED, "20", "Engagement is at least 30", "20", "10", ""),
        (condition("engagement", "gt", "30"), None, "Engagement is above 30", "unknown", "30", ""),
        (
            condition("days_since_sale", "lte", "90"), "120", "Days since the last sale is at most 90 days",
            "120 days", "", "30 days",
        ),
        (condition("engagement", "eq", "30"), "20", "Engagement is 30", "20", "", ""),
        (condition("region", "ne", "North"), "North", "Region is not North", "North", "", ""),
        (condition("region", "not_in", ["North", "East"]), "East", "Region is none of North, East", "East", "", ""),
        (
            condition("joined_on", "lt", "2020-01-01"), "2026-01-01", "Joined on is before 1 Jan 2020", "1 Jan 2026",
            "", "",
        ),
        (condition("industry", "in", ["food"]), [], "Industries is one of food", "—", "", ""),
    ],
)  # fmt: skip
def test_every_operator_is_told_in_words(
    cast: Cast, raw: dict[str, Any], value: Any, sentence: str, now: str, short: str, over: str
) -> None:
    with tenant_context(cast.acme.id):
        (said,) = said_missing(shortfalls(read_rule({"all": [raw]}), told(**{raw["fact"]: value})))
    assert (said.sentence, said.now, said.short, said.over) == (sentence, now, short, over)


def test_of_a_choice_one_is_enough(cast: Cast) -> None:
    rule = read_rule({"all": [{"any": [ENGAGED, NORTH]}, condition("country", "eq", "DE")]})
    with tenant_context(cast.acme.id):
        held = shortfalls(rule, told(engagement="5", region="North", country="DE"))
        none = shortfalls(rule, told(engagement="5", region="South", country="DE"))
    assert held == []
    (choice,) = none
    assert [entry["fact"] for entry in choice["any"]] == ["engagement", "region"]


def test_a_choice_of_groups_keeps_them_apart(cast: Cast) -> None:
    rule = read_rule({"any": [{"all": [ENGAGED, NORTH]}, condition("country", "eq", "DE")]})
    with tenant_context(cast.acme.id):
        (choice,) = shortfalls(rule, told(engagement="5", region="South", country="FR"))
        (said,) = said_missing([choice])
    assert [sorted(entry) for entry in choice["any"]] == [["all"], ["fact", "has", "needs", "op", "with"]]
    assert [member.joint for member in said.members] == ["all", ""]


def test_what_is_measured_behind_the_wall_is_kept_without_its_value(cast: Cast) -> None:
    rule = read_rule({"all": [condition("segment", "in", ["best"])]})
    with tenant_context(cast.acme.id):
        (kept,) = without_walled(shortfalls(rule, told(segment=["doubtful"])))
    assert (kept["has"], kept["judged"]) == (None, True)
