"""Writing products and categories: one code, one version at a time, every change told."""

from typing import Any

import pytest

from partners.products import actions, queries
from partners.products.models import Product, ProductCategory
from partners.products.queries import ProductFilter
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


@pytest.fixture
def bikes(acme) -> ProductCategory:
    return actions.create_category(actor=acme.vera.actor, code="bikes", name="Bikes", at=NOW)


def create(cast: Cast, code="B-1", **facts) -> Product:
    told: Any = {"code": code, "name": f"Bike {code}", **facts}
    return actions.create_product(actor=cast.vera.actor, facts=told, at=NOW)


def told() -> list[str]:
    return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def test_product_gets_key_record_and_event(acme, bikes):
    product = create(acme, name="Горный «Ёж»", category=bikes)
    assert (product.version, product.earns, product.name_key) == (1, True, "горный еж")
    record = AuditRecord.objects.get(action="product.created")
    assert record.after == {"code": "B-1", "name": "Горный «Ёж»", "category": "Bikes"}
    assert Event.objects.filter(name="product.created", payload={"product_id": str(product.id)}).count() == 1


def test_code_is_used_once(acme):
    create(acme)
    with pytest.raises(actions.ProductCodeTaken):
        create(acme, name="Twin")
    assert Product.objects.count() == 1
    assert create(acme, code="b-1").code == "b-1"


def test_change_writes_what_differs(acme, bikes):
    product = create(acme)
    changes: actions.ProductFacts = {"name": product.name, "category": bikes, "earns": False}
    changed = actions.change_product(
        actor=acme.vera.actor, product=product, changes=changes, version=1, at=NOW
    )
    assert (changed.version, changed.category, changed.earns) == (2, bikes, False)
    record = AuditRecord.objects.get(action="product.changed")
    assert (record.before, record.after) == (
        {"category": "", "earns": True},
        {"category": "Bikes", "earns": False},
    )


def test_stale_version_changes_nothing(acme):
    product = create(acme)
    actions.change_product(actor=acme.vera.actor, product=product, changes={"name": "One"}, version=1, at=NOW)
    with pytest.raises(actions.ProductChangedMeanwhile) as stale:
        actions.change_product(
            actor=acme.vera.actor, product=product, changes={"name": "Two"}, version=1, at=NOW
        )
    assert stale.value.product.name == Product.objects.get().name == "One"
    assert told() == ["product.created", "product.changed"]


def test_upsert_by_code_says_what_it_did(acme, bikes):
    def upsert(**facts):
        told: Any = {"code": "B-1", **facts}
        return actions.upsert_product(actor=acme.vera.actor, facts=told, at=NOW)[1]

    assert upsert(name="Bike", category=bikes) == "created"
    assert upsert(name="Bike", category=bikes) == "unchanged"
    assert upsert(name="Bicycle") == "updated"
    assert Product.objects.get().category == bikes


def test_category_upsert_renames(acme, bikes):
    category, effect = actions.upsert_category(actor=acme.vera.actor, code="bikes", name="Bicycles", at=NOW)
    assert (category.id, category.name, effect) == (bikes.id, "Bicycles", "updated")
    assert (
        actions.upsert_category(actor=acme.vera.actor, code="bikes", name="Bicycles", at=NOW)[1]
        == "unchanged"
    )
    with pytest.raises(actions.CategoryCodeTaken):
        actions.create_category(actor=acme.vera.actor, code="bikes", name="Again", at=NOW)
    assert told() == ["category.created", "category.changed"]


def test_look_up_in_sets_and_lists(acme, bikes, django_assert_num_queries):
    create(acme, code="B-1", name="Bike One", category=bikes)
    create(acme, code="B-2", name="Bike Two", category=bikes, earns=False)
    create(acme, code="F", name="Freight")
    with django_assert_num_queries(1):
        found = queries.products_by_code(["B-1", "F", "nothing"])
        assert {code: str(product.category or "") for code, product in found.items()} == {
            "B-1": "Bikes",
            "F": "",
        }

    def codes(**wanted):
        return sorted(queries.list_products(ProductFilter(**wanted)).values_list("code", flat=True))

    assert codes(category="bikes") == ["B-1", "B-2"]
    assert codes(category="none") == ["F"]
    assert codes(earns="no") == ["B-2"]
    assert codes(q="bike t") == ["B-2"]
    assert codes(q="B-1") == ["B-1"]
    assert [vars(c)["product_count"] for c in queries.list_categories_with_counts()] == [2]


def test_another_tenant_sees_none(cast):
    with tenant_context(cast.acme.id):
        create(cast)
    with tenant_context(cast.zenith.id):
        assert queries.products_by_code(["B-1"]) == {}
        assert not queries.list_products(ProductFilter()).exists()
