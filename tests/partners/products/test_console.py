"""Product pages of the staff."""

import pytest

from partners.products.actions import ProductFacts, create_category, create_product
from partners.products.models import Product, ProductCategory
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of


@pytest.fixture
def bike(cast: Cast) -> Product:
    with tenant_context(cast.acme.id):
        category = create_category(actor=cast.vera.actor, code="bikes", name="Bikes", at=NOW)
        facts: ProductFacts = {"code": "B-1", "name": "Road bike", "category": category}
        return create_product(actor=cast.vera.actor, facts=facts, at=NOW)


def page(person: Person, path: str = "", **query):
    return client_of(person).get(f"/acme/m/products/{path}", query)


def send(person: Person, path: str, **body):
    return client_of(person).post(f"/acme/m/products/{path}", body)


def names(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(Product.objects.order_by("name").values_list("name", flat=True))


def test_list_record_and_export(cast, bike):
    assert "Road bike" in page(cast.otto).content.decode()
    assert "Road bike" in page(cast.otto, q="road", category="bikes").content.decode()
    assert "No product fits these filters" in page(cast.otto, q="bike").content.decode()
    record = page(cast.otto, f"{bike.id}/").content.decode()
    assert "B-1" in record
    assert "Added" in record
    assert (
        page(cast.otto, "export.csv").content.decode("utf-8-sig").splitlines()[1]
        == "B-1,Road bike,bikes,Bikes,yes"
    )


def test_empty_list_says_what_products_are_for(cast):
    assert "No products yet" in page(cast.vera).content.decode()
    assert "A programme admin adds products" in page(cast.felix).content.decode()


def test_create_edit_and_stale_version(cast, bike):
    category = str(bike.category_id)
    made = send(cast.vera, "new/", code="B-2", name="City bike", category=category, earns="on")
    assert made.status_code == 302
    path = f"{bike.id}/edit/"
    assert (
        send(
            cast.vasily, path, code="B-1", name="Race bike", category=category, earns="on", version="1"
        ).status_code
        == 302
    )
    stale = send(cast.vera, path, code="B-1", name="Gravel bike", category=category, earns="on", version="1")
    assert stale.status_code == 409
    assert "Race bike" in stale.content.decode()
    assert 'value="Gravel bike"' in stale.content.decode()
    assert names(cast) == ["City bike", "Race bike"]


def test_code_in_use_is_said_at_the_field(cast, bike):
    answer = send(cast.vera, "new/", code="B-1", name="Twin", category="", earns="on")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert names(cast) == ["Road bike"]


@pytest.mark.parametrize("who", ["nina", "felix", "otto"])
def test_who_may_only_look_changes_nothing(cast, bike, who):
    person = getattr(cast, who)
    assert send(person, f"{bike.id}/edit/", code="B-1", name="Mine", version="1").status_code == 403
    assert send(person, "categories/new/", code="x", name="X").status_code == 403
    assert names(cast) == ["Road bike"]


def test_another_tenant_and_partners_meet_nothing(cast, bike):
    assert client_of(cast.zed).get(f"/zenith/m/products/{bike.id}/").status_code == 404
    assert client_of(cast.zed).get(f"/acme/m/products/{bike.id}/").status_code == 404
    assert client_of(cast.paul).get(f"/acme/m/products/{bike.id}/").status_code == 404


def test_categories_are_kept_with_their_counts(cast, bike):
    assert send(cast.vera, "categories/new/", code="parts", name="Parts").status_code == 302
    assert send(cast.vera, "categories/new/", code="parts", name="Twin").status_code == 422
    assert (
        send(cast.vera, f"categories/{bike.category_id}/", code="bikes", name="Bicycles").status_code == 302
    )
    listed = page(cast.vera, "categories/").context["categories"]
    assert [(row.code, row.name, row.product_count) for row in listed] == [
        ("bikes", "Bicycles", 1),
        ("parts", "Parts", 0),
    ]
    with tenant_context(cast.acme.id):
        assert ProductCategory.objects.count() == 2
