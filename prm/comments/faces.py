"""What the two faces of comments share: write on a page of its own, come back to the record.

Called by: comments.{console,portal}."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.comments import actions, queries
from prm.comments.forms import CommentForm
from prm.comments.subjects import subject_of
from prm.files.actions import FileRefused
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest


def page_of_subject(request: PageRequest, key: str, subject_id: UUID) -> str:
    """The address of the record on the reader's side."""
    subject = subject_of(key)
    if request.actor.is_partner:
        return reverse(subject.portal_page, args=[subject_id] if subject.portal_takes_id else [])
    return reverse(subject.console_page, args=[subject_id])


def write(request: PageRequest, key: str, subject_id: UUID, *, template: str) -> HttpResponse:
    commented = queries.access_subject(request.actor, key, subject_id)
    form = CommentForm(
        posted(request),
        request.FILES or None,
        own_side=request.actor.is_partner,
        shareable=commented.partner_id is not None,
    )
    if form.is_valid() and _written(request, form, key, subject_id):
        return redirect(page_of_subject(request, key, subject_id) + "#timeline")
    context: dict[str, Any] = {
        "form": form,
        "about": commented.name or commented.row,
        "back": page_of_subject(request, key, subject_id),
    }
    return render(request, template, context, status=status_of(form))


def _written(request: PageRequest, form: CommentForm, key: str, subject_id: UUID) -> bool:
    try:
        comment = actions.write_comment(
            actor=request.actor,
            key=key,
            subject_id=subject_id,
            body=form.cleaned_data["body"],
            shared=form.is_shared,
            files=form.attachments(),
            at=timezone.now(),
        )
    except FileRefused as refusal:
        form.add_error("attached", str(refusal.message))
        return False
    words = (
        _("Your comment is shared.") if comment.is_shared else _("Your comment is written, for staff only.")
    )
    messages.success(request, words)
    return True


def withdraw(request: PageRequest, comment_id: UUID, *, template: str) -> HttpResponse:
    comment = queries.access_comment(request.actor, comment_id)
    back = page_of_subject(request, comment.subject_key, comment.subject_id)
    if request.method == "POST":
        try:
            actions.withdraw_comment(actor=request.actor, comment=comment, at=timezone.now())
        except actions.CommentNotYours as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("The comment was taken back."))
        return redirect(back)
    return render(request, template, {"comment": comment, "back": back})
