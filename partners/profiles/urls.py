"""Addresses of profiles, by face."""

from django.urls import URLPattern, path

from partners.profiles import api as machine
from partners.profiles import console as staff
from partners.profiles import portal as own
from partners.profiles import public as visit

console: list[URLPattern] = [
    path("partners/<uuid:partner_id>/profile/", staff.profile_edit, name="partner-profile"),
    path("partners/<uuid:partner_id>/documents/new/", staff.document_add, name="partner-document-add"),
    path("partners/<uuid:partner_id>/unlist/", staff.unlist, name="partner-unlist"),
    path("partners/documents/<uuid:paper_id>/remove/", staff.document_remove, name="partner-document-remove"),
    path("words/", staff.term_list, name="term-list"),
    path("words/new/", staff.term_create, name="term-create"),
    path("words/<uuid:term_id>/", staff.term_detail, name="term-detail"),
    path("words/<uuid:term_id>/edit/", staff.term_edit, name="term-edit"),
    path("words/<uuid:term_id>/turn/", staff.term_turn, name="term-turn"),
    path("fields/", staff.field_list, name="field-list"),
    path("fields/new/", staff.field_create, name="field-create"),
    path("fields/<uuid:field_id>/", staff.field_edit, name="field-edit"),
    path("fields/<uuid:field_id>/turn/", staff.field_turn, name="field-turn"),
    path("fields/<uuid:field_id>/move/", staff.field_move, name="field-move"),
]
portal: list[URLPattern] = [
    path("company/profile/", own.profile, name="portal-profile"),
    path("company/profile/edit/", own.profile_edit, name="portal-profile-edit"),
    path("company/documents/new/", own.document_add, name="portal-document-add"),
    path("company/documents/<uuid:paper_id>/remove/", own.document_remove, name="portal-document-remove"),
    path("company/listing/", own.listing_edit, name="portal-listing"),
    path("company/listing/end/", own.listing_end, name="portal-listing-end"),
]
public: list[URLPattern] = [path("", visit.find, name="find-partner")]
api: list[URLPattern] = [
    path("partners/<uuid:partner_id>/profile", machine.Profile.as_view(), name="api-partner-profile"),
    path("terms", machine.Terms.as_view(), name="api-terms"),
    path("fields", machine.Fields.as_view(), name="api-fields"),
    path("fields/<uuid:field_id>", machine.OneField.as_view(), name="api-field"),
    path("partners/<uuid:partner_id>/documents", machine.Documents.as_view(), name="api-partner-documents"),
    path("documents/<uuid:paper_id>", machine.OneDocument.as_view(), name="api-document"),
]
