"""Addresses of imports."""

from django.urls import path

from prm.imports import console as staff

console = [
    path("imports/", staff.import_list, name="import-list"),
    path("imports/new/", staff.import_create, name="import-create"),
    path("imports/templates/<slug:kind>.csv", staff.import_template, name="import-template"),
    path("imports/<uuid:import_id>/", staff.import_detail, name="import-detail"),
    path("imports/<uuid:import_id>/progress/", staff.import_progress, name="import-progress"),
    path("imports/<uuid:import_id>/check/", staff.import_check, name="import-check"),
    path("imports/<uuid:import_id>/rows/<int:number>/", staff.import_row, name="import-row"),
    path("imports/<uuid:import_id>/apply/", staff.import_apply, name="import-apply"),
    path("imports/<uuid:import_id>/undo/", staff.import_undo, name="import-undo"),
    path("imports/<uuid:import_id>/errors.csv", staff.import_errors, name="import-errors"),
]
