"""Tiers for machines: define, preview, review, rename, remove."""

from datetime import date
from typing import Any

import pytest

from partners.directory.actions import change_partner
from partners.tiers.models import Tier, TierWarning
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast

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
    nobody = {"rise": 0, "warn": 0, "fall": 0, "kept": 0}
    assert machine.post("tier-review", {}).json() == {**nobody, "rise": 2}
    assert machine.post("tier-review", {}).json() == nobody
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


def test_a_review_lowers_who_is_due_but_for_whom_the_caller_leaves_out(cast: Cast, machine: Machine) -> None:
    define(machine, rule={"all": [{"fact": "region", "op": "eq", "value": "South"}]})
    with tenant_context(cast.acme.id):
        gold = Tier.objects.get()
        for partner in (cast.northwind, cast.southwind):
            held: Any = {"tier": "Gold"}
            change_partner(actor=cast.vera.actor, partner=partner, changes=held, at=NOW)
            TierWarning.objects.create(
                partner=partner, tier=gold, warned_on=date(2026, 1, 1), decides_on=date(2026, 3, 1)
            )
    preview = machine.get("tier-review").json()["data"]
    assert [(row["verdict"], row["falls_on"]) for row in preview] == [("fall", "2026-03-02")] * 2
    unknown = machine.post("tier-review", {"keep": [{"partner_code": "NOBODY", "reason": "x"}]})
    assert problem_of(unknown)["code"] == "partner_codes_unknown"
    told = {"keep": [{"partner_code": "SW", "reason": "Opens a branch"}]}
    done = machine.post("tier-review", told).json()
    assert (done["fall"], done["kept"]) == (1, 1)
    again = machine.post("tier-review", told)
    assert problem_of(again)["code"] == "cannot_leave_out"
    assert machine.get("partners/by-code/NW").json()["tier"] == ""
    assert machine.get("partners/by-code/SW").json()["tier"] == "Gold"


def test_a_name_that_rules_say_stays(cast: Cast, machine: Machine) -> None:
    path = f"tiers/{define(machine).json()['id']}"
    rule = {"all": [{"fact": "tier", "op": "in", "value": ["Gold"]}]}
    segments = Machine(make_key(cast.acme, "segments:read", "segments:write"))
    segments.post("segments", {"code": "best", "name": "Best partners", "rule": rule})
    refused = problem_of(machine.send("PATCH", path, {"name": "Platinum"}, if_match='"1"'))
    assert refused["code"] == "tier_in_use"
    assert "Best partners" in refused["detail"]
    assert problem_of(machine.send("DELETE", path))["code"] == "tier_in_use"
    assert machine.get(path).json()["name"] == "Gold"
