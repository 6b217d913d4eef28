"""Addresses of earnings, by face."""

from django.urls import path

from incentives.earnings import api as machine
from incentives.earnings import console as pages
from incentives.earnings import portal as own

console = [
    path("earnings/", pages.entry_list, name="entry-list"),
    path("earnings/nothing/", pages.outcome_list, name="outcome-list"),
    path("earnings/<uuid:entry_id>/", pages.entry_explanation, name="entry-explain"),
    path("calculations/", pages.calculation_list, name="calculation-list"),
    path("calculations/start/", pages.calculation_start, name="calculation-start"),
    path("calculations/<uuid:run_id>/", pages.calculation_detail, name="calculation-detail"),
    path("calculations/<uuid:run_id>/progress/", pages.calculation_progress, name="calculation-progress"),
]
portal = [
    path("earnings/", own.own_entries, name="portal-entry-list"),
    path("earnings/nothing/", own.own_outcomes, name="portal-outcome-list"),
    path("earnings/<uuid:entry_id>/", own.own_explanation, name="portal-entry-explain"),
]
api = [
    path("calculations", machine.Calculations.as_view(), name="api-calculations"),
    path("calculations/<uuid:run_id>", machine.OneCalculation.as_view(), name="api-calculation"),
    path("entries", machine.Entries.as_view(), name="api-entries"),
    path("entries/<uuid:entry_id>", machine.OneEntry.as_view(), name="api-entry"),
]
