"""Addresses of comments, by face."""

from django.urls import URLPattern, path

from prm.comments import api as machine
from prm.comments import console as staff
from prm.comments import portal as own

console: list[URLPattern] = [
    path("comments/<slug:subject_key>/<uuid:subject_id>/", staff.comment_write, name="comment-write"),
    path("comments/<uuid:comment_id>/withdraw/", staff.comment_withdraw, name="comment-withdraw"),
]
portal: list[URLPattern] = [
    path("comments/<slug:subject_key>/<uuid:subject_id>/", own.comment_write, name="portal-comment-write"),
    path("comments/<uuid:comment_id>/withdraw/", own.comment_withdraw, name="portal-comment-withdraw"),
]
api: list[URLPattern] = [
    path("comments", machine.Comments.as_view(), name="api-comments"),
    path("comments/<uuid:comment_id>", machine.OneComment.as_view(), name="api-comment"),
]
