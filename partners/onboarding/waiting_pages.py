"""The waiting list for programme admins: who waits, the letter to them, a CSV; called by onboarding.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.onboarding import queries, waiting
from partners.onboarding.refusals import ProgrammeClosed
from prm.web.downloads import csv_answer
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

CHANGE = "onboarding.change"


@console_page(CHANGE)
def waiting_list(request: PageRequest) -> HttpResponse:
    context = {
        "page": page_of(request, waiting.list_waiting(), order=waiting.ORDER),
        "is_open": queries.programme().is_open,
        "unwritten": waiting.count_unwritten(timezone.now()),
    }
    return render(request, "console/partners/onboarding/waiting.html", context)


@console_page(CHANGE)
def waiting_export(request: PageRequest) -> HttpResponse:
    header = [
        _("Name of the company"), _("Name and surname"), _("E-mail"), _("Language"), _("On the list since"),
        _("Letter sent"),
    ]  # fmt: skip
    lines = (
        [
            row.company_name,
            row.contact_name,
            row.email,
            row.language,
            row.joined_at.isoformat(),
            row.mailed_at.isoformat() if row.mailed_at else "",
        ]
        for row in waiting.list_waiting().order_by(*waiting.ORDER).iterator()
    )
    return csv_answer("waiting.csv", header, lines)


@console_page(CHANGE, post=CHANGE)
def waiting_invite(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        count = waiting.invite_waiting(actor=request.actor, at=timezone.now())
    except (ProgrammeClosed, waiting.NobodyWaits) as refusal:
        messages.error(request, str(refusal.message))
    else:
        said = ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", count)
        messages.success(request, said % {"n": count})
    return redirect("waiting-list")


@console_page(CHANGE, post=CHANGE)
def waiting_forget(request: PageRequest, waiting_id: UUID) -> HttpResponse:
    """Asks first: what was typed is gone for good."""
    row = waiting.access_waiting(waiting_id)
    if request.method == "POST":
        waiting.forget_waiting(actor=request.actor, waiting=row, at=timezone.now())
        messages.success(request, _("%(company)s is off the list.") % {"company": row.company_name})
        return redirect("waiting-list")
    return render(request, "console/partners/onboarding/waiting_forget.html", {"row": row})
