"""Reads of comments: those of a record that the actor may see.

Promise: a partner's people get the shared ones alone; called by comments interfaces and record pages."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from prm.accounts.actor import Actor
from prm.comments.models import Comment, CommentFile
from prm.comments.subjects import Commented, subject_of
from prm.files.models import StoredFile

SHOWN = 100


def access_subject(actor: Actor, key: str, subject_id: UUID) -> Commented:
    return subject_of(key).access(actor, subject_id)


def comments_on(actor: Actor, key: str, subject_id: UUID) -> QuerySet[Comment]:
    """Those the actor may read; the caller accessed the record and orders."""
    rows = Comment.objects.filter(subject_key=key, subject_id=subject_id).prefetch_related("files__file")
    return rows.filter(partner_id=actor.partner_id) if actor.is_partner else rows


def list_comments(
    actor: Actor, key: str, subject_id: UUID, *, before: datetime | None = None
) -> list[Comment]:
    """The newest before an instant (None: of all), newest first."""
    rows = comments_on(actor, key, subject_id)
    if before is not None:
        rows = rows.filter(written_at__lt=before)
    return list(rows.order_by("-written_at", "-id")[:SHOWN])


def access_comment(actor: Actor, comment_id: UUID) -> Comment:
    """A comment on a record that the actor may see."""
    rows = Comment.objects.all()
    if actor.is_partner:
        rows = rows.filter(partner_id=actor.partner_id)
    comment = get_object_or_404(rows, id=comment_id)
    access_subject(actor, comment.subject_key, comment.subject_id)
    return comment


def may_open_attachment(actor: Actor, stored: StoredFile) -> bool:
    """Whoever may read the comment opens its files."""
    sent = CommentFile.objects.filter(file_id=stored.id).select_related("comment").first()
    if sent is None:
        return False
    try:
        access_comment(actor, sent.comment_id)
    except Http404:
        return False
    return True


def count_comments(subject_id: UUID) -> int:
    """How many there are on a record, for whoever decides about it as a whole."""
    return Comment.objects.filter(subject_id=subject_id).count()
