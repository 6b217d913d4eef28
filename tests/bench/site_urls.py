"""Addresses of the peers; named by tests.bench.site_settings."""

from django.urls import path

from prm.web.views import healthz
from tests.bench import bare, drf

urlpatterns = [
    path("healthz", healthz),
    path("html/<uuid:tenant_id>/<uuid:partner_id>", bare.page),
    path("json/<uuid:tenant_id>/<uuid:partner_id>", bare.listed),
    path("drf/tuned", drf.TunedSales.as_view()),
    path("drf/default", drf.DefaultSales.as_view()),
]
