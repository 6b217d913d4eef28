"""Products and categories for machines."""

import pytest

from partners.products.models import Product, ProductCategory
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast


@pytest.fixture
def erp(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "products:read", "products:write"))


def stored(cast: Cast) -> list[tuple]:
    with tenant_context(cast.acme.id):
        return list(Product.objects.order_by("code").values_list("code", "name", "category__code", "earns"))


def test_category_then_product_then_change(cast, erp):
    assert erp.send("PUT", "product-categories/by-code/bikes", {"name": "Bikes"}).status_code == 201
    assert erp.send("PUT", "product-categories/by-code/bikes", {"name": "Bicycles"}).status_code == 200
    made = erp.post("products", {"code": "B-1", "name": "Road", "category_code": "bikes"})
    assert (made.status_code, made["ETag"], made.json()["category_code"]) == (201, '"1"', "bikes")
    path = f"products/{made.json()['id']}"
    assert erp.send("PATCH", path, {"earns": False}).status_code == 428
    assert erp.send("PATCH", path, {"earns": False}, if_match='"2"').status_code == 412
    assert erp.send("PATCH", path, {"earns": False, "category_code": None}, if_match='"1"')["ETag"] == '"2"'
    assert stored(cast) == [("B-1", "Road", None, False)]


def test_unknown_category_points_at_its_field(cast, erp):
    problem = problem_of(erp.post("products", {"code": "B-1", "name": "Road", "category_code": "none"}))
    assert problem["errors"] == [
        {
            "pointer": "/category_code",
            "code": "category_unknown",
            "detail": "There is no category with this code.",
        }
    ]
    assert stored(cast) == []


def test_put_and_batch_are_upserts(cast, erp):
    assert erp.send("PUT", "products/by-code/B-1", {"name": "Road"}).status_code == 201
    assert erp.send("PUT", "products/by-code/B-1", {"name": "Road"}).status_code == 200
    body = {"products": [{"code": "B-1", "name": "Race"}, {"code": "B-2", "name": "City"}, {"code": "B-3"}]}
    answer = erp.post("products:batch", body)
    assert (answer.status_code, [row["status"] for row in answer.json()["results"]]) == (207, [200, 201, 422])
    assert stored(cast) == [("B-1", "Race", None, True), ("B-2", "City", None, True)]
    categories = {"product_categories": [{"code": "a", "name": "A"}, {"code": "b", "name": "B"}]}
    assert erp.post("product-categories:batch", categories).json()["summary"]["created"] == 2
    assert [row["code"] for row in erp.get("product-categories").json()["data"]] == ["a", "b"]
    assert [row["code"] for row in erp.get("products", q="city").json()["data"]] == ["B-2"]


def test_code_in_use_is_a_conflict(cast, erp):
    erp.post("products", {"code": "B-1", "name": "Road"})
    assert problem_of(erp.post("products", {"code": "B-1", "name": "Twin"}))["code"] == "product_code_taken"
    erp.post("product-categories", {"code": "a", "name": "A"})
    assert (
        problem_of(erp.post("product-categories", {"code": "a", "name": "A"}))["code"]
        == "category_code_taken"
    )
    assert stored(cast) == [("B-1", "Road", None, True)]


def test_another_tenants_product_is_missing(cast, erp):
    made = erp.post("products", {"code": "B-1", "name": "Road"}).json()
    stranger = Machine(make_key(cast.zenith, "products:read", "products:write"))
    assert stranger.get(f"products/{made['id']}").status_code == 404
    assert stranger.get("products/by-code/B-1").status_code == 404
    assert stranger.send("PATCH", f"products/{made['id']}", {"name": "X"}, if_match='"1"').status_code == 404
    assert stranger.get("products").json()["data"] == []
    assert stored(cast) == [("B-1", "Road", None, True)]


def test_key_that_may_only_read_writes_nothing(cast):
    reader = Machine(make_key(cast.acme, "products:read"))
    assert reader.post("products", {"code": "B-1", "name": "Road"}).status_code == 403
    assert reader.send("PUT", "product-categories/by-code/a", {"name": "A"}).status_code == 403
    with tenant_context(cast.acme.id):
        assert not ProductCategory.objects.exists()
    assert stored(cast) == []
