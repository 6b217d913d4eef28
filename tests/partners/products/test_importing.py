"""Files of products and customers: upsert by code, and taking back."""

import pytest

from partners.customers.importing import CUSTOMERS
from partners.customers.models import Customer
from partners.products.importing import PRODUCTS
from partners.products.models import Product, ProductCategory
from prm.imports.kinds import AppliedRow, ImportKind, ImportScope, ParsedRow, UndoRefused
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def take(cast: Cast, kind: ImportKind, *rows: dict) -> list:
    scope = ImportScope(cast.vera.actor, NOW, uuid7(), "file")
    return list(kind.apply(scope, [ParsedRow(number, row) for number, row in enumerate(rows, 2)]))


def undo(cast: Cast, kind: ImportKind, results) -> None:
    rows = [
        AppliedRow(n, r.effect, r.record_id, r.undo)
        for n, r in enumerate(results, 2)
        if r.effect in ("created", "updated")
    ]
    assert kind.undo is not None
    kind.undo(ImportScope(cast.vera.actor, NOW, uuid7(), "file"), rows)


def products() -> list[tuple]:
    return list(Product.objects.order_by("code").values_list("code", "name", "category__code", "earns"))


def test_products_with_their_categories(acme):
    results = take(
        acme,
        PRODUCTS,
        {"code": "B-1", "name": "Road", "category_code": "bikes", "category_name": "Bikes"},
        {"code": "B-2", "name": "City", "category_code": "bikes", "earns": False},
        {"code": "B-3", "name": "Lost", "category_code": "none"},
    )
    assert [(result.effect, [error.code for error in result.errors]) for result in results] == [
        ("created", []),
        ("created", []),
        ("", ["category_unknown"]),
    ]
    assert products() == [("B-1", "Road", "bikes", True), ("B-2", "City", "bikes", False)]


def test_products_are_taken_back(acme):
    take(acme, PRODUCTS, {"code": "B-1", "name": "Road"})
    before = products()
    results = take(
        acme, PRODUCTS, {"code": "B-1", "name": "Race", "earns": False}, {"code": "B-2", "name": "City"}
    )
    assert [result.effect for result in results] == ["updated", "created"]
    undo(acme, PRODUCTS, results)
    assert products() == before


def test_product_changed_since_is_not_taken_back(acme):
    results = take(acme, PRODUCTS, {"code": "B-1", "name": "Road"}, {"code": "B-2", "name": "City"})
    take(acme, PRODUCTS, {"code": "B-2", "name": "Town"})
    with pytest.raises(UndoRefused):
        undo(acme, PRODUCTS, results)
    assert [code for code, *_ in products()] == ["B-1", "B-2"]


def test_customers_are_taken_and_taken_back(acme):
    take(acme, CUSTOMERS, {"code": "C-1", "name": "Romashka", "country": "RU"})
    results = take(
        acme,
        CUSTOMERS,
        {"code": "C-1", "name": "Romashka Two", "country": None},
        {"code": "C-2", "name": "Vasilek"},
    )
    assert list(Customer.objects.order_by("code").values_list("name", "country")) == [
        ("Romashka Two", "RU"),
        ("Vasilek", ""),
    ]
    undo(acme, CUSTOMERS, results)
    assert list(Customer.objects.values_list("name", "country")) == [("Romashka", "RU")]


def test_failing_row_leaves_no_category_behind(acme):
    take(acme, PRODUCTS, {"code": "B-3", "name": "Lost", "category_code": "none"})
    assert not ProductCategory.objects.exists()
    assert products() == []
