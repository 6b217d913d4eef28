"""Plans for machines: faults at their pointers, versions by ETag, assignments, and that no key publishes."""

from typing import Any

import pytest

from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from partners.segments.actions import create_segment
from prm.notifications.models import Notice
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast
from tests.support.routes import all_routes
from tests.support.rows import nothing_written_in

FLAT = {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": "0.05"}]}
FAULTY = {
    "currency": "EUR",
    "components": [{"id": "base", "type": "rate", "rate": 0.05}, {"id": "base", "type": "rate", "rate": "2"}],
    "colour": "red",
}
SPAN = {"starts_on": "2026-01-01"}


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "plans:read", "plans:write"))


@pytest.fixture
def plan_id(machine: Machine) -> str:
    answer = machine.post("plans", {"code": "base", "name": "Base"})
    assert (answer.status_code, answer.json()["slot"]) == (201, "main")
    assert answer["Location"] == f"/api/v1/plans/{answer.json()['id']}"
    return str(answer.json()["id"])


@pytest.fixture
def version_id(machine: Machine, plan_id: str) -> str:
    answer = machine.post(f"plans/{plan_id}/versions", {**SPAN, "document": FLAT})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_plans_are_listed_and_read(machine: Machine, plan_id: str) -> None:
    assert [plan["code"] for plan in machine.get("plans").json()["data"]] == ["base"]
    assert machine.get(f"plans/{plan_id}").json()["name"] == "Base"


def test_a_code_is_taken_once(cast: Cast, machine: Machine, plan_id: str) -> None:
    problem = problem_of(machine.post("plans", {"code": "base", "name": "Other"}))
    assert (problem["status"], problem["code"]) == (409, "plan_code_taken")
    problem = problem_of(machine.post("plans", {"code": "two words", "name": "Other"}))
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/code", "slug_format")]
    with tenant_context(cast.acme.id):
        assert Plan.objects.count() == 1


def test_a_draft_is_kept_with_its_defaults_spelt_out(machine: Machine, version_id: str) -> None:
    answer = machine.get(f"plan-versions/{version_id}")
    version = answer.json()
    assert (version["state"], version["number"], answer["ETag"]) == ("draft", 1, '"1"')
    assert version["document"]["refund_policy"] == "original_rate"
    assert version["document"]["components"][0]["basis"] == "revenue"


@pytest.mark.parametrize("way", ["draft", "replace"])
def test_each_fault_of_a_document_has_its_pointer_and_nothing_is_written(
    cast: Cast, machine: Machine, plan_id: str, version_id: str, way: str
) -> None:
    body = {**SPAN, "document": FAULTY}
    with nothing_written_in(cast.acme):
        if way == "draft":
            answer = machine.post(f"plans/{plan_id}/versions", body)
        else:
            answer = machine.send("PUT", f"plan-versions/{version_id}", body, if_match='"1"')
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in problem_of(answer)["errors"]} == {
        ("/document/components/0/rate", "number_not_string"),
        ("/document/components/1/id", "id_repeated"),
        ("/document/components/1/rate", "rate_above_one"),
        ("/document/colour", "field_unknown"),
    }


def test_faults_speak_the_callers_language(cast: Cast, plan_id: str) -> None:
    machine = Machine(make_key(cast.acme, "plans:write", name="RU"), language="ru")
    body = {"starts_on": "2026-02-01", "ends_on": "2026-01-01", "document": FLAT}
    (error,) = problem_of(machine.post(f"plans/{plan_id}/versions", body))["errors"]
    assert (error["pointer"], error["code"]) == ("/ends_on", "dates_order")
    assert error["detail"] == "Окончание должно быть позже начала."


def test_a_draft_is_replaced_by_who_read_it_last(cast: Cast, machine: Machine, version_id: str) -> None:
    path, body = f"plan-versions/{version_id}", {**SPAN, "document": FLAT, "note": "Five percent"}
    assert machine.send("PUT", path, body).status_code == 428
    answer = machine.send("PUT", path, body, if_match='"1"')
    assert (answer.status_code, answer["ETag"], answer.json()["note"]) == (200, '"2"', "Five percent")
    with nothing_written_in(cast.acme):
        assert machine.send("PUT", path, body, if_match='"1"').status_code == 412


def test_a_published_version_is_not_replaced(cast: Cast, machine: Machine, version_id: str) -> None:
    with tenant_context(cast.acme.id):
        PlanVersion.objects.filter(id=version_id).update(
            published_at=NOW, published_by_user_id=cast.vera.user.id, edited_by_user_id=None
        )
    with nothing_written_in(cast.acme):
        answer = machine.send(
            "PUT", f"plan-versions/{version_id}", {**SPAN, "document": FLAT}, if_match='"1"'
        )
    assert problem_of(answer)["code"] == "version_is_published"
    assert machine.get(f"plan-versions/{version_id}").json()["state"] == "published"


