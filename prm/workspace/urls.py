"""Addresses of the platform's own pages and resources, by face."""

from django.urls import URLPattern, path

from prm.api import urls as api_documents
from prm.comments import urls as comments
from prm.currencies import urls as currencies
from prm.files import urls as files
from prm.imports import urls as imports
from prm.jobs import urls as jobs
from prm.notifications import urls as notifications
from prm.workspace import brand_pages, invitations, keys, trail
from prm.workspace import console as staff
from prm.workspace import portal as own
from prm.workspace import public as visit

pages = [
    path("members/", staff.member_list, name="member-list"),
    path("members/invite/", staff.member_invite, name="member-invite"),
    path("members/<uuid:membership_id>/", staff.member_edit, name="member-edit"),
    path("members/<uuid:membership_id>/end/", staff.member_end, name="member-end"),
    path(
        "members/invitations/<uuid:invitation_id>/withdraw/",
        staff.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("tokens/", keys.token_list, name="token-list"),
    path("tokens/new/", keys.token_create, name="token-create"),
    path("tokens/<uuid:token_id>/replace/", keys.token_rotate, name="token-rotate"),
    path("tokens/<uuid:token_id>/revoke/", keys.token_revoke, name="token-revoke"),
    path("audit/", trail.audit_list, name="audit-list"),
    path("audit/export.csv", trail.audit_export, name="audit-export"),
    path("audit/verify/", trail.audit_verify, name="audit-verify"),
    path("settings/", staff.tenant_settings, name="tenant-settings"),
    path("settings/brand/", brand_pages.tenant_brand, name="tenant-brand"),
]
team = [
    path("team/", own.team, name="portal-team"),
    path("team/invite/", own.team_invite, name="portal-team-invite"),
    path("team/<uuid:membership_id>/", own.team_member_edit, name="portal-team-edit"),
    path("team/<uuid:membership_id>/end/", own.team_member_end, name="portal-team-end"),
    path(
        "team/invitations/<uuid:invitation_id>/withdraw/",
        own.team_invitation_withdraw,
        name="portal-team-withdraw",
    ),
]
brand = [
    path("style.css", visit.brand_style, name="brand-style"),
    path("logo", visit.brand_logo, name="brand-logo"),
]
public = [path("<str:secret>/", invitations.invitation, name="invitation")]
console: list[URLPattern] = [
    *pages,
    *currencies.console,
    *files.console,
    *imports.console,
    *jobs.console,
    *notifications.console,
    *comments.console,
]
portal: list[URLPattern] = [*team, *files.portal, *notifications.portal, *comments.portal]
api: list[URLPattern] = [*api_documents.api, *currencies.api, *files.api, *jobs.api, *comments.api]
