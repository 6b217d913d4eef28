"""The queue of applications for the vendor's staff; called by partners.onboarding.urls."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.directory.queries import list_managers
from partners.onboarding import decisions, queries
from partners.onboarding.forms import ApplicationFilterForm, ApproveForm, AskForm, RejectForm
from partners.onboarding.funnel import funnel_of
from partners.onboarding.models import Application
from partners.onboarding.presentation import (
    CSV_HEADER,
    answers_by_step,
    askable_choices,
    checks_of,
    csv_row,
    due_of,
    history_of,
    shown_candidates,
)
from partners.onboarding.rules import WIZARD, leads_to
from prm.web.downloads import csv_answer
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

DECIDE = "applications.decide"
BULK_LIMIT = 100


@console_page("applications.view")
def application_list(request: PageRequest) -> HttpResponse:
    filters = _filters(request)
    context = _queue(request, filters) | {
        "chips": [chip for chip in filters.chips() if filters.narrowed],
        "may_decide": request.actor.can(DECIDE),
        "may_set_up": request.actor.can("onboarding.change"),
    }
    return render(request, "console/partners/onboarding/list.html", context)


@console_page("applications.view")
def application_export(request: PageRequest) -> HttpResponse:
    rows = queries.list_applications(request.actor, _filters(request).as_filter(), timezone.now())
    lines = map(csv_row, rows.order_by(*queries.ORDER).iterator())
    return csv_answer("applications.csv", [str(name) for name in CSV_HEADER], lines)


@console_page("applications.view")
def application_detail(request: PageRequest, application_id: UUID) -> HttpResponse:
    return _sheet(request, queries.access_application(request.actor, application_id))


@console_page(DECIDE, post=DECIDE)
def application_review(request: PageRequest, application_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = queries.access_application(request.actor, application_id)
    return _decided(
        request,
        application,
        None,
        lambda: decisions.start_review(actor=request.actor, application=application, at=timezone.now()),
        said=_("%(reference)s is in review."),
        onward=False,
    )


@console_page(DECIDE, post=DECIDE)
def application_approve(request: PageRequest, application_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = queries.access_application(request.actor, application_id)
    form = _approve_form(request, application, bound=True)
    return _decided(
        request,
        application,
        form,
        lambda: decisions.approve_application(
            actor=request.actor, application=application, terms=_terms(form), at=timezone.now()
        ),
        said=_("%(reference)s was approved; the invitation was sent to %(email)s."),
    )


@console_page(DECIDE, post=DECIDE)
def application_reject(request: PageRequest, application_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = queries.access_application(request.actor, application_id)
    form = RejectForm(posted(request), auto_id="reject_%s")
    return _decided(
        request,
        application,
        form,
        lambda: decisions.reject_application(
            actor=request.actor,
            application=application,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        ),
        said=_("%(reference)s was rejected; the letter is on its way."),
    )


@console_page(DECIDE, post=DECIDE)
def application_ask(request: PageRequest, application_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = queries.access_application(request.actor, application_id)
    form = _ask_form(request, bound=True)
    return _decided(
        request,
        application,
        form,
        lambda: decisions.ask_applicant(
            actor=request.actor,
            application=application,
            fields=form.cleaned_data["fields_asked"],
            text=form.cleaned_data["text"],
            at=timezone.now(),
        ),
        said=_("The question about %(reference)s is on its way."),
    )


@console_page(DECIDE, post=DECIDE)
def application_bulk(request: PageRequest) -> HttpResponse:
    """Decide the ticked ones, then say of each what became of it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    ids = _ticked(request)
    reason = request.POST.get("reason", "")
    verb = request.POST.get("verb", "")
    if not ids or verb not in ("approve", "reject"):
        messages.error(request, _("Tick at least one application."))
        return redirect("application-list")
    try:
        if verb == "approve":
            outcomes = decisions.approve_many(actor=request.actor, ids=ids, at=timezone.now())
        else:
            outcomes = decisions.reject_many(actor=request.actor, ids=ids, reason=reason, at=timezone.now())
    except decisions.ReasonMissing as refusal:
        messages.error(request, refusal.message)
        return redirect("application-list")
    context = {
        "outcomes": outcomes,
        "done": sum(not outcome.message for outcome in outcomes),
        "verb": verb,
    }
    return render(request, "console/partners/onboarding/bulk.html", context)


@console_page("applications.view")
def application_funnel(request: PageRequest) -> HttpResponse:
    context = {"funnel": funnel_of(request.actor)}
    return render(request, "console/partners/onboarding/funnel.html", context)


