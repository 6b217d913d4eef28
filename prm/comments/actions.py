"""Writing comments and taking them back.

Promise: a partner's people write shared comments only; what was shared is told to the other side, what is internal to
nobody; a comment is never edited. Called by comments interfaces."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.comments.models import Comment, CommentFile
from prm.comments.queries import access_subject
from prm.comments.subjects import Commented, Subject, subject_of
from prm.files.actions import store_file
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.outbox.actions import emit

MOST_FILES = 5
LONGEST = 5_000
Attachment = tuple[str, bytes]


class CommentHasNoPartner(Exception):
    """The record belongs to no partner, so there is nobody to share with."""

    code = "comment_has_no_partner"
    field = "shared"
    message = _("This record belongs to no partner: write an internal comment.")


class CommentNotYours(Exception):
    """Only who wrote a comment takes it back."""

    code = "comment_not_yours"
    message = _("Only the person who wrote a comment can take it back.")


@transaction.atomic
def write_comment(
    *,
    actor: Actor,
    key: str,
    subject_id: UUID,
    body: str,
    shared: bool,
    at: datetime,
    files: Sequence[Attachment] = (),
) -> Comment:
    """Say something about a record. Raises 404 for a record out of sight, and what `store_file` raises."""
    subject = subject_of(key)
    commented = access_subject(actor, key, subject_id)
    shared = shared or actor.is_partner
    if shared and commented.partner_id is None:
        raise CommentHasNoPartner
    comment = Comment.objects.create(
        subject_key=key,
        subject_id=subject_id,
        partner_id=commented.partner_id if shared else None,
        body=body.strip(),
        author_id=actor.id,
        author_label=actor.label,
        by_partner=actor.is_partner,
        written_at=at,
    )
    for name, content in files[:MOST_FILES]:
        stored = store_file(
            actor=actor, purpose="comment", name=name, content=content, at=at, partner_id=comment.partner_id
        )
        CommentFile.objects.create(comment=comment, file=stored, partner_id=comment.partner_id)
    record(
        actor=actor,
        action="comment.written",
        subject=comment,
        at=at,
        after={"subject_id": subject_id, "shared": shared, "files": len(files)},
    )
    emit("comment.written", comment_id=comment.id, subject_id=subject_id, shared=shared)
    if shared:
        _tell(actor, subject, commented, comment)
    return comment


def _tell(actor: Actor, subject: Subject, commented: Commented, comment: Comment) -> None:
    """The other side hears of it."""
    if commented.partner_id is None:
        return
    params = {"who": comment.author_label, "about": str(commented.row), "text": comment.body[:200]}
    if actor.is_partner:
        people: PartnerPeople | StaffPeople = StaffPeople(subject.reads, first=commented.manager_id)
        notify("comment.shared", to=people, params=params, link=(subject.console_page, [comment.subject_id]))
        return
    args = [comment.subject_id] if subject.portal_takes_id else []
    people = PartnerPeople(commented.partner_id, "comments.view")
    notify("comment.shared", to=people, params=params, link=(subject.portal_page, args))


def withdraw_comment(*, actor: Actor, comment: Comment, at: datetime) -> None:
    """Take one's own comment back; the trail keeps that it was there, not what it said. Raises `CommentNotYours`."""
    if comment.author_id is None or comment.author_id != actor.id:
        raise CommentNotYours
    record(
        actor=actor,
        action="comment.withdrawn",
        subject=comment,
        at=at,
        before={"subject_id": comment.subject_id, "shared": comment.is_shared},
    )
    emit("comment.withdrawn", comment_id=comment.id, subject_id=comment.subject_id)
    comment.delete()


def hand_over(*, partner_id: UUID, to_partner_id: UUID) -> None:
    """What was said about a partner, and what its people read, becomes another one's; the caller tells the trail."""
    Comment.objects.filter(subject_id=partner_id).update(subject_id=to_partner_id)
    for model in (Comment, CommentFile):
        model.objects.filter(partner_id=partner_id).update(partner_id=to_partner_id)
