"""Customer pages of the staff."""

import pytest

from partners.customers.actions import CustomerFacts, create_customer
from partners.customers.models import Customer
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of

FACTS: CustomerFacts = {
    "code": "C-1",
    "name": "Romashka",
    "tax_id": "",
    "country": "RU",
    "industry": "retail",
}


@pytest.fixture
def customer(cast: Cast) -> Customer:
    with tenant_context(cast.acme.id):
        return create_customer(actor=cast.vera.actor, facts=FACTS, at=NOW)


def page(person: Person, path: str = "", **query):
    return client_of(person).get(f"/acme/m/customers/{path}", query)


def send(person: Person, path: str, **body):
    return client_of(person).post(f"/acme/m/customers/{path}", body)


def names(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(Customer.objects.order_by("name").values_list("name", flat=True))


def test_list_record_and_export(cast, customer):
    text = page(cast.otto, country="RU", industry="retail").content.decode()
    assert "Romashka" in text
    assert "Russia" in text
    assert "No customer fits these filters" in page(cast.otto, q="nothing").content.decode()
    assert "retail" in page(cast.otto, f"{customer.id}/").content.decode()
    assert (
        page(cast.otto, "export.csv").content.decode("utf-8-sig").splitlines()[1]
        == "C-1,Romashka,,RU,retail,"
    )


def test_channel_manager_adds_and_edits(cast, customer):
    assert send(cast.nina, "new/", **{**FACTS, "code": "C-2", "name": "Vasilek"}).status_code == 302
    assert send(cast.nina, f"{customer.id}/edit/", **FACTS, version="1").status_code == 302
    renamed = {**FACTS, "name": "Romashka Two"}
    assert send(cast.nina, f"{customer.id}/edit/", **renamed, version="1").status_code == 302
    stale = send(cast.vera, f"{customer.id}/edit/", **{**FACTS, "name": "Romashka Three"}, version="1")
    assert stale.status_code == 409
    assert 'value="Romashka Three"' in stale.content.decode()
    assert names(cast) == ["Romashka Two", "Vasilek"]


def test_record_names_the_likely_twin(cast, customer):
    with tenant_context(cast.acme.id):
        create_customer(actor=cast.vera.actor, facts={"code": "C-2", "name": "ООО «Ромашка»"}, at=NOW)
    assert "ООО «Ромашка»" in page(cast.vera, f"{customer.id}/").content.decode()


@pytest.mark.parametrize("who", ["felix", "otto"])
def test_who_may_only_look_changes_nothing(cast, customer, who):
    assert (
        send(getattr(cast, who), f"{customer.id}/edit/", **{**FACTS, "name": "Mine"}, version="1").status_code
        == 403
    )
    assert names(cast) == ["Romashka"]


def test_another_tenant_and_partners_meet_nothing(cast, customer):
    assert client_of(cast.zed).get(f"/zenith/m/customers/{customer.id}/").status_code == 404
    assert client_of(cast.paul).get("/acme/m/customers/").status_code == 404


@pytest.mark.parametrize(
    ("country", "tax_id", "said"),
    [
        ("RU", "123", "An INN has 10 digits"),
        ("DE", "136695977", "This is not a VAT number of that country"),
        ("US", "1", "A tax id has 4 to 20 letters and digits."),
    ],
)
def test_a_tax_id_follows_the_rules_of_the_country_that_is_named(cast, customer, country, tax_id, said):
    typed = {**FACTS, "code": "C-2", "name": "Vasilek", "tax_id": tax_id}
    refused = send(cast.nina, "new/", **{**typed, "country": country})
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert names(cast) == ["Romashka"]
    assert send(cast.nina, "new/", **{**typed, "country": ""}).status_code == 302
