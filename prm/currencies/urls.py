"""Addresses of exchange rates, by face."""

from django.urls import path

from prm.currencies import console as pages

console = [
    path("rates/", pages.rate_list, name="rate-list"),
    path("rates/export.csv", pages.rate_export, name="rate-export"),
    path("rates/new/", pages.rate_create, name="rate-create"),
]
