"""Rate pages of the staff."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from prm.currencies.actions import PublishedRate, publish_rate
from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of


def page(person: Person, path: str = "", **query):
    return client_of(person).get(f"/acme/m/rates/{path}", query)


def send(person: Person, **changes):
    today = timezone.now().date().isoformat()
    body = {
        "base": "eur",
        "quote": "USD",
        "published_on": today,
        "rate": "1,0835",
        "source": "ECB",
        **changes,
    }
    return client_of(person).post("/acme/m/rates/new/", body)


def stored(cast: Cast) -> list[tuple]:
    with tenant_context(cast.acme.id):
        return list(ExchangeRate.objects.order_by("id").values_list("base", "quote", "rate"))


@pytest.mark.parametrize("who", ["vera", "felix"])
def test_publishes_what_was_typed(cast, who):
    assert send(getattr(cast, who)).status_code == 302
    assert stored(cast) == [("EUR", "USD", Decimal("1.0835"))]
    text = page(cast.otto).content.decode()
    assert "1.0835" in text
    assert "ECB" in text


def test_correction_is_marked_and_the_first_stays_readable(cast):
    send(cast.felix)
    send(cast.felix, rate="1.09")
    text = page(cast.otto).content.decode()
    assert "corrected later" in text
    assert "1.0835" in text


def test_same_rate_again_says_so(cast):
    send(cast.felix)
    client = client_of(cast.felix)
    today = timezone.now().date().isoformat()
    body = {"base": "EUR", "quote": "USD", "published_on": today, "rate": "1.0835"}
    text = client.post("/acme/m/rates/new/", body, follow=True).content.decode()
    assert "published already" in text
    assert len(stored(cast)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quote": "EUR"}, "quote"),
        ({"base": "ABC"}, "base"),
        ({"rate": "0"}, "rate"),
        ({"published_on": "2999-01-01"}, "published_on"),
    ],
)
def test_fault_is_said_at_its_field(cast, changes, field):
    answer = send(cast.felix, **changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert stored(cast) == []


@pytest.mark.parametrize("who", ["nina", "otto"])
def test_who_may_only_look_publishes_nothing(cast, who):
    assert send(getattr(cast, who)).status_code == 403
    assert stored(cast) == []


def test_pair_whose_rate_is_too_old_is_marked(cast):
    with tenant_context(cast.acme.id):
        now = timezone.now()
        old = PublishedRate("EUR", "GBP", now.date() - timedelta(days=8), Decimal("0.85"))
        publish_rate(actor=cast.felix.actor, rate=old, at=now)
    assert "too old to use" in page(cast.otto).content.decode()


def test_list_can_be_narrowed_and_exported(cast):
    send(cast.felix)
    send(cast.felix, quote="GBP", rate="0.85")
    assert [row.quote for row in page(cast.otto, quote="GBP").context["page"].rows] == ["GBP"]
    lines = page(cast.otto, "export.csv", quote="GBP").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",EUR,GBP,0.85,ECB," in lines[1]


def test_empty_page_says_what_rates_are_for(cast):
    assert "No rates yet" in page(cast.felix).content.decode()
    assert "programme admin or finance publishes" in page(cast.otto).content.decode()
