"""Deals for machines: the queue in the answers, decisions, extension, closing."""

from typing import Any

import pytest

from partners.deals.models import Deal
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.deals import TAX_ID, make_line


@pytest.fixture
def machine(cast: Cast) -> Machine:
    make_line(cast)
    return Machine(make_key(cast.acme, "deals:read", "deals:write", "deal-decisions:write"))


def body(**changes: Any) -> dict[str, Any]:
    told = {
        "partner": "NW",
        "customer": "Acme GmbH",
        "tax_id": TAX_ID,
        "line": "software",
        "amount": "60000.00",
        "currency": "EUR",
        "closes_on": "2027-06-01",
    }
    return {**told, **changes}


def registered(machine: Machine, **changes: Any) -> dict[str, Any]:
    answer = machine.post("deals", body(**changes))
    assert answer.status_code == 201, answer.content
    content: dict[str, Any] = answer.json()
    return content


def test_a_deal_says_its_number_and_place(cast: Cast, machine: Machine) -> None:
    deal = registered(machine)
    assert (deal["number"], deal["state"], deal["place"], deal["amount"]) == (
        "D-1",
        "submitted",
        1,
        "60000.00",
    )


def test_a_taken_customer_is_409_with_its_place_and_nothing_is_written(cast: Cast, machine: Machine) -> None:
    registered(machine)
    refused = machine.post("deals", body(partner="SW", customer="ACME"))
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "customer_claimed")
    assert "number 2" in problem_of(refused)["detail"]
    with tenant_context(cast.acme.id):
        assert Deal.objects.count() == 1
    assert registered(machine, partner="SW", customer="ACME", join_queue=True)["place"] == 2


def test_the_same_registration_twice_is_one_deal(cast: Cast, machine: Machine) -> None:
    first = machine.post("deals", body(), key="once")
    again = machine.post("deals", body(), key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    with tenant_context(cast.acme.id):
        assert Deal.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"partner": "XX"}, "/partner"),
        ({"line": "XX"}, "/line"),
        ({"amount": "0.00"}, "/amount"),
        ({"country": "DE"}, "/tax_id"),
    ],
)
def test_a_fault_is_named_and_nothing_is_written(
    cast: Cast, machine: Machine, changes: dict[str, str], pointer: str
) -> None:
    problem = problem_of(machine.post("deals", body(**changes)))
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    with tenant_context(cast.acme.id):
        assert not Deal.objects.exists()


def test_the_life_of_a_deal(cast: Cast, machine: Machine) -> None:
    path = f"deals/{registered(machine)['id']}"
    asked = machine.post(f"{path}:return", {"fields_asked": ["note"], "reason": "Who decides?"}).json()
    assert (asked["state"], asked["asked_fields"]) == ("returned", ["note"])
    assert machine.post(f"{path}:reject", {"reason": "No"}).json()["state"] == "rejected"
    other = f"deals/{registered(machine)['id']}"
    protected = machine.post(f"{other}:approve", {}).json()
    assert protected["state"] == "protected"
    extended = machine.post(f"{other}:extend", {"days": 30}).json()
    assert extended["protected_until"] > protected["protected_until"]
    assert machine.post(f"{other}:close", {"outcome": "won"}).json()["state"] == "won"
    assert problem_of(machine.post(f"{other}:approve", {}))["code"] == "deal_step_refused"


def test_the_list_is_narrowed(cast: Cast, machine: Machine) -> None:
    registered(machine)
    registered(machine, partner="SW", customer="Other", tax_id="7736050003")
    rows = machine.get("deals", partner="SW", state="submitted").json()["data"]
    assert [row["customer"] for row in rows] == ["Other"]
