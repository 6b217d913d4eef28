"""Pages for a company that wants to become a partner: the programme, the wizard, where the application stands.

Called by: partners.onboarding.urls. Every page works with the one application of its link."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.onboarding import drafts, queries, refusals
from partners.onboarding.forms import (
    ApplicantForm,
    DocumentsForm,
    ReplyForm,
    company_fields,
    contact_fields,
    profile_fields,
    question_fields,
)
from partners.onboarding.models import Application, Question
from partners.onboarding.presentation import (
    answers_by_step,
    documents_shown,
    programme_page,
    status_steps,
    wizard_marks,
)
from partners.onboarding.rules import FIELDS_OF, QUESTION, next_step, wizard_steps
from partners.onboarding.waiting import ProgrammeIsOpen, join_waiting_list
from partners.onboarding.waiting_forms import WaitingForm
from partners.onboarding.wording import STEP_LABELS, reader_language
from partners.profiles.queries import is_anybody_listed
from prm.web.forms import posted, status_of
from prm.web.limits import is_first_use, within_limit
from prm.web.pages import VisitRequest, public_page
from prm.web.puzzles import BITS, LIFETIME_SECONDS, PuzzleNotSolved, PuzzleTooOld, check_answer, new_puzzle

HOUR = 3_600
STARTS_AN_HOUR = 20
CHANGES_AN_HOUR = 300


@public_page(posts=True)
def join(request: VisitRequest) -> HttpResponse:
    """The programme's page; its one button begins an application."""
    fault = ""
    if request.method == "POST":
        answer, fault = _start(request)
        if answer is not None:
            return answer
    return _programme(request, fault)


