"""The audit trail for the vendor's people: list, CSV, proof of the chain; called by workspace.urls."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from prm.audit.actions import find_broken_link
from prm.audit.models import AuditRecord
from prm.web.downloads import csv_answer
from prm.web.history import action_name
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.workspace import queries
from prm.workspace.forms import AuditFilterForm

NEWEST_FIRST = ("-id",)
VERIFIED_ON_A_PAGE = 20_000


@console_page("audit.view")
def audit_list(request: PageRequest) -> HttpResponse:
    filters = _filters(request)
    page = page_of(request, queries.list_audit_records(filters.narrowed()), order=NEWEST_FIRST)
    context = {
        "page": page,
        "rows": [(row, action_name(row.action), _changes(row)) for row in page.rows],
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
    }
    return render(request, "console/prm/workspace/audit.html", context)


@console_page("audit.view")
def audit_export(request: PageRequest) -> HttpResponse:
    rows = queries.list_audit_records(_filters(request).narrowed()).order_by(*NEWEST_FIRST)
    header = [
        _("Recorded at"),
        _("Kind of actor"),
        _("Who did it"),
        _("Action"),
        _("Kind of object"),
        _("Object id"),
        _("Object"),
        _("Before"),
        _("After"),
        _("Reason"),
        _("Request id"),
    ]
    lines = (
        [
            row.recorded_at.isoformat(),
            row.actor_kind,
            row.actor_label,
            row.action,
            row.subject_type,
            row.subject_id,
            row.subject_label,
            _compact(row.before),
            _compact(row.after),
            row.reason,
            row.request_id,
        ]
        for row in rows.iterator()
    )
    return csv_answer("audit.csv", header, lines)


@console_page("audit.view")
def audit_verify(request: PageRequest) -> HttpResponse:
    """Compute the end of the chain again, as much as a page can wait for, and say what was found."""
    broken_at = find_broken_link(newest=VERIFIED_ON_A_PAGE)
    sealed, waiting = queries.count_seals()
    verified = min(sealed, VERIFIED_ON_A_PAGE)
    context = {
        "broken_at": broken_at,
        "sealed": sealed,
        "waiting": waiting,
        "verified": verified,
        "is_whole": verified == sealed,
    }
    return render(request, "console/prm/workspace/audit_verify.html", context)


def _filters(request: PageRequest) -> AuditFilterForm:
    """The filters, knowing the names of an actor and an object that are in no list."""
    actors = queries.actor_choices()
    asked = request.GET.get("actor", "")
    if asked not in ("", "system") and asked not in dict(actors) and (label := queries.label_of_actor(asked)):
        actors.append((asked, label))
    return AuditFilterForm(
        request, actors=actors, subject_label=queries.label_of_subject(request.GET.get("subject", ""))
    )


def _changes(row: AuditRecord) -> list[tuple[str, str, str]]:
    """Each field that the record names, with its old and new value as text."""
    fields = [*row.before, *(name for name in row.after if name not in row.before)]
    return [(name, _text(row.before.get(name)), _text(row.after.get(name))) for name in fields]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value not in ({}, []) else ""
