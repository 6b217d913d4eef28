"""Deals as the vendor's staff decide them: with both sides before them, within their portfolio."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from partners.customers.actions import create_customer
from partners.deals import actions, interests
from partners.deals.models import Deal, DeclaredInterest
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import make_product, sell
from tests.support.deals import TAX_ID, approve, make_line, register
from tests.support.rows import nothing_written_in


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


@pytest.fixture
def vera(acme: Cast) -> Client:
    return client_of(acme.vera)


def state(cast: Cast, deal: Deal) -> str:
    with tenant_context(cast.acme.id):
        return Deal.objects.get(id=deal.id).state


def test_both_claims_stand_side_by_side(acme: Cast, vera: Client) -> None:
    register(acme.paul)
    second = register(acme.sven, "ACME", join_queue=True)
    page = vera.get(f"/acme/m/deals/{second.id}/").content.decode()
    assert "Northwind" in page
    assert "number 2" in page


def test_a_manager_sees_that_there_is_a_rival_but_not_whose_portfolio(acme: Cast) -> None:
    register(acme.sven)
    second = register(acme.paul, join_queue=True)
    page = client_of(acme.nina).get(f"/acme/m/deals/{second.id}/").content.decode()
    assert "A partner of another portfolio" in page
    assert "Southwind" not in page


def test_approving_protects(acme: Cast, vera: Client) -> None:
    deal = register(acme.paul)
    vera.post(f"/acme/m/deals/{deal.id}/approve/")
    assert state(acme, deal) == "protected"


def test_rejecting_needs_a_reason(acme: Cast, vera: Client) -> None:
    deal = register(acme.paul)
    address = f"/acme/m/deals/{deal.id}/reject/"
    assert vera.post(address, {"reason": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert state(acme, deal) == "submitted"
    vera.post(address, {"reason": "Our own customer"})
    assert state(acme, deal) == "rejected"


def test_asking_names_the_fields(acme: Cast, vera: Client) -> None:
    deal = register(acme.paul)
    vera.post(f"/acme/m/deals/{deal.id}/return/", {"fields_asked": ["note"], "reason": "Who decides?"})
    with tenant_context(acme.acme.id):
        assert Deal.objects.get().asked_fields == ["note"]


def test_who_declared_an_interest_cannot_decide_and_is_told_why(acme: Cast) -> None:
    deal = register(acme.paul)
    nina = client_of(acme.nina)
    nina.post(
        "/acme/m/deals/interests/", {"partner": str(acme.northwind.id), "kind": "related", "note": "Brother"}
    )
    page = nina.get(f"/acme/m/deals/{deal.id}/").content.decode()
    assert "You declared an interest in this partner" in page
    assert "/approve/" not in page
    nina.post(f"/acme/m/deals/{deal.id}/approve/")
    assert state(acme, deal) == "submitted"
    with tenant_context(acme.acme.id):
        interest = DeclaredInterest.objects.get()
    nina.post(f"/acme/m/deals/interests/{interest.id}/withdraw/")
    nina.post(f"/acme/m/deals/{deal.id}/approve/")
    assert state(acme, deal) == "protected"


def test_an_interest_in_nobody_is_marked_at_both_fields(acme: Cast) -> None:
    with nothing_written_in(acme.acme):
        answer = client_of(acme.nina).post("/acme/m/deals/interests/", {"kind": "related"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    marked = answer.context["form"].errors
    assert marked == {name: ["Name a partner, or another company."] for name in ("partner", "company")}


def test_staff_read_of_the_partner_in_the_third_person(acme: Cast, vera: Client) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)
    assert "The partner wins it, or asks" in vera.get(f"/acme/m/deals/{deal.id}/").content.decode()
    own = client_of(acme.paul).get(f"/acme/p/deals/{deal.id}/").content.decode()
    assert "Win it, or ask for an extension" in own


def test_the_own_interests_are_nobody_elses(acme: Cast, vera: Client) -> None:
    with tenant_context(acme.acme.id):
        interest = interests.declare_interest(
            actor=acme.nina.actor, partner=acme.northwind, kind="related", note="", at=NOW
        )
    assert vera.post(f"/acme/m/deals/interests/{interest.id}/withdraw/").status_code == HTTPStatus.NOT_FOUND


def test_an_extension_is_answered_from_the_deal(acme: Cast, vera: Client) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal, at=NOW + timedelta(days=230))
    with tenant_context(acme.acme.id):
        actions.ask_extension(
            actor=acme.paul.actor, deal=deal, days=30, why="Tender", at=NOW + timedelta(days=231)
        )
    assert "Acme GmbH" in vera.get("/acme/m/deals/extensions/").content.decode()
    address = f"/acme/m/deals/{deal.id}/extension/"
    assert vera.post(address, {"extension-answer": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    vera.post(address, {"extension-answer": "", "grant": "1"})
    assert "16 Mar 2027" in vera.get(f"/acme/m/deals/{deal.id}/").content.decode()


def test_today_says_what_waits(acme: Cast, vera: Client) -> None:
    register(acme.paul)
    assert "Deals to decide" in vera.get("/acme/m/").content.decode()


@pytest.mark.parametrize(("days_before", "shown"), [(30, True), (400, False)])
def test_a_direct_sale_to_the_customer_is_flagged(
    acme: Cast, vera: Client, days_before: int, shown: bool
) -> None:
    deal = register(acme.paul)
    with tenant_context(acme.acme.id):
        customer = create_customer(
            actor=acme.vera.actor, facts={"code": "C1", "name": "ACME", "tax_id": TAX_ID}, at=NOW
        )
        sell(None, make_product(), "L1", NOW.date() - timedelta(days=days_before), 100, customer=customer)
    page = vera.get(f"/acme/m/deals/{deal.id}/").content.decode()
    assert ("We sold to this customer ourselves" in page) is shown
