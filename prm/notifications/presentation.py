"""The list of notices, the same for both faces; called by notifications.{console,portal}."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from prm.notifications.actions import mark_all_read, mark_read
from prm.notifications.queries import access_notice, notices_of
from prm.notifications.wording import said
from prm.web.keyset import page_of
from prm.web.pages import PageRequest


def list_content(request: PageRequest) -> dict[str, Any]:
    page = page_of(request, notices_of(request.actor), order=("-id",))
    rows = [said(notice) for notice in page.rows]
    return {"page": page, "rows": rows, "unread": any(row.notice.read_at is None for row in rows)}


def read_all(request: PageRequest, back: str) -> HttpResponse:
    mark_all_read(actor=request.actor, at=timezone.now())
    return redirect(back)


def open_notice(request: PageRequest, notice_id: UUID, back: str) -> HttpResponse:
    """Read it, and go where it leads; without a page of its own back to the list."""
    notice = access_notice(request.actor, notice_id)
    mark_read(actor=request.actor, notice=notice, at=timezone.now())
    return redirect(said(notice).path or back)
