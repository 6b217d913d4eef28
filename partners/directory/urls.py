"""Addresses of the directory, by face."""

from django.urls import path

from partners.directory import api as machine
from partners.directory import console as pages
from partners.directory import merge_api, merge_pages, tree_pages, view_as
from partners.directory import portal as own

console = [
    path("partners/", pages.partner_list, name="partner-list"),
    path("partners/export.csv", pages.partner_export, name="partner-export"),
    path("partners/export.xlsx", pages.partner_export_workbook, name="partner-export-workbook"),
    path("partners/duplicates/", merge_pages.duplicate_list, name="partner-duplicates"),
    path("partners/new/", pages.partner_create, name="partner-create"),
    path("partners/<uuid:partner_id>/", pages.partner_detail, name="partner-detail"),
    path("partners/<uuid:partner_id>/view/", view_as.partner_view_as, name="partner-view-as"),
    path("partners/view/end/", view_as.partner_view_end, name="partner-view-end"),
    path("partners/<uuid:partner_id>/edit/", pages.partner_edit, name="partner-edit"),
    path("partners/<uuid:partner_id>/place/", pages.partner_move, name="partner-move"),
    path("partners/<uuid:partner_id>/merge/", merge_pages.partner_merge, name="partner-merge"),
    path(
        "partners/<uuid:partner_id>/merge/<uuid:other_id>/",
        merge_pages.partner_merge_with,
        name="partner-merge-with",
    ),
    path(
        "partners/<uuid:partner_id>/merge/<uuid:other_id>/distinct/",
        merge_pages.partners_distinct,
        name="partners-distinct",
    ),
    path("partners/<uuid:partner_id>/tree/", tree_pages.partner_tree, name="partner-tree"),
    path("partners/<uuid:partner_id>/manager/", pages.partner_assign, name="partner-assign"),
    path("partners/<uuid:partner_id>/contacts/new/", pages.contact_create, name="contact-create"),
    path("partners/<uuid:partner_id>/contacts/<uuid:contact_id>/", pages.contact_edit, name="contact-edit"),
    path(
        "partners/<uuid:partner_id>/contacts/<uuid:contact_id>/remove/",
        pages.contact_remove,
        name="contact-remove",
    ),
]
portal = [
    path("company/", own.company, name="portal-company"),
    path("company/website/", own.company_edit, name="portal-company-edit"),
    path("company/contacts/new/", own.company_contact_create, name="portal-contact-create"),
    path("company/contacts/<uuid:contact_id>/", own.company_contact_edit, name="portal-contact-edit"),
    path(
        "company/contacts/<uuid:contact_id>/remove/", own.company_contact_remove, name="portal-contact-remove"
    ),
]
api = [
    path("partners", machine.Partners.as_view(), name="api-partners"),
    path("partners/<uuid:partner_id>", machine.OnePartner.as_view(), name="api-partner"),
    path("partners/by-code/<path:code>", machine.PartnerByCode.as_view(), name="api-partner-by-code"),
    path("partners:duplicates", merge_api.Duplicates.as_view(), name="api-partners-duplicates"),
    path("partners/<uuid:partner_id>/merges", merge_api.PartnerMerges.as_view(), name="api-partner-merges"),
    path("partners:batch", machine.PartnerBatch.as_view(), name="api-partners-batch"),
    path("partners/<uuid:partner_id>/below", machine.PartnersBelow.as_view(), name="api-partners-below"),
    path("partners/<uuid:partner_id>/moves", machine.PartnerMoves.as_view(), name="api-partner-moves"),
    path("partners/<uuid:partner_id>/contacts", machine.Contacts.as_view(), name="api-contacts"),
    path(
        "partners/<uuid:partner_id>/contacts/<uuid:contact_id>",
        machine.OneContact.as_view(),
        name="api-contact",
    ),
]
