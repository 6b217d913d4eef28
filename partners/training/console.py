"""Training for the vendor's staff: courses and their parts, paths, certificates; called by training.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.directory.queries import visible_partners
from partners.products.queries import list_categories
from partners.training import actions, queries, refusals
from partners.training.forms import (
    CourseFilterForm,
    CourseForm,
    IssueForm,
    LessonForm,
    PathForm,
    QuestionForm,
    RevokeForm,
)
from partners.training.handouts import give_along, take_away
from partners.training.learners import list_used_up, open_again
from partners.training.models import Course
from partners.training.pages import certificate_answer
from partners.training.presentation import certificate_rows, history_of
from prm.files.actions import FileRefused
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

UNPROCESSABLE = 422


@console_page("training.view")
def course_list(request: PageRequest) -> HttpResponse:
    filters = CourseFilterForm(request)
    rows = queries.list_courses(filters.wanted.get("state", ""))
    paths = queries.list_paths()
    content = {
        "page": page_of(request, rows, order=("title", "id")),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "paths": paths,
        "may_change": request.actor.can("training.change"),
    }
    return render(request, "console/partners/training/list.html", content)


@console_page("training.change", post="training.change")
def course_create(request: PageRequest) -> HttpResponse:
    return _course_form(request, None)


@console_page("training.change", post="training.change")
def course_edit(request: PageRequest, course_id: UUID) -> HttpResponse:
    return _course_form(request, queries.access_course(request.actor, course_id))


@console_page("training.view")
def course_detail(request: PageRequest, course_id: UUID) -> HttpResponse:
    course = queries.access_course(request.actor, course_id)
    questions = queries.questions_of(course)
    right = queries.right_choices_of(questions)
    content = {
        "course": course,
        "lessons": queries.lessons_of(course),
        "questions": [
            (question, _marked(question.choices, right.get(question.id, []))) for question in questions
        ],
        "used_up": list_used_up(request.actor, course),
        "may_open_again": request.actor.can("certificates.issue"),
        "holders": queries.valid_certificates(_today()).filter(course=course).count(),
        "history": history_of(course),
        "may_change": request.actor.can("training.change"),
    }
    return render(request, "console/partners/training/detail.html", content)


@require_POST
@console_page("training.change", post="training.change")
def course_turn(request: PageRequest, course_id: UUID) -> HttpResponse:
    """Publish or retire."""
    course = queries.access_course(request.actor, course_id)
    step = actions.retire_course if "retire" in request.POST else actions.publish_course
    try:
        step(actor=request.actor, course=course, at=timezone.now())
    except refusals.CourseIncomplete as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Saved."))
    return redirect("course-detail", course.id)


@console_page("training.change", post="training.change")
def lesson_create(request: PageRequest, course_id: UUID) -> HttpResponse:
    course = queries.access_course(request.actor, course_id)
    return _lesson_form(request, course, None)


@console_page("training.change", post="training.change")
def lesson_edit(request: PageRequest, course_id: UUID, lesson_id: UUID) -> HttpResponse:
    course = queries.access_course(request.actor, course_id)
    return _lesson_form(request, course, queries.access_lesson(course, lesson_id))


@console_page("training.change", post="training.change")
def question_create(request: PageRequest, course_id: UUID) -> HttpResponse:
    course = queries.access_course(request.actor, course_id)
    return _question_form(request, course, None)


@console_page("training.change", post="training.change")
def question_edit(request: PageRequest, course_id: UUID, quiz_id: UUID) -> HttpResponse:
    course = queries.access_course(request.actor, course_id)
    return _question_form(request, course, queries.access_question(course, quiz_id))


@console_page("training.change", post="training.change")
def path_create(request: PageRequest) -> HttpResponse:
    return _path_form(request, None)


@console_page("training.change", post="training.change")
def path_edit(request: PageRequest, path_id: UUID) -> HttpResponse:
    return _path_form(request, queries.access_path(path_id))


@console_page("training.view")
def certificate_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.visible_certificates(request.actor), order=("-number",))
    content = {
        "page": page,
        "rows": certificate_rows(page.rows, _today()),
        "may_change": request.actor.can("certificates.issue"),
    }
    return render(request, "console/partners/training/certificates.html", content)


@console_page("certificates.issue", post="certificates.issue")
def certificate_issue(request: PageRequest) -> HttpResponse:
    partners = visible_partners(request.actor).order_by("name_key")
    form = IssueForm(posted(request), partners=partners, courses=queries.published_courses())
    if form.is_valid():
        actions.issue_certificate(actor=request.actor, at=timezone.now(), **form.told())
        messages.success(request, _("Issued."))
        return redirect("certificate-list")
    content = {"form": form, "heading": _("Issue a certificate"), "back": "certificate-list"}
    return render(request, "console/partners/training/form.html", content, status=status_of(form))


@console_page("certificates.issue", post="certificates.issue")
def certificate_revoke(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    certificate = queries.access_certificate(request.actor, certificate_id)
    form = RevokeForm(posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.revoke_certificate(
                actor=request.actor, certificate=certificate, reason=reason, at=timezone.now()
            )
        except (refusals.CertificateRevoked, refusals.RevocationUnexplained) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Revoked, and the partner told."))
            return redirect("certificate-list")
    content = {
        "form": form,
        "heading": _("Revoke this certificate?"),
        "lead": f"{certificate} · {certificate.person} · {certificate.course}",
        "back": "certificate-list",
        "danger": True,
        "save": _("Revoke"),
    }
    return render(request, "console/partners/training/form.html", content, status=status_of(form))


@require_safe
@console_page("training.view")
def certificate_file(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    certificate = queries.access_certificate(request.actor, certificate_id)
    return certificate_answer(request, certificate, _today(), back="certificate-list")


@require_POST
@console_page("certificates.issue", post="certificates.issue")
def quiz_open_again(request: PageRequest, course_id: UUID) -> HttpResponse:
    """For the person that the form names."""
    course = queries.access_course(request.actor, course_id)
    try:
        member_id = UUID(request.POST.get("member", ""))
        open_again(actor=request.actor, course=course, member_id=member_id, at=timezone.now())
    except (ValueError, refusals.NothingToOpen):
        messages.error(request, str(refusals.NothingToOpen.message))
    else:
        messages.success(request, _("The quiz is open again, and the person told."))
    return redirect("course-detail", course.id)


def _course_form(request: PageRequest, course: Course | None) -> HttpResponse:
    initial = {"line": str(course.line_id or ""), "version": course.version} if course else None
    lines = list_categories().order_by("name")
    form = CourseForm(posted(request), instance=course, lines=lines, initial=initial)
    if form.is_valid():
        kept = queries.access_course(request.actor, course.id) if course else None
        version = form.cleaned_data.get("version")
        try:
            saved = actions.save_course(
                actor=request.actor,
                course=kept,
                facts=form.course_facts(),
                version=version,
                at=timezone.now(),
            )
        except (refusals.CourseCodeTaken, refusals.CourseChangedMeanwhile) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("course-detail", saved.id)
    content = {
        "form": form,
        "heading": _("Edit course") if course else _("New course"),
        "back": "course-list",
    }
    return render(request, "console/partners/training/form.html", content, status=status_of(form))


def _lesson_form(request: PageRequest, course: Course, lesson: Any) -> HttpResponse:
    place = len(queries.lessons_of(course)) + 1
    form = LessonForm(
        posted(request),
        request.FILES or None,
        instance=lesson,
        initial=None if lesson else {"position": place},
    )
    if lesson is not None and "remove" in request.POST:
        actions.remove_lesson(actor=request.actor, course=course, lesson=lesson, at=timezone.now())
        messages.success(request, _("Removed."))
        return redirect("course-detail", course.id)
    if form.is_valid():
        try:
            with transaction.atomic():
                _save_lesson(request, course, lesson, form)
        except FileRefused as refusal:
            form.add_error("attached", str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("course-detail", course.id)
    heading = _("Edit lesson") if lesson else _("New lesson")
    return _part_form(request, course, form, heading, removable=lesson is not None)


def _save_lesson(request: PageRequest, course: Course, lesson: Any, form: LessonForm) -> None:
    told, at = form.cleaned_data, timezone.now()
    facts = {name: told[name] for name in LessonForm.Meta.fields}
    saved = actions.save_lesson(actor=request.actor, course=course, lesson=lesson, facts=facts, at=at)
    if told["attached"]:
        sent = told["attached"]
        give_along(actor=request.actor, lesson=saved, name=sent.name, content=sent.read(), at=at)
    elif told.get("without_file"):
        take_away(actor=request.actor, lesson=saved, at=at)


def _question_form(request: PageRequest, course: Course, question: Any) -> HttpResponse:
    right = queries.right_choices_of([question])[question.id] if question else None
    lessons = queries.lessons_of(course)
    form = QuestionForm(posted(request), lessons=lessons, question=question, right=right)
    if question is not None and "remove" in request.POST:
        actions.remove_question(actor=request.actor, course=course, question=question, at=timezone.now())
        messages.success(request, _("Removed."))
        return redirect("course-detail", course.id)
    if form.is_valid():
        try:
            actions.save_question(
                actor=request.actor, course=course, question=question, at=timezone.now(), **form.told()
            )
        except refusals.ChoicesIncomplete as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("course-detail", course.id)
    heading = _("Edit question") if question else _("New question")
    return _part_form(request, course, form, heading, removable=question is not None)


def _part_form(
    request: PageRequest, course: Course, form: Any, heading: str, *, removable: bool
) -> HttpResponse:
    content = {
        "form": form,
        "heading": heading,
        "course": course,
        "removable": removable,
        "has_file": form.is_multipart(),
    }
    return render(request, "console/partners/training/form.html", content, status=status_of(form))


def _path_form(request: PageRequest, path: Any) -> HttpResponse:
    steps = queries.steps_of_paths([path]).get(path.id, []) if path else []
    form = PathForm(posted(request), instance=path, courses=queries.published_courses(), steps=steps)
    if form.is_valid():
        kept = queries.access_path(path.id) if path else None
        actions.save_path(
            actor=request.actor, path=kept, facts=form.path_facts(), courses=form.chosen(), at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("course-list")
    content = {"form": form, "heading": _("Edit path") if path else _("New path"), "back": "course-list"}
    return render(request, "console/partners/training/form.html", content, status=status_of(form))


def _marked(choices: list[str], right: list[int]) -> list[tuple[str, bool]]:
    return [(choice, place in right) for place, choice in enumerate(choices)]


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
