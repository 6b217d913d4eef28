"""Training for a partner's people: paths, lessons, quizzes, certificates, the team; called by training.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.directory.queries import access_own_company
from partners.training import actions, queries, refusals
from partners.training.forms import DutyForm, QuizForm
from partners.training.handouts import handout_of
from partners.training.learners import duty_of, say_duty
from partners.training.models import Course, CourseState
from partners.training.pages import certificate_answer
from partners.training.presentation import certificate_rows, shelf_of, team_matrix
from prm.files.downloads import attachment
from prm.kit.markdown import html_of
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

CONFLICT = 409


@portal_page("own_training.view", post="own_training.view")
def learn(request: PageRequest) -> HttpResponse:
    """Posting says what the person does."""
    member_id, _partner_id = queries.require_member(request.actor)
    duty = duty_of(member_id)
    form = DutyForm(posted(request), initial={"duty": duty})
    if form.is_valid():
        say_duty(actor=request.actor, duty=form.cleaned_data["duty"])
        return redirect("portal-learn")
    partner_type = access_own_company(request.actor).partner_type
    content = {
        "shelf": shelf_of(member_id, partner_type=partner_type, duty=duty, today=_today()),
        "duty_form": form,
        "duty": duty,
    }
    return render(request, "portal/partners/training/list.html", content, status=status_of(form))


@portal_page("own_training.view")
def course(request: PageRequest, course_id: UUID) -> HttpResponse:
    return _course_page(request, queries.access_course(request.actor, course_id))


@portal_page("own_training.view")
def lesson(request: PageRequest, course_id: UUID, lesson_id: UUID) -> HttpResponse:
    found = queries.access_course(request.actor, course_id)
    shown = queries.access_lesson(found, lesson_id)
    lessons = queries.lessons_of(found)
    place = next(at for at, one in enumerate(lessons) if one.id == shown.id)
    content = {
        "course": found,
        "lesson": shown,
        "body": html_of(shown.body),
        "place": place + 1,
        "of": len(lessons),
        "is_read": shown.id in queries.read_lessons(queries.require_member(request.actor)[0], found),
    }
    return render(request, "portal/partners/training/lesson.html", content)


@require_safe
@portal_page("own_training.view")
def lesson_file(request: PageRequest, course_id: UUID, lesson_id: UUID) -> Any:
    found = queries.access_course(request.actor, course_id)
    return attachment(handout_of(queries.access_lesson(found, lesson_id).id))


@require_POST
@portal_page("own_training.view", post="own_training.view")
def lesson_read(request: PageRequest, course_id: UUID, lesson_id: UUID) -> HttpResponse:
    """Mark as read, and go on: to the next lesson that is unread, else back to the course."""
    found = queries.access_course(request.actor, course_id)
    shown = queries.access_lesson(found, lesson_id)
    actions.read_lesson(actor=request.actor, lesson=shown, at=timezone.now())
    read = queries.read_lessons(queries.require_member(request.actor)[0], found)
    unread = next((one for one in queries.lessons_of(found) if one.id not in read), None)
    if unread is not None:
        return redirect("portal-lesson", found.id, unread.id)
    return redirect("portal-course", found.id)


@portal_page("own_training.view", post="own_training.view")
def quiz(request: PageRequest, course_id: UUID) -> HttpResponse:
    found = queries.access_course(request.actor, course_id)
    form = QuizForm(posted(request), questions=queries.questions_of(found))
    if form.is_valid():
        try:
            attempt = actions.hand_in(
                actor=request.actor, course=found, given=form.given(), at=timezone.now()
            )
        except (
            refusals.CourseNotOpen,
            refusals.LessonsUnread,
            refusals.AttemptsUsedUp,
            refusals.TooEarly,
        ) as refusal:
            messages.error(request, str(refusal.message))
            return redirect("portal-course", found.id)
        if attempt.passed:
            messages.success(request, _("Passed! Your certificate is ready."))
        return redirect("portal-course", found.id)
    content = {"course": found, "form": form}
    return render(request, "portal/partners/training/quiz.html", content, status=status_of(form))


@portal_page("own_training.view")
def certificate_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.own_certificates(request.actor), order=("-number",))
    content = {"page": page, "rows": certificate_rows(page.rows, _today())}
    return render(request, "portal/partners/training/certificates.html", content)


@require_safe
@portal_page("own_training.view")
def certificate_file(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    certificate = queries.access_own_certificate(request.actor, certificate_id)
    return certificate_answer(request, certificate, _today(), back="portal-certificate-list")


@portal_page("team_training.view")
def team(request: PageRequest) -> HttpResponse:
    assert request.actor.partner_id is not None
    content = team_matrix(request.actor.partner_id, _today())
    return render(request, "portal/partners/training/team.html", content)


def _course_page(request: PageRequest, found: Course) -> HttpResponse:
    member_id, _partner_id = queries.require_member(request.actor)
    lessons = queries.lessons_of(found)
    read = queries.read_lessons(member_id, found)
    last = queries.last_attempt(member_id, found)
    weak = set(last.weak_lessons) if last and not last.passed else set()
    held = queries.valid_certificates(_today()).filter(member_id=member_id, course=found).first()
    content = {
        "course": found,
        "lessons": [(one, one.id in read, str(one.id) in weak) for one in lessons],
        "next_lesson": next((one for one in lessons if one.id not in read), None),
        "last": last,
        "chance": queries.chance_for(member_id, found, timezone.now()),
        "is_open": found.state == CourseState.PUBLISHED,
        "certificate": held,
    }
    return render(request, "portal/partners/training/course.html", content)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
