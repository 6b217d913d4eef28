"""Addresses of segments, by face."""

from django.urls import URLPattern, path

from partners.segments import api as machine
from partners.segments import console as staff
from partners.segments import portal as own

console: list[URLPattern] = [
    path("segments/", staff.segment_list, name="segment-list"),
    path("segments/new/", staff.segment_create, name="segment-create"),
    path("segments/new-list/", staff.segment_create_list, name="segment-create-list"),
    path("segments/preview/", staff.segment_preview, name="segment-preview"),
    path("segments/<uuid:segment_id>/", staff.segment_detail, name="segment-detail"),
    path("segments/<uuid:segment_id>/members.csv", staff.segment_export, name="segment-export"),
    path("segments/<uuid:segment_id>/edit/", staff.segment_edit, name="segment-edit"),
    path("segments/<uuid:segment_id>/members/", staff.segment_members, name="segment-members"),
    path("segments/<uuid:segment_id>/recalculate/", staff.segment_recalculate, name="segment-recalculate"),
    path("segments/<uuid:segment_id>/remove/", staff.segment_remove, name="segment-remove"),
]
console += [
    path("resources/", staff.resource_page, name="resources"),
    path("resources/engagement/", staff.engagement_weights, name="engagement-weights"),
    path("resources/quadrants/", staff.quadrants_edit, name="quadrants-edit"),
    path("partners/<uuid:partner_id>/potential/", staff.potential_estimate, name="potential-estimate"),
]
portal: list[URLPattern] = [path("engagement/", own.engagement, name="portal-engagement")]
api: list[URLPattern] = [
    path("segment-facts", machine.SegmentFacts.as_view(), name="api-segment-facts"),
    path("segments", machine.Segments.as_view(), name="api-segments"),
    path("segments:preview", machine.SegmentPreview.as_view(), name="api-segment-preview"),
    path("segments/<uuid:segment_id>", machine.OneSegment.as_view(), name="api-segment"),
    path("segments/<uuid:segment_id>/members", machine.SegmentMembers.as_view(), name="api-segment-members"),
    path(
        "segments/<uuid:segment_id>:recalculate",
        machine.SegmentRecalculation.as_view(),
        name="api-segment-recalculate",
    ),
    path("segments/<uuid:segment_id>/members:add", machine.SegmentAdding.as_view(), name="api-segment-add"),
    path(
        "segments/<uuid:segment_id>/members:remove",
        machine.SegmentTakingOut.as_view(),
        name="api-segment-take-out",
    ),
]
