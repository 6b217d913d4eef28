"""Reads of products and categories: look-ups in sets, and the pages' lists.

Promise: a missing or foreign record answers 404 alike; called by products actions and interfaces, sales, incentives."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from partners.products.models import Product, ProductCategory
from prm.kit.searching import key_span


@dataclass(frozen=True)
class ProductFilter:
    """What a list was narrowed to; empty values narrow nothing. `category` "none": products without one."""

    q: str = ""
    category: str = ""
    earns: str = ""

    @property
    def is_set(self) -> bool:
        return any(vars(self).values())


def list_products(wanted: ProductFilter) -> QuerySet[Product]:
    """Products that pass the filter, with their categories; the caller orders and cuts."""
    rows = Product.objects.select_related("category")
    if wanted.category == "none":
        rows = rows.filter(category__isnull=True)
    elif wanted.category:
        rows = rows.filter(category__code=wanted.category)
    if wanted.earns:
        rows = rows.filter(earns=wanted.earns == "yes")
    typed = wanted.q.strip()
    if typed:
        start, end = key_span(typed)
        found = Q(code=typed)
        rows = rows.filter(found | Q(name_key__gte=start, name_key__lt=end) if start else found)
    return rows


def access_product(product_id: UUID) -> Product:
    return get_object_or_404(Product.objects.select_related("category"), id=product_id)


def access_product_by_code(code: str) -> Product:
    return get_object_or_404(Product.objects.select_related("category"), code=code)


def products_by_code(codes: Iterable[str]) -> dict[str, Product]:
    """Products of the tenant by code, with their categories, in one query; unknown codes are absent."""
    rows = Product.objects.select_related("category").filter(code__in=set(codes))
    return {product.code: product for product in rows}


def product_ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    return dict(Product.objects.filter(code__in=set(codes)).values_list("code", "id"))


def list_categories() -> QuerySet[ProductCategory]:
    return ProductCategory.objects.all()


def find_category(given: str) -> ProductCategory | None:
    """The category with this id as text, or None."""
    try:
        return ProductCategory.objects.filter(id=UUID(given)).first()
    except ValueError:
        return None


def list_categories_with_counts() -> list[ProductCategory]:
    """Every category with `product_count`, by name."""
    counts = dict(
        Product.objects.filter(category__isnull=False)
        .order_by()
        .values_list("category_id")
        .annotate(Count("id"))
    )
    categories = list(ProductCategory.objects.order_by("name", "code"))
    for category in categories:
        category.product_count = counts.get(category.id, 0)  # type: ignore[attr-defined]
    return categories


def access_category(category_id: UUID) -> ProductCategory:
    return get_object_or_404(ProductCategory, id=category_id)


def access_category_by_code(code: str) -> ProductCategory:
    return get_object_or_404(ProductCategory, code=code)


def categories_by_code(codes: Iterable[str]) -> dict[str, ProductCategory]:
    return {category.code: category for category in ProductCategory.objects.filter(code__in=set(codes))}
