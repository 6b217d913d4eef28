"""Disputes for the partner's people: open, follow, write, withdraw; for disputes.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.disputes import actions, queries
from incentives.disputes.forms import QuestionForm, WordsForm
from incentives.disputes.models import Dispute
from incentives.disputes.presentation import dispute_content
from incentives.disputes.refusals import DisputeRefused
from incentives.disputes.terms import answer_days
from prm.files.actions import FileRefused
from prm.web.forms import EditForm, posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page


@portal_page("own_earnings.view")
def own_disputes(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.visible_disputes(request.actor), order=("-number",))
    content = {"page": page, "rows": queries.with_subjects(page.rows)}
    return render(request, "portal/incentives/disputes/list.html", content)


@portal_page("own_earnings.dispute", post="own_earnings.dispute")
def own_dispute_open(request: PageRequest) -> HttpResponse:
    """About ?entry= or the sale ?line= that earned nothing; with an open one it leads there."""
    if not {"entry", "line"} & set(request.GET):
        messages.info(request, _("Open the amount that you question first."))
        return redirect("portal-entry-list")
    about, question = _asked_about(request)
    live = queries.live_about(request.actor, **about)
    if live is not None:
        return redirect("portal-dispute", live.id)
    form = QuestionForm(posted(request), request.FILES or None)
    if form.is_valid():
        asked = actions.Question(
            body=form.cleaned_data["body"],
            files=form.attachments(),
            partner=queries.own_partner(request.actor),
            **question,
        )
        opened = _taken(
            form, lambda: actions.open_dispute(actor=request.actor, question=asked, at=timezone.now())
        )
        if opened is not None:
            messages.success(request, _("Sent. The amount waits until it is decided."))
            return redirect("portal-dispute", opened.id)
    content = {"form": form, "entry": question.get("entry"), "days": answer_days()}
    return render(request, "portal/incentives/disputes/open.html", content, status=status_of(form))


def _asked_about(request: PageRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The key of what is questioned, and the facts of the question."""
    try:
        if "entry" in request.GET:
            entry = queries.access_entry(request.actor, UUID(request.GET["entry"]))
            return {"entry_id": entry.id}, {"entry": entry}
        outcome = queries.access_outcome(request.actor, UUID(request.GET["line"]))
    except (KeyError, ValueError) as fault:
        raise Http404 from fault
    currency = queries.currency_of_line(outcome.line_id)
    return {"line_id": outcome.line_id}, {"line_id": outcome.line_id, "currency": currency}


@portal_page("own_earnings.view")
def own_dispute(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    return _page(request, queries.access_dispute(request.actor, dispute_id))


@require_POST
@portal_page("own_earnings.dispute", post="own_earnings.dispute")
def own_dispute_say(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    """By the button: another message, or withdraw."""
    row = queries.access_dispute(request.actor, dispute_id)
    told: dict[str, Any] = {"actor": request.actor, "dispute": row, "at": timezone.now()}
    if request.POST.get("verb") == "withdraw":
        return _withdrawn(request, row, told)
    form = WordsForm(request.POST, request.FILES)
    ask = lambda: actions.ask_again(  # noqa: E731
        body=form.cleaned_data["body"], files=form.attachments(), **told
    )
    if form.is_valid() and _taken(form, ask) is not None:
        messages.success(request, _("Sent."))
        return redirect("portal-dispute", row.id)
    return _page(request, row, form)


def _withdrawn(request: PageRequest, row: Dispute, told: dict[str, Any]) -> HttpResponse:
    try:
        actions.withdraw_dispute(**told)
    except DisputeRefused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The dispute is withdrawn; the amount stands."))
    return redirect("portal-dispute", row.id)


def _page(request: PageRequest, row: Dispute, words: WordsForm | None = None) -> HttpResponse:
    content = {
        **dispute_content(request.actor, row),
        "words": words or WordsForm(),
        "may_write": request.actor.can("own_earnings.dispute"),
    }
    return render(
        request, "portal/incentives/disputes/detail.html", content, status=status_of(words or EditForm())
    )


def _taken(form: EditForm, step: Any) -> Dispute | None:
    try:
        done: Dispute = step()
    except FileRefused as refusal:
        form.add_error("attached", str(refusal.message))
        return None
    except DisputeRefused as refusal:
        form.refuse(refusal)
        return None
    return done
