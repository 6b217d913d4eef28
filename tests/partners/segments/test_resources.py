"""Whom to give what: quadrants at the medians, the portfolio's wall, weights, estimates, and a partner's own points."""

from decimal import Decimal
from http import HTTPStatus

import pytest

from partners.segments.engagement import note_engagement, weights
from partners.segments.models import EngagementEvent, PotentialEstimate, QuadrantPlan
from partners.segments.potential import estimate_potential
from partners.segments.resources import place_partners
from partners.segments.rules import median, quadrant_of
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of

DAY = NOW.date()


@pytest.mark.parametrize(
    ("values", "expected"), [([], "0"), ([5], "5"), ([1, 9], "5"), ([9, 1, 2], "2"), ([1, 2, 4, 9], "3")]
)
def test_the_median(values: list[int], expected: str) -> None:
    assert median([Decimal(value) for value in values]) == Decimal(expected)


@pytest.mark.parametrize(
    ("potential", "engagement", "quadrant"),
    [(10, 5, "grow"), (10, 4, "activate"), (9, 5, "maintain"), (9, 4, "review")],
)
def test_a_median_itself_counts_as_high(potential: int, engagement: int, quadrant: str) -> None:
    found = quadrant_of(Decimal(potential), Decimal(engagement), middle=(Decimal(10), Decimal(5)))
    assert found == quadrant


def test_nothing_is_never_high() -> None:
    assert quadrant_of(Decimal(), Decimal(), middle=(Decimal(), Decimal())) == "review"


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """Northwind does something and has little potential, Southwind the reverse."""
    with tenant_context(cast.acme.id):
        note_engagement(kind="deal_registered", partner_id=cast.northwind.id, happened_on=DAY, reference="1")
        for partner, amount in ((cast.northwind, 1_000), (cast.southwind, 9_000)):
            estimate_potential(
                actor=cast.vera.actor, partner=partner, amount_minor=amount, reason="Guess", at=NOW
            )
    return cast


def test_partners_stand_in_their_quadrants(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        placed = {one.partner_id: (one.quadrant, one.gap) for one in place_partners(acme.vera.actor, DAY)}
    assert placed == {
        acme.northwind.id: ("maintain", Decimal(10)),
        acme.southwind.id: ("activate", Decimal(90)),
    }


def test_a_manager_sees_the_own_portfolio_against_everybodys_medians(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        (own,) = place_partners(acme.nina.actor, DAY)
    assert (own.partner_id, own.quadrant) == (acme.northwind.id, "maintain")


def test_what_a_quadrant_gets_is_changed(acme: Cast) -> None:
    client = client_of(acme.vera)
    told = {
        "approach": "Visit",
        "funds_percent": "60",
        "leads_percent": "50",
        "content": "",
        "hours_a_month": "4",
    }
    refused = client.post("/acme/m/resources/quadrants/grow/", {**told, "funds_percent": "101"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post("/acme/m/resources/quadrants/grow/", told)
    with tenant_context(acme.acme.id):
        plan = QuadrantPlan.objects.get()
    assert (plan.quadrant, plan.funds_percent, plan.approach) == ("grow", 60, "Visit")
    assert "Visit" in client.get("/acme/m/resources/?quadrant=grow").content.decode()
    assert client.get("/acme/m/resources/quadrants/other/").status_code == HTTPStatus.NOT_FOUND


def test_weights_are_set_and_read_on_the_partners_page(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        told = {name: str(weight) for name, weight in weights().items()} | {"deal_registered": "44"}
    client_of(acme.vera).post("/acme/m/resources/engagement/", told)
    with tenant_context(acme.acme.id):
        assert weights()["deal_registered"] == Decimal(44)
    page = client_of(acme.paul).get("/acme/p/engagement/").content.decode()
    assert "44" in page


def test_an_estimate_is_kept_with_its_reason(acme: Cast) -> None:
    address = f"/acme/m/partners/{acme.northwind.id}/potential/"
    client = client_of(acme.nina)
    assert client.post(address, {"amount": "x", "reason": "y"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(address, {"amount": "80 000,50", "reason": "New branch"})
    with tenant_context(acme.acme.id):
        newest = PotentialEstimate.objects.filter(partner=acme.northwind).latest("starts_on")
    assert (newest.amount_minor, newest.reason) == (8_000_050, "New branch")


def test_a_day_in_the_portal_counts_once(acme: Cast) -> None:
    for _visit in range(2):
        client_of(acme.paul).get("/acme/p/")
        client_of(acme.mia).get("/acme/p/")
    with tenant_context(acme.acme.id):
        assert EngagementEvent.objects.filter(kind="sign_in").count() == 1
