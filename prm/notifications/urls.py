"""Addresses of notices, by face."""

from django.urls import URLPattern, path

from prm.notifications import console as staff
from prm.notifications import portal as own

console: list[URLPattern] = [
    path("notices/", staff.notice_list, name="notice-list"),
    path("notices/<uuid:notice_id>/open/", staff.notice_open, name="notice-open"),
]
portal: list[URLPattern] = [
    path("notices/", own.notice_list, name="portal-notices"),
    path("notices/<uuid:notice_id>/open/", own.notice_open, name="portal-notice-open"),
]
