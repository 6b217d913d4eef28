"""The plan pages: what people see and do there."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.clients import client_of

SETTINGS = {
    "starts_on": "2026-01-01",
    "currency": "EUR",
    "payout_currency": "EUR",
    "period": "quarter",
    "hold_days": "0",
    "minimum_payout": "50.00",
    "refund_policy": "original_rate",
}
TIERS = {
    "id": "volume",
    "mode": "marginal",
    "measure": "revenue",
    "window": "quarter",
    "from_0": "0",
    "pays_0": "5",
    "from_1": "100000",
    "pays_1": "7",
}


@pytest.fixture
def vera(cast: Cast) -> Client:
    return client_of(cast.vera)


@pytest.fixture
def version(cast: Cast, vera: Client) -> PlanVersion:
    vera.post("/acme/m/plans/new/", {"code": "base", "name": "Base", "slot": "main"})
    with tenant_context(cast.acme.id):
        plan = Plan.objects.get()
    vera.post(f"/acme/m/plans/{plan.id}/versions/new/", SETTINGS)
    with tenant_context(cast.acme.id):
        return PlanVersion.objects.select_related("plan").get()


def test_a_plan_is_drafted_tiered_and_published_by_a_second_person(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/"
    assert vera.post(page + "components/new/tiers/", TIERS).status_code == 302
    own = vera.get(page).content.decode()
    assert "each slice of the volume earns its own rate" in own
    assert "another person has to publish it" in own
    assert client_of(cast.felix).post(page + "publish/", follow=True).status_code == 200
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.published_by_user_id == cast.felix.user.id
        assert version.document["components"][0]["tiers"][1] == {"from": "100000", "rate": "0.07"}


def test_a_wrong_tier_is_named_at_its_field_and_nothing_is_saved(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    answer = vera.post(f"/acme/m/plans/versions/{version.id}/components/new/tiers/", {**TIERS, "from_1": "0"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["from_1"] == ["Each row must start above the one before it."]
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == []


def test_the_editor_who_publishes_is_told_why_not(cast: Cast, vera: Client, version: PlanVersion) -> None:
    vera.post(
        f"/acme/m/plans/versions/{version.id}/components/new/rate/",
        {"id": "base", "percent": "5", "basis": "revenue"},
    )
    answer = vera.post(f"/acme/m/plans/versions/{version.id}/publish/", follow=True)
    assert "another person must publish it" in answer.content.decode()
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.published_at is None


def test_a_manager_reads_but_does_not_change(cast: Cast, vera: Client, version: PlanVersion) -> None:
    nina = client_of(cast.nina)
    assert nina.get(f"/acme/m/plans/versions/{version.id}/").status_code == 200
    assert nina.post("/acme/m/plans/new/", {"code": "x", "name": "X", "slot": "main"}).status_code == 403
    with tenant_context(cast.acme.id):
        assert Plan.objects.count() == 1


def test_an_assignment_that_overlaps_is_refused_at_its_field(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    where = f"/acme/m/plans/{version.plan_id}/assignments/new/"
    assert vera.post(where, {"audience": "everyone", "starts_on": "2026-01-01"}).status_code == 302
    again = vera.post(where, {"audience": "everyone", "starts_on": "2026-06-01"})
    assert again.status_code == 422
    assert "starts_on" in again.context["form"].errors
    with tenant_context(cast.acme.id):
        assert PlanAssignment.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_plans(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    with CaptureQueriesContext(connection) as one:
        vera.get("/acme/m/plans/")
    for number in range(5):
        vera.post("/acme/m/plans/new/", {"code": f"p{number}", "name": f"P{number}", "slot": f"s{number}"})
    with CaptureQueriesContext(connection) as six:
        vera.get("/acme/m/plans/")
    assert len(six) == len(one)
