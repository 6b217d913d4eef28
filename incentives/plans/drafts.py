"""Drafts as pages open and save them: a published version has no such page, and what another saved is not overwritten.

Called by: plans.{console,component_pages}."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.utils import timezone

from incentives.plans import actions, queries
from incentives.plans.models import PlanVersion
from prm.kit.periods import WindowKind
from prm.web.pages import PageRequest

LONGEST_REVISION = 9


def access_draft(request: PageRequest, version_id: UUID) -> PlanVersion:
    """A version that may be edited; a published one has no such page."""
    version = queries.access_version(request.actor, version_id)
    if version.published_at is not None:
        raise Http404
    return version


def save_draft(
    request: PageRequest,
    version: PlanVersion,
    document: dict[str, Any],
    starts_on: Any,
    ends_on: Any,
    note: str | None = None,
) -> bool:
    try:
        actions.edit_version(
            actor=request.actor,
            version=version,
            revision=revision_read(request, version),
            document=document,
            starts_on=starts_on,
            ends_on=ends_on,
            note=version.note if note is None else note,
            at=timezone.now(),
        )
    except actions.VersionChangedMeanwhile as stale:
        messages.error(request, str(stale.message))
        return False
    return True


def revision_read(request: PageRequest, version: PlanVersion) -> int:
    """The revision that the page was made from; what is no number names none, so nothing is overwritten."""
    text = request.POST.get("revision", "")
    if not text:
        return version.revision
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_REVISION else 0


def period_of(version: PlanVersion) -> str:
    return str(version.document.get("period", WindowKind.MONTH))
