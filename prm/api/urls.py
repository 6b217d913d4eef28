"""Addresses of the documents about the API; resources stand in the rooms."""

from django.urls import path

from prm.api import api as views

missing_resource = views.Missing.as_view()
api = [
    path("openapi.json", views.OpenApi.as_view(), name="api-openapi"),
    path("docs/", views.docs, name="api-docs"),
    path("problems/<slug:kind>", views.ProblemKind.as_view(), name="api-problem"),
]