def _programme(request: VisitRequest, fault: str, waiting: WaitingForm | None = None) -> HttpResponse:
    """The page: with a button while the programme is open, with the waiting list's form while it is closed."""
    context = {
        **programme_page(reader_language()),
        "has_directory": is_anybody_listed(),
        "challenge": new_puzzle(),
        "bits": BITS,
        "source": request.GET.get("source", request.POST.get("source", ""))[:40],
        "fault": fault,
    }
    if not context["is_open"]:
        context |= {
            "form": waiting or WaitingForm(initial={"language": reader_language()}),
            **documents_shown(drafts.today(timezone.now()), reader_language()),
        }
    wrong = bool(fault) or (waiting is not None and bool(waiting.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "public/partners/onboarding/join.html", context, status=status)


@public_page(posts=True)
def wait(request: VisitRequest) -> HttpResponse:
    """Where the closed programme's form goes. The answer is the same for an address that waits already."""
    if request.method != "POST":
        return redirect("join")
    form = WaitingForm(posted(request))
    fault = _put_down(request, form) if form.is_valid() else ""
    if fault is None:
        messages.success(request, _("Thank you. We write to you when the programme opens."))
        return redirect("join")
    return _programme(request, fault, form)


def _put_down(request: VisitRequest, form: WaitingForm) -> str | None:
    """None when it is done, else what is wrong. A solved puzzle is used up before anything is looked up: whoever
    brings one twice learns nothing about addresses."""
    if not within_limit(request, "wait", times=STARTS_AN_HOUR, seconds=HOUR):
        return _("Too many companies were put down from your network. Try again in an hour.")
    try:
        nonce = check_answer(request.POST.get("challenge", ""), request.POST.get("answer", ""))
        if not is_first_use(nonce, seconds=LIFETIME_SECONDS):
            raise refusals.PuzzleUsed
        join_waiting_list(
            actor=request.visitor,
            facts=form.facts(),
            consent_language=reader_language(),
            at=timezone.now(),
        )
    except (PuzzleNotSolved, PuzzleTooOld, refusals.PuzzleUsed, ProgrammeIsOpen) as refusal:
        return str(refusal.message)
    return None


def _start(request: VisitRequest) -> tuple[HttpResponse | None, str]:
    """A new draft and the way to its first page, or what is wrong."""
    if not within_limit(request, "start", times=STARTS_AN_HOUR, seconds=HOUR):
        return None, _("Too many applications were begun from your network. Try again in an hour.")
    try:
        nonce = check_answer(request.POST.get("challenge", ""), request.POST.get("answer", ""))
        _application, secret = drafts.start_application(
            actor=request.visitor,
            nonce=nonce,
            language=reader_language(),
            source=request.POST.get("source", ""),
            at=timezone.now(),
        )
    except (PuzzleNotSolved, PuzzleTooOld, refusals.PuzzleUsed, refusals.ProgrammeClosed) as refusal:
        return None, str(refusal.message)
    return redirect("join-apply", secret, "company"), ""


@public_page()
def resume(request: VisitRequest, token: str) -> HttpResponse:
    """The link of the first letter: the first page that is not done, or the status once it is sent."""
    application = queries.own_application(request.visitor)
    if application.state != "draft":
        return redirect("join-status", token)
    missing = drafts.missing_steps(application, drafts.today(timezone.now()))
    return redirect("join-apply", token, missing[0] if missing else "check")


@public_page(posts=True)
def apply(request: VisitRequest, token: str, step: str) -> HttpResponse:
    """One page of the wizard."""
    application = queries.own_application(request.visitor)
    questions = queries.live_questions()
    steps = wizard_steps(has_questions=bool(questions))
    if step not in steps:
        raise Http404
    if application.state != "draft":
        return redirect("join-status", token)
    if request.method == "POST" and not within_limit(request, "change", times=CHANGES_AN_HOUR, seconds=HOUR):
        return _too_often(request)
    if step == "check":
        return _check(request, application, token, questions)
    form = _step_form(request, application, step, questions)
    if form.is_valid() and _save(request, application, step, form):
        return redirect("join-apply", token, next_step(step, steps))
    context = _wizard_context(application, token, step, steps) | {"form": form}
    if step == "agreement":
        context |= documents_shown(drafts.today(timezone.now()), reader_language())
    return render(request, "public/partners/onboarding/step.html", context, status=status_of(form))


def _step_form(
    request: VisitRequest, application: Application, step: str, questions: list[Question]
) -> ApplicantForm | DocumentsForm:
    if step == "agreement":
        agreement, _consent = drafts.documents_on(drafts.today(timezone.now()))
        accepted = "agreement" in application.steps_done
        return DocumentsForm(
            posted(request),
            has_agreement=agreement is not None,
            initial={"agreement": accepted, "consent": accepted},
        )
    fields: dict[str, forms.Field]
    if step == "questions":
        fields = question_fields(questions)
        initial = {name: application.answers.get(name.removeprefix(QUESTION), "") for name in fields}
    else:
        russian = reader_language() == "ru" or "RU" in (application.country, request.POST.get("country"))
        fields = _fields_of(step, russian=russian)
        initial = {name: getattr(application, name) for name in FIELDS_OF[step] if name in fields}
        if step == "company" and not application.country and reader_language() == "ru":
            initial["country"] = "RU"
    return ApplicantForm(posted(request), fields=fields, initial=initial)


def _fields_of(step: str, *, russian: bool) -> dict[str, forms.Field]:
    if step == "company":
        return company_fields(russian=russian)
    return contact_fields() if step == "contact" else profile_fields(queries.programme())


def _save(request: VisitRequest, application: Application, step: str, form: Any) -> bool:
    actor, now = request.visitor, timezone.now()
    if step == "agreement":
        drafts.accept_documents(actor=actor, application=application, language=reader_language(), at=now)
        return True
    facts = {name.removeprefix(QUESTION): value for name, value in form.facts().items()}
    try:
        saved = drafts.save_step(actor=actor, application=application, step=step, facts=facts, at=now)
    except (refusals.RequisitesWrong, refusals.CompanyAlreadyHere, refusals.TooManyAddresses) as refusal:
        form.refuse(refusal)
        return False
    if saved.email and saved.email != application.email:
        messages.success(
            request,
            _("Saved. The link to your application is on its way to %(email)s.") % {"email": saved.email},
        )
    return True


def _check(
    request: VisitRequest, application: Application, token: str, questions: list[Question]
) -> HttpResponse:
    """Everything on one page, each part with a way back to it; then send."""
    steps = wizard_steps(has_questions=bool(questions))
    missing = drafts.missing_steps(application, drafts.today(timezone.now()))
    fault, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            drafts.submit_application(actor=request.visitor, application=application, at=timezone.now())
        except (
            refusals.StepsMissing,
            refusals.CompanyAlreadyHere,
            refusals.AppliedTooSoon,
            refusals.ProgrammeClosed,
        ) as refusal:
            fault, status = str(refusal.message), HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            return redirect("join-status", token)
    context = _wizard_context(application, token, "check", steps) | {
        "fault": fault,
        "parts": answers_by_step(application, questions, steps, missing),
        "missing": [(step, STEP_LABELS[step]) for step in missing],
    }
    return render(request, "public/partners/onboarding/check.html", context, status=status)


def _wizard_context(
    application: Application, token: str, step: str, steps: tuple[str, ...]
) -> dict[str, Any]:
    place = steps.index(step)
    return {
        "application": application,
        "token": token,
        "step": step,
        "step_label": STEP_LABELS[step],
        "steps": wizard_marks(application, step, steps),
        "place": place + 1,
        "previous": steps[place - 1] if place else None,
    }


@public_page(posts=True)
def status(request: VisitRequest, token: str) -> HttpResponse:
    """Where the application stands; while something is asked, the form for the asked fields."""
    application = queries.own_application(request.visitor)
    if application.state == "draft":
        return redirect("join-resume", token)
    form = _reply_form(request, application) if application.state == "action_required" else None
    if request.method == "POST":
        if not within_limit(request, "change", times=CHANGES_AN_HOUR, seconds=HOUR):
            return _too_often(request)
        if form is None:
            messages.error(request, refusals.NotOpenForChange.message)
            return redirect("join-status", token)
        if form.is_valid() and _answer(request, application, form):
            messages.success(request, _("Your answer was sent."))
            return redirect("join-status", token)
    settings = queries.programme()
    context = {
        "application": application,
        "token": token,
        "steps": status_steps(application),
        "form": form,
        "reply_days": settings.reply_days,
        "reapply_from": _reapply_from(application, settings.reapply_days),
        "may_withdraw": application.state in ("submitted", "in_review", "action_required"),
    }
    code = status_of(form) if form is not None else HTTPStatus.OK
    return render(request, "public/partners/onboarding/status.html", context, status=code)


def _reapply_from(application: Application, days: int) -> datetime | None:
    """From when the company of a rejected application may send another."""
    return application.decided_at + timedelta(days=days) if application.decided_at else None


def _reply_form(request: VisitRequest, application: Application) -> ReplyForm:
    every = {
        **company_fields(),
        **contact_fields(),
        **profile_fields(queries.programme()),
        **question_fields(queries.live_questions()),
    }
    fields = {name: field for name, field in every.items() if name in application.asked_fields}
    initial = {
        name: application.answers.get(name.removeprefix(QUESTION), "")
        if name.startswith(QUESTION)
        else getattr(application, name)
        for name in fields
    }
    return ReplyForm(posted(request), fields=fields, initial=initial)


def _answer(request: VisitRequest, application: Application, form: ReplyForm) -> bool:
    changes = form.facts()
    reply = changes.pop("reply")
    try:
        drafts.answer_request(
            actor=request.visitor, application=application, changes=changes, reply=reply, at=timezone.now()
        )
    except (
        refusals.RequisitesWrong,
        refusals.CompanyAlreadyHere,
        refusals.NotOpenForChange,
        refusals.NothingAnswered,
    ) as refusal:
        form.refuse(refusal)
        return False
    return True


@public_page(posts=True)
def withdraw(request: VisitRequest, token: str) -> HttpResponse:
    application = queries.own_application(request.visitor)
    if request.method == "POST":
        try:
            drafts.withdraw_application(actor=request.visitor, application=application, at=timezone.now())
        except refusals.NotOpenForChange as refusal:
            messages.error(request, refusal.message)
        return redirect("join-status", token)
    context = {"application": application, "token": token}
    return render(request, "public/partners/onboarding/withdraw.html", context)


def _too_often(request: VisitRequest) -> HttpResponse:
    return render(request, "public/partners/onboarding/too_often.html", status=HTTPStatus.TOO_MANY_REQUESTS)
