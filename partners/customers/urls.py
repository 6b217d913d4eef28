"""Addresses of customers, by face."""

from django.urls import path

from partners.customers import api as machine
from partners.customers import console as pages

console = [
    path("customers/", pages.customer_list, name="customer-list"),
    path("customers/export.csv", pages.customer_export, name="customer-export"),
    path("customers/new/", pages.customer_create, name="customer-create"),
    path("customers/<uuid:customer_id>/", pages.customer_detail, name="customer-detail"),
    path("customers/<uuid:customer_id>/edit/", pages.customer_edit, name="customer-edit"),
]
api = [
    path("customers", machine.Customers.as_view(), name="api-customers"),
    path("customers/<uuid:customer_id>", machine.OneCustomer.as_view(), name="api-customer"),
    path("customers/by-code/<path:code>", machine.CustomerByCode.as_view(), name="api-customer-by-code"),
    path("customers:batch", machine.CustomerBatch.as_view(), name="api-customers-batch"),
]
