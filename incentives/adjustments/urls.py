"""Addresses of adjustments, by face."""

from django.urls import URLPattern, path

from incentives.adjustments import api as machine
from incentives.adjustments import console as staff
from incentives.adjustments import portal as own

console: list[URLPattern] = [
    path("adjustments/", staff.adjustments, name="adjustments"),
    path("adjustments/new/", staff.adjustment_create, name="adjustment-create"),
    path("adjustments/terms/", staff.adjustment_terms, name="adjustment-terms"),
    path("adjustments/<uuid:adjustment_id>/", staff.adjustment, name="adjustment"),
    path("adjustments/<uuid:adjustment_id>/decide/", staff.adjustment_decide, name="adjustment-decide"),
    path("adjustments/<uuid:adjustment_id>/undo/", staff.adjustment_undo, name="adjustment-undo"),
]
portal: list[URLPattern] = [
    path("adjustments/", own.own_adjustments, name="portal-adjustments"),
    path("adjustments/<uuid:adjustment_id>/", own.own_adjustment, name="portal-adjustment"),
]
api: list[URLPattern] = [
    path("adjustments", machine.Adjustments.as_view(), name="api-adjustments"),
    path("adjustments/<uuid:adjustment_id>", machine.OneAdjustment.as_view(), name="api-adjustment"),
]
