"""Addresses of tiers, by face."""

from django.urls import URLPattern, path

from partners.tiers import api as machine
from partners.tiers import console as staff
from partners.tiers import portal as own

console: list[URLPattern] = [
    path("tiers/", staff.tier_list, name="tier-list"),
    path("tiers/new/", staff.tier_create, name="tier-create"),
    path("tiers/calendar/", staff.tier_calendar, name="tier-calendar"),
    path("tiers/review/", staff.tier_review, name="tier-review"),
    path("tiers/<uuid:tier_id>/", staff.tier_edit, name="tier-edit"),
    path("tiers/<uuid:tier_id>/remove/", staff.tier_remove, name="tier-remove"),
    path("partners/<uuid:partner_id>/tier/", staff.tier_pin, name="tier-pin"),
]
portal: list[URLPattern] = [path("tier/", own.own_tier, name="portal-tier")]
api: list[URLPattern] = [
    path("tiers", machine.Tiers.as_view(), name="api-tiers"),
    path("tiers/<uuid:tier_id>", machine.OneTier.as_view(), name="api-tier"),
    path("tier-review", machine.TierReview.as_view(), name="api-tier-review"),
]
