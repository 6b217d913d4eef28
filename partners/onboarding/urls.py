"""Addresses of onboarding, by face."""

from django.urls import path

from partners.onboarding import api as machine
from partners.onboarding import console as desk
from partners.onboarding import portal as own
from partners.onboarding import public as visit
from partners.onboarding import setup_pages as pages
from partners.onboarding import waiting_pages as waiting

console = [
    path("applications/", desk.application_list, name="application-list"),
    path("applications/export.csv", desk.application_export, name="application-export"),
    path("applications/bulk/", desk.application_bulk, name="application-bulk"),
    path("applications/funnel/", desk.application_funnel, name="application-funnel"),
    path("applications/waiting/", waiting.waiting_list, name="waiting-list"),
    path("applications/waiting/export.csv", waiting.waiting_export, name="waiting-export"),
    path("applications/waiting/invite/", waiting.waiting_invite, name="waiting-invite"),
    path("applications/waiting/<uuid:waiting_id>/forget/", waiting.waiting_forget, name="waiting-forget"),
    path("applications/programme/", pages.programme_edit, name="programme-edit"),
    path("applications/questions/new/", pages.question_create, name="question-create"),
    path("applications/questions/<uuid:question_id>/", pages.question_edit, name="question-edit"),
    path("applications/questions/<uuid:question_id>/retire/", pages.question_retire, name="question-retire"),
    path("applications/<uuid:application_id>/", desk.application_detail, name="application-detail"),
    path("applications/<uuid:application_id>/review/", desk.application_review, name="application-review"),
    path("applications/<uuid:application_id>/approve/", desk.application_approve, name="application-approve"),
    path("applications/<uuid:application_id>/reject/", desk.application_reject, name="application-reject"),
    path("applications/<uuid:application_id>/ask/", desk.application_ask, name="application-ask"),
    path("agreements/", pages.document_list, name="document-list"),
    path("agreements/new/", pages.document_publish, name="document-publish"),
    path("agreements/<uuid:document_id>/", pages.document_detail, name="document-detail"),
    path("journeys/", pages.journey_list, name="journey-list"),
    path("journeys/plans/", pages.plan_for_group, name="plan-for-group"),
    path("journeys/plans/<slug:partner_type>/", pages.plan_edit, name="plan-of-steps"),
    path("partners/<uuid:partner_id>/journey/", pages.partner_journey, name="partner-journey"),
    path("partners/<uuid:partner_id>/journey/accept/", pages.accept_on_behalf, name="accept-on-behalf"),
]
portal = [
    path("start/", own.start, name="portal-start"),
    path("agreements/", own.agreement_list, name="portal-agreements"),
    path("agreements/<uuid:document_id>/", own.agreement, name="portal-agreement"),
]
public = [
    path("", visit.join, name="join"),
    path("wait/", visit.wait, name="join-wait"),
    path("apply/<str:token>/", visit.resume, name="join-resume"),
    path("apply/<str:token>/<slug:step>/", visit.apply, name="join-apply"),
    path("status/<str:token>/", visit.status, name="join-status"),
    path("status/<str:token>/withdraw/", visit.withdraw, name="join-withdraw"),
]
api = [
    path("applications", machine.Applications.as_view(), name="api-applications"),
    path("applications/<uuid:application_id>", machine.OneApplication.as_view(), name="api-application"),
    path(
        "applications/<uuid:application_id>/review",
        machine.ApplicationReview.as_view(),
        name="api-application-review",
    ),
    path(
        "applications/<uuid:application_id>/approve",
        machine.ApplicationApproval.as_view(),
        name="api-application-approve",
    ),
    path(
        "applications/<uuid:application_id>/reject",
        machine.ApplicationRejection.as_view(),
        name="api-application-reject",
    ),
    path(
        "applications/<uuid:application_id>/ask",
        machine.ApplicationQuestion.as_view(),
        name="api-application-ask",
    ),
    path("partners/<uuid:partner_id>/journey", machine.PartnerJourney.as_view(), name="api-partner-journey"),
    path(
        "partners/<uuid:partner_id>/acceptances",
        machine.PartnerAcceptances.as_view(),
        name="api-partner-acceptances",
    ),
    path("agreements", machine.Agreements.as_view(), name="api-agreements"),
]
