"""Addresses of coverage, by face."""

from django.urls import URLPattern, path

from partners.coverage import api as machine
from partners.coverage import portal as own

portal: list[URLPattern] = [
    path("customers/", own.customer_list, name="portal-customer-list"),
    path("customers/<uuid:customer_id>/", own.customer_detail, name="portal-customer"),
]
api: list[URLPattern] = [
    path(
        "customers/<uuid:customer_id>/partners",
        machine.CustomerPartners.as_view(),
        name="api-customer-partners",
    ),
]
