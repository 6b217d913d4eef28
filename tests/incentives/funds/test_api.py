"""Marketing funds for machines: what stands is read, a request is asked for, nothing is decided."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incentives.funds import actions, refusals
from incentives.funds.models import FundsAllocation, FundsRequest
from prm.accounts.models import ApiToken
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.funds import allocate, claimed, filled, make_budget, settled
from tests.support.rows import nothing_written_in

TODAY = timezone.now().date()


@pytest.fixture
def machine(cast: Cast) -> Machine:
    machine = Machine(make_key(cast.acme, "funds:read", "funds:write"))
    machine.get("funds-allocations")  # the first use of a key is noted
    return machine


@pytest.fixture
def allocation(cast: Cast) -> FundsAllocation:
    now = timezone.now()
    with tenant_context(cast.acme.id):
        days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30)}
        budget = make_budget(cast, **days, claims_until=TODAY + timedelta(days=60), at=now)
        return allocate(cast, budget, at=now)


def wish(allocation: FundsAllocation, **told: Any) -> dict[str, Any]:
    day = TODAY.isoformat()
    return {
        "allocation_id": str(allocation.id), "activity": "Fair", "purpose": "Leads", "starts_on": day,
        "ends_on": day, "planned": "12000.00", "currency": "EUR", **told,
    }  # fmt: skip


def test_a_request_is_asked_for_and_read(cast: Cast, machine: Machine, allocation: FundsAllocation) -> None:
    answer = machine.post("funds-requests", wish(allocation))
    asked = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/funds-requests/{asked['id']}")
    assert (asked["state"], asked["asked"], asked["committed"]) == ("submitted", "6000.00", "0.00")
    assert machine.get(f"funds-requests/{asked['id']}").json() == asked
    listed = machine.get("funds-requests", state="submitted", partner="NW").json()["data"]
    assert [row["number"] for row in listed] == ["MR-1"]
    (part,) = machine.get("funds-allocations", partner="NW").json()["data"]
    assert (part["amount"], part["left"], part["share_percent"]) == ("8000.00", "8000.00", "50.00")


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"allocation_id": "00000000-0000-7000-8000-000000000000"}, 422, "allocation_unknown"),
        ({"currency": "USD"}, 422, "currency_differs"),
        ({"ends_on": (TODAY + timedelta(days=31)).isoformat()}, 422, "funds_days_outside"),
        ({"starts_on": (TODAY + timedelta(days=2)).isoformat()}, 422, "funds_days_disordered"),
        ({"planned": "0.00"}, 422, "amount_zero"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    cast: Cast, machine: Machine, allocation: FundsAllocation, told: dict[str, Any], status: int, code: str
) -> None:
    with nothing_written_in(cast.acme):
        answer = machine.post("funds-requests", wish(allocation, **told))
    assert answer.status_code == status
    problem = problem_of(answer)
    assert code in {problem.get("code"), *(error["code"] for error in problem.get("errors", []))}


def test_claims_are_read_with_their_costs_but_not_those_being_filled(
    cast: Cast, machine: Machine, allocation: FundsAllocation
) -> None:
    at = timezone.now()
    with tenant_context(cast.acme.id):
        FundsAllocation.objects.update(starts_on="2026-04-01")
        allocation.refresh_from_db()
        request = actions.ask_for_funds(
            actor=cast.paul.actor,
            allocation=allocation,
            facts={
                "activity": "Fair", "purpose": "Leads", "expected_leads": None, "starts_on": TODAY,
                "ends_on": TODAY, "planned_minor": 1_200_000,
            },
            at=at,
        )  # fmt: skip
        actions.approve_request(actor=cast.nina.actor, request=request, amount_minor=None, at=at)
        done = settled(cast, request, 740_000, at=at)
        filled(cast.paul, request, at=at)
        claimed(cast.paul, request, 100_000, at=at)
    assert len(machine.get("funds-claims").json()["data"]) == 2
    told = machine.get(f"funds-claims/{done.id}").json()
    assert (told["computed"], told["paid"], told["refused"]) == ("3700.00", "3700.00", "0.00")
    assert [(cost["net"], cost["share"]) for cost in told["costs"]] == [("7400.00", "3700.00")]


def test_another_vendor_sees_nothing_of_it(cast: Cast, machine: Machine, allocation: FundsAllocation) -> None:
    asked = machine.post("funds-requests", wish(allocation)).json()
    other = Machine(make_key(cast.zenith, "funds:read", "funds:write"))
    assert other.get("funds-requests").json()["data"] == []
    assert other.get(f"funds-requests/{asked['id']}").status_code == 404
    assert other.post("funds-requests", wish(allocation)).status_code == 422


def test_who_made_the_key_does_not_decide(cast: Cast, machine: Machine, allocation: FundsAllocation) -> None:
    with tenant_context(cast.acme.id):
        ApiToken.objects.update(created_by=cast.vera.membership)
    machine.post("funds-requests", wish(allocation))
    with tenant_context(cast.acme.id):
        request = FundsRequest.objects.get()
        told: dict[str, Any] = {"request": request, "amount_minor": None, "at": timezone.now()}
        with pytest.raises(refusals.RequesterCannotDecide):
            actions.approve_request(actor=cast.vera.actor, **told)
        assert actions.approve_request(actor=cast.vasily.actor, **told).state == "approved"
