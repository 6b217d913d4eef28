"""Deals as a partner's people meet them: register, be told a word, read until when, follow up; never a rival's name."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from partners.deals import actions
from partners.deals.models import Deal, Extension, Protection
from partners.deals.rules import last_protected
from partners.products.models import ProductCategory
from prm.notifications.actions import DELIVER
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from prm.web.format import day
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.deals import TAX_ID, approve, make_line, register

NEW = "/acme/p/deals/new/"


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    with tenant_context(cast.acme.id):
        cast.southwind.name = "Canary Southwind"
        cast.southwind.save()
    return cast


@pytest.fixture
def paul(acme: Cast) -> Client:
    return client_of(acme.paul)


def filled(cast: Cast, **changes: Any) -> dict[str, Any]:
    with tenant_context(cast.acme.id):
        line = ProductCategory.objects.get()
    return {
        "customer": "Acme GmbH",
        "country": "RU",
        "tax_id": TAX_ID,
        "line": str(line.id),
        "amount_minor": "1 200 000,50",
        "closes_on": "2027-06-01",
        "stage": "qualified",
        **changes,
    }


def deals(cast: Cast) -> list[Deal]:
    with tenant_context(cast.acme.id):
        return list(Deal.objects.order_by("number"))


def test_a_deal_is_registered_with_what_was_typed(acme: Cast, paul: Client) -> None:
    answer = paul.post(NEW, filled(acme))
    (deal,) = deals(acme)
    assert answer.headers["Location"] == f"/acme/p/deals/{deal.id}/"
    assert (deal.customer, deal.amount_minor, deal.currency, str(deal)) == (
        "Acme GmbH",
        120_000_050,
        "EUR",
        "D-1",
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("customer", "", "This field is required."),
        ("amount_minor", "a lot", "Enter an amount such as 1234.50."),
        ("amount_minor", "0", "Enter an amount above zero."),
        ("closes_on", "soon", "Enter a valid date."),
        ("line", "", "This field is required."),
        ("tax_id", "7707083894", "This INN does not exist"),
    ],
)
def test_what_cannot_be_read_is_named_and_kept(
    acme: Cast, paul: Client, field: str, value: str, said: str
) -> None:
    answer = paul.post(NEW, filled(acme, **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in page
    assert "Acme GmbH" in page or field == "customer"
    assert deals(acme) == []


def test_everything_names_the_last_day_that_is_protected(acme: Cast, paul: Client) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal, at=datetime.now(tz=UTC))
    with tenant_context(acme.acme.id):
        held = Protection.objects.get(deal=deal)
        told = Event.objects.get(name="deal.protected").payload
        [letter] = [
            ring for ring in Event.objects.filter(name=DELIVER) if ring.payload["kind"] == "deal.protected"
        ]
    first, over = day(held.starts_on), day(held.ends_on)
    last = day(held.ends_on - timedelta(days=1))
    own = paul.get(f"/acme/p/deals/{deal.id}/").content.decode()
    staff = client_of(acme.nina).get(f"/acme/m/deals/{deal.id}/").content.decode()
    asking = paul.get(f"/acme/p/deals/{deal.id}/extend/").content.decode()
    customers = paul.get("/acme/p/customers/").content.decode()
    assert f"Protected until {last}" in own
    assert f"{first} – {last}" in own
    assert f"{first} – {last}" in staff
    assert staff.count(last) == 3
    assert f"Protected until {last}" in asking
    assert last in customers
    assert [page.count(over) for page in (own, staff, asking, customers)] == [0] * 4
    assert letter.payload["params"]["until"] == {"day": last_protected(held.ends_on).isoformat()}
    assert told["ends_on"] == held.ends_on.isoformat()


def test_a_taken_customer_offers_a_place_and_writes_nothing(acme: Cast, paul: Client) -> None:
    register(acme.sven)
    answer = paul.post(NEW, filled(acme))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "your place would be number 2" in page
    assert len(deals(acme)) == 1
    paul.post(NEW, filled(acme, join_queue="1"))
    assert [deal.partner_id for deal in deals(acme)] == [acme.southwind.id, acme.northwind.id]


def word(client: Client, cast: Cast, **changes: Any) -> str:
    told: str = client.get("/acme/p/deals/check/", filled(cast, **changes)).json()["word"]
    return told


def test_the_check_answers_in_a_word(acme: Cast, paul: Client) -> None:
    assert word(paul, acme) == "free"
    deal = register(acme.sven)
    assert word(paul, acme, customer="другое написание") == "review"
    approve(acme.vera, deal, at=NOW + timedelta(days=230))
    assert word(paul, acme) == "registered"
    assert word(client_of(acme.sven), acme) == "yours"
    assert word(paul, acme, line="nonsense") == ""


def without_varying(body: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"TOKEN", body)


def test_no_page_names_the_rival(acme: Cast, paul: Client) -> None:
    """Every page of deals and notices, as the one who was second, holds nothing of the first: no name, no person."""
    first = register(acme.sven, "Acme GmbH", contact="Canary contact", note="Canary note")
    approve(acme.vera, first, at=NOW + timedelta(days=230))
    second = register(acme.paul, join_queue=True, at=NOW + timedelta(minutes=1))
    approve(acme.nina, second, at=NOW + timedelta(days=231))
    pages = [
        paul.get(f"/acme/p/{page}").content
        for page in (
            "deals/",
            "deals/board/",
            f"deals/{second.id}/",
            f"deals/{second.id}/edit/",
            "notices/",
            "",
        )
    ]
    pages.append(paul.get("/acme/p/deals/check/", filled(acme)).content)
    pages.append(paul.post(NEW, filled(acme)).content)
    for told in (b"Canary", b"Southwind", b"sven", str(first.id).encode(), str(acme.southwind.id).encode()):
        assert [told for page in pages if told in page] == []
    foreign, missing = paul.get(f"/acme/p/deals/{first.id}/"), paul.get(f"/acme/p/deals/{acme.southwind.id}/")
    assert foreign.status_code == missing.status_code == HTTPStatus.NOT_FOUND
    assert without_varying(foreign.content).replace(str(first.id).encode(), b"") == without_varying(
        missing.content
    ).replace(str(acme.southwind.id).encode(), b"")


def test_only_what_was_asked_can_be_corrected(acme: Cast, paul: Client) -> None:
    deal = register(acme.paul)
    with tenant_context(acme.acme.id):
        actions.return_deal(actor=acme.nina.actor, deal=deal, fields=["note"], reason="Who decides?", at=NOW)
    listed = paul.get("/acme/p/deals/").content.decode()
    assert "Waiting for you" in listed
    assert "Waiting for the partner" not in listed
    address = f"/acme/p/deals/{deal.id}/edit/"
    page = paul.get(address).content.decode()
    assert "Who decides?" in page
    assert 'name="note"' in page
    assert 'name="customer"' not in page
    paul.post(address, {"note": "The owner", "customer": "Somebody else"})
    (changed,) = deals(acme)
    assert (changed.note, changed.customer, changed.state) == ("The owner", "Acme GmbH", "submitted")


def test_an_extension_is_asked_for(acme: Cast, paul: Client) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal, at=NOW + timedelta(days=230))
    paul.post(f"/acme/p/deals/{deal.id}/extend/", {"days": "30", "why": "Tender moved"})
    with tenant_context(acme.acme.id):
        assert Extension.objects.get().days == 30
    assert "You asked for 30 more days" in paul.get(f"/acme/p/deals/{deal.id}/").content.decode()


@pytest.mark.parametrize(("outcome", "state"), [("won", "won"), ("lost", "lost"), ("withdraw", "withdrawn")])
def test_a_deal_is_closed(acme: Cast, paul: Client, outcome: str, state: str) -> None:
    deal = register(acme.paul)
    paul.post(f"/acme/p/deals/{deal.id}/close/", {"outcome": outcome})
    assert [deal.state for deal in deals(acme)] == [state]


def test_somebody_without_money_may_register(acme: Cast) -> None:
    client_of(acme.mia).post(NEW, filled(acme))
    assert len(deals(acme)) == 1
