"""Addresses of terms, by face."""

from django.urls import path

from incentives.terms import api as machine
from incentives.terms import console as staff
from incentives.terms import portal as partner

console = [
    path("plans/versions/<uuid:version_id>/terms/", staff.version_terms, name="version-terms"),
    path("plans/versions/<uuid:version_id>/acceptances/", staff.acceptances, name="terms-acceptances"),
    path(
        "plans/versions/<uuid:version_id>/acceptances/export.csv",
        staff.acceptances_export,
        name="terms-acceptances-export",
    ),
    path("plans/versions/<uuid:version_id>/remind/", staff.remind, name="terms-remind"),
]
portal = [
    path("terms/", partner.own_terms, name="portal-terms"),
    path("terms/<uuid:version_id>/", partner.terms_version, name="portal-terms-version"),
]
api = [
    path("plan-terms", machine.PlanTerms.as_view(), name="api-plan-terms"),
    path("plan-versions/<uuid:version_id>/terms", machine.VersionTerms.as_view(), name="api-version-terms"),
    path(
        "plan-versions/<uuid:version_id>/acceptances",
        machine.VersionAcceptances.as_view(),
        name="api-version-acceptances",
    ),
]
