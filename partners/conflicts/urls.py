"""Addresses of conflicts, by face."""

from django.urls import URLPattern, path

from partners.conflicts import api as machine
from partners.conflicts import console as staff
from partners.conflicts import portal as own

console: list[URLPattern] = [
    path("conflicts/", staff.conflict_list, name="conflict-list"),
    path("conflicts/unmatched/", staff.unmatched_list, name="unmatched-list"),
    path("conflicts/<uuid:conflict_id>/", staff.conflict_detail, name="conflict-detail"),
    path("conflicts/<uuid:conflict_id>/rule/", staff.conflict_rule, name="conflict-rule"),
    path("deals/<uuid:deal_id>/conflict/", staff.conflict_open, name="conflict-open"),
]
portal: list[URLPattern] = [
    path("deals/<uuid:deal_id>/conflict/", own.conflict_raise, name="portal-conflict-raise"),
    path("deals/conflicts/<uuid:side_id>/", own.conflict_side, name="portal-conflict"),
    path("deals/conflicts/<uuid:side_id>/appeal/", own.conflict_appeal, name="portal-conflict-appeal"),
]
api: list[URLPattern] = [
    path("conflicts", machine.Conflicts.as_view(), name="api-conflicts"),
    path("conflicts/<uuid:conflict_id>", machine.OneConflict.as_view(), name="api-conflict"),
    path("conflicts/<uuid:conflict_id>:rule", machine.ConflictRuling.as_view(), name="api-conflict-rule"),
    path("deals/<uuid:deal_id>:contest", machine.DealContest.as_view(), name="api-deal-contest"),
]
