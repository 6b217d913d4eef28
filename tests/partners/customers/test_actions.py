"""Writing customers: one code, keys that follow the name, every change told."""

from typing import Any

import pytest

from partners.customers import actions, queries
from partners.customers.models import Customer
from partners.customers.queries import CustomerFilter
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def create(cast: Cast, code="C-1", **facts) -> Customer:
    told: Any = {"code": code, "name": f"Customer {code}", **facts}
    return actions.create_customer(actor=cast.vera.actor, facts=told, at=NOW)


def test_keys_follow_name_and_tax_id(acme):
    customer = create(acme, name="ООО «Ромашка»")
    assert (customer.name_key, customer.match_key) == ("ромашка", "name:romashka")
    changes: actions.CustomerFacts = {"tax_id": "77 01 234567"}
    changed = actions.change_customer(
        actor=acme.vera.actor, customer=customer, changes=changes, version=1, at=NOW
    )
    assert (changed.match_key, changed.version) == ("tax:7701234567", 2)
    assert changed.claim_keys == ("tax:7701234567", "name:romashka")


def test_a_website_is_a_key_beside_the_tax_id(acme):
    customer = create(acme, name="Acme", website="https://www.acme.example/shop")
    assert customer.claim_keys == ("web:acme.example", "name:akme")
    changes: actions.CustomerFacts = {"tax_id": "DE136695976"}
    changed = actions.change_customer(actor=acme.vera.actor, customer=customer, changes=changes, at=NOW)
    assert changed.claim_keys == ("tax:136695976", "web:acme.example", "name:akme")


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"name": "Acme Holding", "website": "acme.example"}, True),
        ({"name": "ACME", "tax_id": ""}, True),
        ({"name": "ACME", "tax_id": "DE811569869"}, False),
    ],
)
def test_twins_are_told_apart_by_the_strongest_key_that_both_have(acme, other, alike):
    one = create(acme, name="Acme", tax_id="DE136695976", website="acme.example")
    twin = create(acme, "C-2", **other)
    assert (queries.list_twins(one) == [twin]) is alike
    assert (queries.list_twins(twin) == [one]) is alike


def test_code_is_used_once(acme):
    create(acme)
    with pytest.raises(actions.CustomerCodeTaken):
        create(acme)
    assert Customer.objects.count() == 1


def test_stale_version_changes_nothing(acme):
    customer = create(acme)
    actions.change_customer(
        actor=acme.vera.actor, customer=customer, changes={"name": "One"}, version=1, at=NOW
    )
    with pytest.raises(actions.CustomerChangedMeanwhile):
        actions.change_customer(
            actor=acme.vera.actor, customer=customer, changes={"name": "Two"}, version=1, at=NOW
        )
    assert Customer.objects.get().name == "One"
    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == [
        "customer.created",
        "customer.changed",
    ]


def test_upsert_says_what_it_did(acme):
    def upsert(**facts):
        told: Any = {"code": "C-1", **facts}
        return actions.upsert_customer(actor=acme.vera.actor, facts=told, at=NOW)[1]

    assert upsert(name="Romashka", industry="retail") == "created"
    assert upsert(name="Romashka") == "unchanged"
    assert upsert(name="Romashka", country="RU") == "updated"
    assert Customer.objects.get().industry == "retail"


def test_twins_are_shown_and_never_merged(acme):
    one, two = create(acme, "C-1", name="Romashka"), create(acme, "C-2", name="ООО «Ромашка»")
    create(acme, "C-3", name="Vasilek")
    assert queries.list_twins(one) == [two]
    assert Customer.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("рома", ["RU"]),
        ("Romashka", ["RU"]),
        ("7701234567", ["RU"]),
        ("EN", ["EN"]),
        ("Vas", ["EN"]),
        ("sil", []),
    ],
)
def test_search(acme, typed, found):
    create(acme, "RU", name="ООО «Ромашка»")
    create(acme, "EN", name="Vasilek Ltd")
    create(acme, "TAX", name="By number", tax_id="7701234567")
    expected = ["TAX"] if typed.isdigit() else found
    assert sorted(queries.list_customers(CustomerFilter(q=typed)).values_list("code", flat=True)) == expected


def test_partners_see_no_customers(cast):
    with tenant_context(cast.acme.id):
        create(cast)
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        assert queries.customers_by_code(["C-1"]) == {}
    with tenant_context(cast.zenith.id):
        assert queries.customers_by_code(["C-1"]) == {}
