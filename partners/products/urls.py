"""Addresses of products and categories, by face."""

from django.urls import path

from partners.products import api as machine
from partners.products import console as pages

console = [
    path("products/", pages.product_list, name="product-list"),
    path("products/export.csv", pages.product_export, name="product-export"),
    path("products/new/", pages.product_create, name="product-create"),
    path("products/categories/", pages.category_list, name="category-list"),
    path("products/categories/new/", pages.category_create, name="category-create"),
    path("products/categories/<uuid:category_id>/", pages.category_edit, name="category-edit"),
    path("products/<uuid:product_id>/", pages.product_detail, name="product-detail"),
    path("products/<uuid:product_id>/edit/", pages.product_edit, name="product-edit"),
]
api = [
    path("products", machine.Products.as_view(), name="api-products"),
    path("products/<uuid:product_id>", machine.OneProduct.as_view(), name="api-product"),
    path("products/by-code/<path:code>", machine.ProductByCode.as_view(), name="api-product-by-code"),
    path("products:batch", machine.ProductBatch.as_view(), name="api-products-batch"),
    path("product-categories", machine.Categories.as_view(), name="api-product-categories"),
    path(
        "product-categories/by-code/<path:code>",
        machine.CategoryByCode.as_view(),
        name="api-category-by-code",
    ),
    path("product-categories:batch", machine.CategoryBatch.as_view(), name="api-categories-batch"),
]
