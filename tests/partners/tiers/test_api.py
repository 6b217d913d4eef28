"""Tiers for machines: define, preview, review, rename, remove."""

from typing import Any

import pytest

from partners.tiers.models import Tier
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast

NORTH = {"all": [{"fact": "region", "op": "eq", "value": "North"}]}


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "tiers:read", "tiers:write", "partners:read"))


def define(machine: Machine, **told: Any) -> Any:
    return machine.post("tiers", {"name": "Gold", "rank": 1, "rule": NORTH, **told})


def test_partners_are_tiered_by_the_review(cast: Cast, machine: Machine) -> None:
    assert define(machine).status_code == 201
    preview = machine.get("tier-review").json()["data"]
    assert [(row["partner_code"], row["verdict"], row["tier_then"]) for row in preview] == [
        ("NW", "rise", "Gold"),
        ("SW", "rise", "Gold"),
    ]
    assert machine.post("tier-review", {}).json() == {"rise": 2, "warn": 0, "fall": 0}
    assert machine.post("tier-review", {}).json() == {"rise": 0, "warn": 0, "fall": 0}
    assert machine.get("partners/by-code/NW").json()["tier"] == "Gold"


def test_faults_are_named_and_nothing_is_written(cast: Cast, machine: Machine) -> None:
    problem = problem_of(define(machine, rule={"all": [{"fact": "x", "op": "eq", "value": "y"}]}))
    assert [error["pointer"] for error in problem["errors"]] == ["/rule/all/0/fact"]
    define(machine)
    assert problem_of(define(machine, name="Other"))["code"] == "tier_taken"
    with tenant_context(cast.acme.id):
        assert Tier.objects.count() == 1


def test_a_tier_is_changed_by_its_version_and_removed_when_nobody_holds_it(
    cast: Cast, machine: Machine
) -> None:
    path = f"tiers/{define(machine).json()['id']}"
    assert machine.send("PATCH", path, {"benefits": "Leads"}, if_match='"1"').json()["benefits"] == "Leads"
    assert machine.send("PATCH", path, {"benefits": "x"}, if_match='"1"').status_code == 412
    machine.post("tier-review", {})
    assert problem_of(machine.send("DELETE", path))["code"] == "tier_held"
