"""Disputes for the vendor's staff: the list by urgency, the talk, the ruling with its balance; for disputes.urls."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.adjustments.queries import standing_with
from incentives.adjustments.refusals import AdjustmentRefused
from incentives.disputes import actions, queries
from incentives.disputes.forms import AcceptForm, DisputeFilterForm, RulingForm, TermsForm, WordsForm
from incentives.disputes.models import Dispute
from incentives.disputes.presentation import LANGUAGES, dispute_content, staff_rights
from incentives.disputes.refusals import DisputeRefused
from incentives.disputes.rules import LIVE
from incentives.disputes.terms import answer_days, set_answer_days
from partners.deals.refusals import ApproverConflicted
from prm.audit.queries import list_records_about
from prm.files.actions import FileRefused
from prm.web.forms import EditForm, posted, status_of
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (DisputeRefused, AdjustmentRefused, ApproverConflicted)


@console_page("disputes.view")
def disputes(request: PageRequest) -> HttpResponse:
    filters = DisputeFilterForm(request)
    rows, state = queries.visible_disputes(request.actor), filters.wanted.get("state")
    if state == "overdue":
        rows = queries.overdue(rows)
    elif state == "live":
        rows = rows.filter(state__in=LIVE)
    elif state:
        rows = rows.filter(state=state)
    oldest_first = state in ("live", "open", "overdue")
    page = page_of(request, rows, order=("number",) if oldest_first else ("-number",))
    content = {
        "page": page,
        "rows": queries.with_subjects(page.rows),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "days": answer_days(),
        "may_set_terms": request.actor.can("disputes.terms"),
    }
    return render(request, "console/incentives/disputes/list.html", content)


@console_page("disputes.view")
def dispute(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    return _page(request, queries.access_dispute(request.actor, dispute_id))


@require_POST
@console_page("disputes.answer", post="disputes.answer")
def dispute_answer(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    row = queries.access_dispute(request.actor, dispute_id)
    form = WordsForm(request.POST, request.FILES)
    if form.is_valid():
        answer = lambda: actions.answer_dispute(  # noqa: E731
            actor=request.actor,
            dispute=row,
            body=form.cleaned_data["body"],
            files=form.attachments(),
            at=timezone.now(),
        )
        if taken(form, answer) is not None:
            messages.success(request, _("Sent. The partner's people are told."))
            return redirect("dispute", row.id)
    return _page(request, row, words=form)


@require_POST
@console_page("disputes.decide", post="disputes.decide", fresh=True)
def dispute_decide(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    """By the button: show the balance afterwards, accept with an adjustment, or reject."""
    row = queries.access_dispute(request.actor, dispute_id)
    told: dict[str, Any] = {"actor": request.actor, "dispute": row, "at": timezone.now()}
    if request.POST.get("verb") == "reject":
        no = RulingForm(request.POST, language=_language(row), auto_id="no_%s")
        reject = lambda: actions.reject_dispute(ruling=no.cleaned_data["ruling"], **told)  # noqa: E731
        if no.is_valid() and taken(no, reject) is not None:
            return _decided(request, row)
        return _page(request, row, no=no)
    yes = AcceptForm(request.POST, language=_language(row), currency=row.currency)
    if not yes.is_valid():
        return _page(request, row, yes=yes)
    if request.POST.get("verb") != "accept":
        return _page(request, row, yes=yes, change_minor=yes.signed_minor)
    accept = lambda: actions.accept_dispute(  # noqa: E731
        amount_minor=yes.signed_minor, ruling=yes.cleaned_data["ruling"], **told
    )
    if taken(yes, accept) is not None:
        return _decided(request, row)
    return _page(request, row, yes=yes)


def _page(
    request: PageRequest,
    row: Dispute,
    *,
    words: WordsForm | None = None,
    yes: AcceptForm | None = None,
    no: RulingForm | None = None,
    change_minor: int = 0,
) -> HttpResponse:
    content = {
        **dispute_content(request.actor, row),
        **staff_rights(request.actor, row),
        "words": words or WordsForm(),
        "yes": yes or AcceptForm(language=_language(row), currency=row.currency),
        "no": no or RulingForm(language=_language(row), auto_id="no_%s"),
        "standing": standing_with(queries.balance_of(row).id, row.currency, change_minor)
        if change_minor
        else None,
        "history": history_of(list_records_about(row.id), {}),
    }
    status = status_of(words or yes or no or EditForm())
    return render(request, "console/incentives/disputes/detail.html", content, status=status)


def _language(row: Dispute) -> str:
    return str(LANGUAGES.get(row.language, row.language))


def _decided(request: PageRequest, row: Dispute) -> HttpResponse:
    fresh = queries.access_dispute(request.actor, row.id)
    if fresh.decided_at is None:
        messages.success(
            request, _("The ruling is made. It stands when a second person agrees to its adjustment.")
        )
    else:
        messages.success(request, _("Decided. The partner is told."))
    return redirect("dispute", row.id)


def taken(form: EditForm, step: Callable[[], Dispute]) -> Dispute | None:
    """Take the step; a refusal goes to its field and answers None."""
    try:
        return step()
    except FileRefused as refusal:
        form.add_error("attached", str(refusal.message))
    except REFUSALS as refusal:
        form.refuse(refusal)
    return None


@console_page("disputes.terms", post="disputes.terms")
def dispute_terms(request: PageRequest) -> HttpResponse:
    form = TermsForm(posted(request), initial={"days": answer_days()})
    if form.is_valid():
        set_answer_days(actor=request.actor, days=form.cleaned_data["days"], at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("disputes")
    return render(request, "console/incentives/disputes/terms.html", {"form": form}, status=status_of(form))