def _filters(request: PageRequest) -> ApplicationFilterForm:
    return ApplicationFilterForm(request, sources=queries.list_sources())


def _queue(request: PageRequest, filters: ApplicationFilterForm) -> dict[str, Any]:
    now = timezone.now()
    page = page_of(
        request, queries.list_applications(request.actor, filters.as_filter(), now), order=queries.ORDER
    )
    for row in page.rows:
        row.due = due_of(row, now)
    return {"page": page, "filters": filters, "filtered": filters.narrowed, "kept": request.GET.urlencode()}


def _sheet(request: PageRequest, application: Application, *, opened: str = "", **forms: Any) -> HttpResponse:
    """The queue with one application beside it; `opened` names the form that has to be corrected."""
    filters, now = _filters(request), timezone.now()
    rows = queries.list_applications(request.actor, filters.as_filter(), now)
    before, after = queries.neighbours(rows, application)
    questions = queries.live_questions()
    candidates = queries.duplicate_candidates(request.actor, application)
    steps = [step for step in WIZARD if step != "questions" or questions]
    may_decide = request.actor.can(DECIDE)
    context = _queue(request, filters) | {
        "application": application,
        "due": due_of(application, now),
        "before": before,
        "after": after,
        "parts": answers_by_step(application, questions, steps, []),
        "checks": checks_of(application, candidates),
        "candidates": shown_candidates(candidates),
        "history": history_of(application),
        "may": {verb: may_decide and leads_to(verb, application.state) is not None for verb in _VERBS},
        "may_decide": may_decide,
        "opened": opened,
        "approve_form": forms.get("approve") or _approve_form(request, application),
        "reject_form": forms.get("reject") or RejectForm(auto_id="reject_%s"),
        "ask_form": forms.get("ask") or _ask_form(request),
    }
    status = status_of(forms[opened]) if opened else HTTPStatus.OK
    return render(request, "console/partners/onboarding/detail.html", context, status=status)


_VERBS = ("review", "approve", "reject", "ask")


def _approve_form(request: PageRequest, application: Application, *, bound: bool = False) -> ApproveForm:
    managers = None if request.actor.has_portfolio_wall else list_managers()
    initial = {"code": queries.suggested_code(application), "partner_type": application.partner_type}
    data = posted(request) if bound else None
    return ApproveForm(data, managers=managers, initial=initial, auto_id="approve_%s")


def _ask_form(request: PageRequest, *, bound: bool = False) -> AskForm:
    askable = askable_choices(queries.live_questions())
    return AskForm(posted(request) if bound else None, askable=askable, auto_id="ask_%s")


def _terms(form: ApproveForm) -> decisions.Terms:
    told = form.cleaned_data
    chosen = {str(manager.id): manager for manager in list_managers()}.get(told.get("manager", ""))
    return decisions.Terms(told["code"], told["partner_type"], told["tier"], chosen)


def _decided(
    request: PageRequest,
    application: Application,
    form: Any,
    decide: Callable[[], object],
    *,
    said: str,
    onward: bool = True,
) -> HttpResponse:
    """Do it and go on to the next that waits; what has to be corrected opens the sheet again."""
    name = str(request.path).rstrip("/").rpartition("/")[2]
    if form is not None and not form.is_valid():
        return _sheet(request, application, opened=name, **{name: form})
    filters = _filters(request)
    rows = queries.list_applications(request.actor, filters.as_filter(), timezone.now())
    before, after = queries.neighbours(rows, application)
    try:
        decide()
    except decisions.ApplicationMoved as refusal:
        messages.error(request, refusal.message)
        return _to_sheet(request, application.id)
    except decisions.LetterNotSent:
        messages.error(request, decisions.letter_not_sent())
        return _to_sheet(request, application.id)
    except decisions.PartnerCodeTaken as refusal:
        form.refuse(refusal)
        return _sheet(request, application, opened=name, **{name: form})
    messages.success(request, said % {"reference": application.reference, "email": application.email})
    target = (after or before) if onward else application.id
    return _to_sheet(request, target) if target else redirect("application-list")


def _to_sheet(request: PageRequest, application_id: UUID) -> HttpResponse:
    kept = request.GET.urlencode()
    return redirect(reverse("application-detail", args=[application_id]) + (f"?{kept}" if kept else ""))


def _ticked(request: PageRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("ids")[:BULK_LIMIT]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
