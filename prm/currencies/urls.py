"""Addresses of exchange rates, by face."""

from django.urls import path

from prm.currencies import api as machine
from prm.currencies import console as pages

console = [
    path("rates/", pages.rate_list, name="rate-list"),
    path("rates/export.csv", pages.rate_export, name="rate-export"),
    path("rates/new/", pages.rate_create, name="rate-create"),
]
api = [
    path("rates", machine.Rates.as_view(), name="api-rates"),
    path("rates/in-force", machine.RateInForce.as_view(), name="api-rate-in-force"),
    path("rates:batch", machine.RateBatch.as_view(), name="api-rates-batch"),
]
