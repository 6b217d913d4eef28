"""Addresses of holds, by face."""

from django.urls import URLPattern, path

from incentives.holds import api as machine
from incentives.holds import console as staff

console: list[URLPattern] = [
    path("holds/", staff.holds, name="holds"),
    path("holds/new/", staff.hold_create, name="hold-create"),
    path("holds/<uuid:hold_id>/", staff.hold, name="hold"),
    path("holds/<uuid:hold_id>/release/", staff.hold_release, name="hold-release"),
]
api: list[URLPattern] = [
    path("holds", machine.Holds.as_view(), name="api-holds"),
    path("holds/<uuid:hold_id>", machine.OneHold.as_view(), name="api-hold"),
]
