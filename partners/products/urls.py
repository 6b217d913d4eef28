"""Addresses of products and categories, by face."""

from django.urls import path

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
