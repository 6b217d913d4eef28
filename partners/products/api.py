"""Products and categories for machines; called by partners.products.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.products import actions, queries
from partners.products.models import Product
from partners.products.serializers import (
    CategoryName,
    CategoryRead,
    CategoryWrite,
    ProductChange,
    ProductFacts,
    ProductQuery,
    ProductRead,
    ProductWrite,
)
from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query, valid_code
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    actions.ProductCodeTaken: 409,
    actions.CategoryCodeTaken: 409,
    actions.ProductChangedMeanwhile: 412,
}


def shown(product: Product, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/products/{product.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(ProductRead(product).data, status=status, headers=headers), product.version)


class Products(ApiView):
    scopes: ClassVar = {"GET": "products:read", "POST": "products:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List products", answer=ProductRead, query=ProductQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they came. `q` is the beginning of a name, or exactly a code."""
        asked = read_query(request, ProductQuery)
        earns = {True: "yes", False: "no", None: ""}[asked.get("earns")]
        wanted = queries.ProductFilter(
            q=asked.get("q", ""), category=asked.get("category_code", ""), earns=earns
        )
        return answer_list(request, queries.list_products(wanted), order=("id",), row=ProductRead)

    @operation("Add a product", body=ProductWrite, answer=ProductRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        facts: Any = read_body(request, ProductWrite)
        return shown(actions.create_product(actor=request.actor, facts=facts, at=request.at), 201)


class OneProduct(ApiView):
    scopes: ClassVar = {"GET": "products:read", "PATCH": "products:write"}
    refusals = REFUSALS

    @operation("Read a product", answer=ProductRead)
    def get(self, request: ApiRequest, product_id: UUID) -> Response:
        return shown(queries.access_product(product_id))

    @operation("Change a product", body=ProductChange, answer=ProductRead, versioned=True)
    def patch(self, request: ApiRequest, product_id: UUID) -> Response:
        product = queries.access_product(product_id)
        require_match(request, product.version)
        changes: Any = read_body(request, ProductChange)
        version = product.version
        return shown(
            actions.change_product(
                actor=request.actor, product=product, changes=changes, version=version, at=request.at
            )
        )


class ProductByCode(ApiView):
    scopes: ClassVar = {"GET": "products:read", "PUT": "products:write"}
    refusals = REFUSALS

    @operation("Read a product by its code", answer=ProductRead)
    def get(self, request: ApiRequest, code: str) -> Response:
        return shown(queries.access_product_by_code(code))

    @operation("Add or change a product by its code", body=ProductFacts, answer=ProductRead)
    def put(self, request: ApiRequest, code: str) -> Response:
        """201 when it was added, 200 when it was there. Absent fields stay as they are."""
        facts: Any = {**read_body(request, ProductFacts), "code": valid_code(code)}
        product, effect = actions.upsert_product(actor=request.actor, facts=facts, at=request.at)
        return shown(product, 201 if effect == "created" else 200)


class ProductBatch(ApiView):
    scopes: ClassVar = {"POST": "products:write"}
    idempotent = True
    bucket = "bulk"

    @operation("Add or change many products by code", body=ProductWrite, batch="products")
    def post(self, request: ApiRequest) -> Response:
        """`{"mode": "partial", "products": [...]}` with up to 500 rows, each as for one product."""

        def write(content: Any) -> RowWritten:
            product, effect = actions.upsert_product(actor=request.actor, facts=content, at=request.at)
            return RowWritten(effect, product.id, product.version)

        rows, mode = read_rows(request, name="products")
        answers = write_rows(rows, write, shape=ProductWrite, key_name="code", refusals=REFUSALS)
        return answer_batch(answers, mode=mode, key_name="code")


class Categories(ApiView):
    scopes: ClassVar = {"GET": "products:read", "POST": "products:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List product categories", answer=CategoryRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        read_query(request)
        return answer_list(request, queries.list_categories(), order=("id",), row=CategoryRead)

    @operation("Add a product category", body=CategoryWrite, answer=CategoryRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        content = read_body(request, CategoryWrite)
        category = actions.create_category(actor=request.actor, at=request.at, **content)
        return Response(CategoryRead(category).data, status=201)


class CategoryByCode(ApiView):
    scopes: ClassVar = {"GET": "products:read", "PUT": "products:write"}
    refusals = REFUSALS

    @operation("Read a product category by its code", answer=CategoryRead)
    def get(self, request: ApiRequest, code: str) -> Response:
        return Response(CategoryRead(queries.access_category_by_code(code)).data)

    @operation("Add or rename a product category by its code", body=CategoryName, answer=CategoryRead)
    def put(self, request: ApiRequest, code: str) -> Response:
        """201 when it was added, 200 when it was there."""
        name = read_body(request, CategoryName)["name"]
        category, effect = actions.upsert_category(
            actor=request.actor, code=valid_code(code), name=name, at=request.at
        )
        return Response(CategoryRead(category).data, status=201 if effect == "created" else 200)


class CategoryBatch(ApiView):
    scopes: ClassVar = {"POST": "products:write"}
    idempotent = True
    bucket = "bulk"

    @operation(
        "Add or rename many product categories by code", body=CategoryWrite, batch="product_categories"
    )
    def post(self, request: ApiRequest) -> Response:
        """`{"mode": "partial", "product_categories": [...]}` with up to 500 rows of code and name."""

        def write(content: dict[str, Any]) -> RowWritten:
            category, effect = actions.upsert_category(actor=request.actor, at=request.at, **content)
            return RowWritten(effect, category.id)

        rows, mode = read_rows(request, name="product_categories")
        answers = write_rows(rows, write, shape=CategoryWrite, key_name="code", refusals=REFUSALS)
        return answer_batch(answers, mode=mode, key_name="code")
