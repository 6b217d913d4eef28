"""Whom to give what: quadrants at the medians, the portfolio's wall, weights, estimates, and a partner's own points."""

from decimal import Decimal
from http import HTTPStatus

import pytest

from partners.segments.engagement import note_engagement, weights
from partners.segments.models import EngagementEvent, PotentialEstimate, QuadrantPlan
from partners.segments.potential import estimate_potential
from partners.segments.resources import place_partners
from partners.segments.rules import QUADRANTS, median, quadrant_of
from partners.segments.tasks import profile_completed
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in

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
        placement = place_partners(acme.vera.actor, DAY)
    placed = {one.partner_id: (one.quadrant, one.gap) for one in placement.placed}
    assert (placement.potential, placement.engagement) == (Decimal(50), Decimal(10))
    assert placed == {
        acme.northwind.id: ("maintain", Decimal(10)),
        acme.southwind.id: ("activate", Decimal(90)),
    }


def test_a_manager_sees_the_own_portfolio_against_everybodys_medians(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        (own,) = place_partners(acme.nina.actor, DAY).placed
    assert (own.partner_id, own.quadrant) == (acme.northwind.id, "maintain")


def matrix(**changes: str) -> dict[str, str]:
    """The posted matrix: a quarter of everything for each quadrant, but for what is changed."""
    told = {
        "approach": "Visit",
        "funds_percent": "25",
        "leads_percent": "25",
        "content": "",
        "hours_a_month": "4",
    }
    return {f"{code}-{line}": value for code in QUADRANTS for line, value in told.items()} | changes


def test_the_quadrants_are_planned_in_one_matrix(acme: Cast) -> None:
    client = client_of(acme.vera)
    told = {"grow-funds_percent": "70", "review-funds_percent": "5", "maintain-funds_percent": "0"}
    client.post("/acme/m/resources/quadrants/", matrix(**told))
    with tenant_context(acme.acme.id):
        plans = dict(QuadrantPlan.objects.values_list("quadrant", "funds_percent"))
        told_of = AuditRecord.objects.filter(action="quadrant.planned").count()
    assert plans == {"grow": 70, "activate": 25, "maintain": 0, "review": 5}
    assert told_of == 4
    page = client.get("/acme/m/resources/?quadrant=grow").content.decode()
    assert "Visit" in page
    assert "The medians of all partners" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"activate-funds_percent": "26"}, "The shares of funds come to 101 percent together"),
        ({"review-leads_percent": "100"}, "The shares of leads come to 175 percent together"),
        ({"grow-funds_percent": "101"}, "less than or equal to 100"),
    ],
)
def test_no_more_is_given_away_than_there_is(acme: Cast, changes: dict[str, str], said: str) -> None:
    with nothing_written_in(acme.acme):
        answer = client_of(acme.vera).post("/acme/m/resources/quadrants/", matrix(**changes))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    (field,) = [name for name, errors in answer.context["form"].errors.items() if said in errors[0]]
    assert field in changes


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
    """Whatever page it is, and whoever of the partner comes."""
    for page in ("", "deals/", "company/"):
        client_of(acme.paul).get(f"/acme/p/{page}")
        client_of(acme.mia).get(f"/acme/p/{page}")
    with tenant_context(acme.acme.id):
        assert EngagementEvent.objects.filter(kind="sign_in").count() == 1


def test_any_page_of_the_portal_counts(acme: Cast) -> None:
    client_of(acme.paul).get("/acme/p/tier/")
    with tenant_context(acme.acme.id):
        assert EngagementEvent.objects.filter(kind="sign_in", partner=acme.northwind).exists()


def test_staff_who_look_as_the_partner_are_nobody(acme: Cast) -> None:
    client = client_of(acme.vera)
    client.post(f"/acme/m/partners/{acme.northwind.id}/view/")
    assert client.get("/acme/p/tier/").status_code == HTTPStatus.OK
    with tenant_context(acme.acme.id):
        assert not EngagementEvent.objects.filter(kind="sign_in").exists()


def test_a_completed_profile_counts_once(acme: Cast) -> None:
    for day in ("2026-04-01", "2026-05-01"):
        profile_completed(tenant_id=str(acme.acme.id), partner_id=str(acme.northwind.id), completed_on=day)
    with tenant_context(acme.acme.id):
        (event,) = EngagementEvent.objects.filter(kind="profile_completed")
        assert weights()["profile_completed"] == 5
    assert event.happened_on == DAY