def test_a_proposal_tells_who_may_publish_and_an_edit_takes_it_back(
    cast: Cast, machine: Machine, plan_id: str, version_id: str
) -> None:
    answer = machine.post(f"plan-versions/{version_id}:propose")
    assert (answer.status_code, answer.json()["state"]) == (200, "proposed")
    with tenant_context(cast.acme.id):
        told = [event.payload["kind"] for event in Event.objects.filter(name="prm.notifications.deliver")]
        assert told == ["plan.proposed"]
        assert Notice.objects.count() == 0  # the worker writes them
    machine.send("PUT", f"plan-versions/{version_id}", {**SPAN, "document": FLAT}, if_match='"1"')
    (version,) = machine.get(f"plans/{plan_id}/versions").json()["data"]
    assert version["state"] == "draft"


def test_a_version_with_other_settings_is_not_proposed(
    cast: Cast, machine: Machine, plan_id: str, version_id: str
) -> None:
    with tenant_context(cast.acme.id):
        PlanVersion.objects.filter(id=version_id).update(
            published_at=NOW, published_by_user_id=cast.vera.user.id, edited_by_user_id=None
        )
    body = {**SPAN, "document": {**FLAT, "currency": "USD"}}
    dollars = machine.post(f"plans/{plan_id}/versions", body).json()["id"]
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post(f"plan-versions/{dollars}:propose"))
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        ("/document/currency", "settings_differ_between_versions"),
        ("/document/payout_currency", "settings_differ_between_versions"),
    ]


def test_no_address_of_the_api_publishes() -> None:
    assert [
        r.name for r in all_routes() if r.face == "api" and "publish" in r.name and "plan" in r.name
    ] == []


def test_a_plan_is_assigned_by_the_names_that_others_know(cast: Cast, machine: Machine, plan_id: str) -> None:
    with tenant_context(cast.acme.id):
        create_segment(actor=cast.vera.actor, facts={"code": "key", "name": "Key", "kind": "list"}, at=NOW)
    path = f"plans/{plan_id}/assignments"
    for told in (
        {"audience": "everyone"},
        {"audience": "partner", "target": "NW"},
        {"audience": "segment", "target": "key"},
        {"audience": "type", "target": "reseller"},
    ):
        answer = machine.post(path, {**SPAN, **told})
        assert answer.status_code == 201, answer.content
        assert answer.json()["target"] == told.get("target", "")
    listed = machine.get(path).json()["data"]
    assert [row["target"] for row in listed] == ["", "NW", "key", "reseller"]
    with tenant_context(cast.acme.id):
        assert PlanAssignment.objects.get(audience="partner").target == str(cast.northwind.id)


@pytest.mark.parametrize(
    "told",
    [
        {"audience": "partner", "target": "nobody"},
        {"audience": "segment", "target": "key"},
        {"audience": "tier", "target": "Gold"},
        {"audience": "type", "target": "friend"},
        {"audience": "everyone", "target": "NW"},
        {"audience": "partner"},
    ],
    ids=["partner", "segment", "tier", "type", "everyone", "none"],
)
def test_nothing_is_assigned_to_what_is_not_there(
    cast: Cast, machine: Machine, plan_id: str, told: dict[str, Any]
) -> None:
    with nothing_written_in(cast.acme):
        answer = machine.post(f"plans/{plan_id}/assignments", {**SPAN, **told})
    assert [(e["pointer"], e["code"]) for e in problem_of(answer)["errors"]] == [
        ("/target", "target_unknown")
    ]


def test_overlapping_assignments_are_refused_and_an_ended_one_makes_room(
    cast: Cast, machine: Machine, plan_id: str
) -> None:
    other = machine.post("plans", {"code": "other", "name": "Other"}).json()["id"]
    first = machine.post(f"plans/{plan_id}/assignments", {**SPAN, "audience": "everyone"}).json()["id"]
    second = {"starts_on": "2026-03-01", "audience": "everyone"}
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post(f"plans/{other}/assignments", second))
    assert problem["code"] == "assignment_overlaps"
    ended = machine.post(f"plan-assignments/{first}:end", {"ends_on": "2026-03-01"})
    assert (ended.status_code, ended.json()["ends_on"]) == (200, "2026-03-01")
    assert machine.post(f"plans/{other}/assignments", second).status_code == 201
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post(f"plan-assignments/{first}:end", {"ends_on": "2026-04-01"}))
    assert problem["code"] == "assignment_not_shortened"
