"""Segments for machines: define, try, recalculate, read members, keep a list."""

from typing import Any

import pytest

from partners.segments.models import Segment
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast

RULE = {"all": [{"fact": "region", "op": "eq", "value": "North"}]}


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "segments:read", "segments:write"))


def define(machine: Machine, **told: Any) -> dict[str, Any]:
    answer = machine.post("segments", {"code": "north", "name": "North", "rule": RULE, **told})
    assert answer.status_code == 201, answer.content
    content: dict[str, Any] = answer.json()
    return content


def test_a_segment_has_its_members_at_once(cast: Cast, machine: Machine) -> None:
    segment = define(machine)
    assert (segment["member_count"], segment["rule"]) == (2, RULE)
    members = machine.get(f"segments/{segment['id']}/members").json()["data"]
    assert sorted(member["partner_code"] for member in members) == ["NW", "SW"]
    assert members[0]["facts"] == [{"fact": "region", "value": "North"}]


def test_a_rule_is_tried_without_saving(cast: Cast, machine: Machine) -> None:
    answer = machine.post("segments:preview", {"rule": RULE}).json()
    assert (answer["matching"], answer["of"]) == (2, 2)
    with tenant_context(cast.acme.id):
        assert not Segment.objects.exists()


def test_each_fault_of_a_rule_has_its_pointer(cast: Cast, machine: Machine) -> None:
    rule = {
        "any": [{"fact": "weather", "op": "eq", "value": "x"}, {"fact": "tier", "op": "gt", "value": "x"}]
    }
    problem = problem_of(machine.post("segments", {"code": "x", "name": "X", "rule": rule}))
    assert [(error["code"], error["pointer"]) for error in problem["errors"]] == [
        ("fact_unknown", "/rule/any/0/fact"),
        ("op_unknown", "/rule/any/1/op"),
    ]
    with tenant_context(cast.acme.id):
        assert not Segment.objects.exists()


def test_a_change_needs_the_version(cast: Cast, machine: Machine) -> None:
    segment = define(machine)
    path = f"segments/{segment['id']}"
    assert machine.send("PATCH", path, {"name": "A"}, if_match='"1"').json()["name"] == "A"
    assert machine.send("PATCH", path, {"name": "B"}, if_match='"1"').status_code == 412
    assert machine.get(path).json()["name"] == "A"


def test_recalculating_says_who_came_and_went(cast: Cast, machine: Machine) -> None:
    segment = define(machine)
    answer = machine.post(f"segments/{segment['id']}:recalculate", {}).json()
    assert answer == {"members": 2, "entered": 0, "left": 0}
    earlier = machine.post(f"segments/{segment['id']}:recalculate", {"as_of": "2020-01-01"})
    assert problem_of(earlier)["code"] == "segment_history_later"


def test_a_list_refuses_all_for_one_unknown_code(cast: Cast, machine: Machine) -> None:
    segment = define(machine, kind="list", rule=None)
    path = f"segments/{segment['id']}/members"
    refused = machine.post(f"{path}:add", {"codes": ["NW", "XX"]})
    assert (refused.status_code, problem_of(refused)["code"]) == (422, "partner_codes_unknown")
    assert machine.get(path).json()["data"] == []
    assert machine.post(f"{path}:add", {"codes": ["NW", "SW"]}).json() == {"count": 2}
    assert machine.post(f"{path}:remove", {"codes": ["SW"]}).json() == {"count": 1}
    assert [member["partner_code"] for member in machine.get(path).json()["data"]] == ["NW"]


def test_a_removed_segment_is_gone(cast: Cast, machine: Machine) -> None:
    segment = define(machine)
    assert machine.send("DELETE", f"segments/{segment['id']}").status_code == 204
    assert machine.get(f"segments/{segment['id']}").status_code == 404


def test_the_facts_are_listed_with_their_terms(cast: Cast, machine: Machine) -> None:
    facts = {fact["name"]: fact for fact in machine.get("segment-facts").json()["data"]}
    assert facts["category_share"]["terms"] == ["category", "over"]
    assert (facts["sales_volume"]["type"], facts["sales_volume"]["unit"]) == ("decimal", "money")
