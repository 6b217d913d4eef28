"""Addresses of disputes, by face."""

from django.urls import URLPattern, path

from incentives.disputes import api as machine
from incentives.disputes import console as staff
from incentives.disputes import portal as own

console: list[URLPattern] = [
    path("disputes/", staff.disputes, name="disputes"),
    path("disputes/terms/", staff.dispute_terms, name="dispute-terms"),
    path("disputes/<uuid:dispute_id>/", staff.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/answer/", staff.dispute_answer, name="dispute-answer"),
    path("disputes/<uuid:dispute_id>/decide/", staff.dispute_decide, name="dispute-decide"),
]
portal: list[URLPattern] = [
    path("disputes/", own.own_disputes, name="portal-disputes"),
    path("disputes/new/", own.own_dispute_open, name="portal-dispute-open"),
    path("disputes/<uuid:dispute_id>/", own.own_dispute, name="portal-dispute"),
    path("disputes/<uuid:dispute_id>/say/", own.own_dispute_say, name="portal-dispute-say"),
]
api: list[URLPattern] = [
    path("disputes", machine.Disputes.as_view(), name="api-disputes"),
    path("disputes/<uuid:dispute_id>", machine.OneDispute.as_view(), name="api-dispute"),
    path(
        "disputes/<uuid:dispute_id>/messages", machine.DisputeMessages.as_view(), name="api-dispute-messages"
    ),
]
