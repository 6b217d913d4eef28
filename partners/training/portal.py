"""Training for a partner's people: paths, lessons, quizzes, certificates, the team; called by training.urls."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.training import actions, queries, refusals
from partners.training.certificate_pdf import draw_certificate
from partners.training.forms import QuizForm
from partners.training.models import Course, CourseState
from partners.training.presentation import certificate_rows, paths_of, standing_of, team_matrix
from partners.training.rules import VALID
from prm.kit.markdown import html_of
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

CONFLICT = 409


@portal_page("own_training.view")
def learn(request: PageRequest) -> HttpResponse:
    paths, others = paths_of(queries.require_member(request.actor)[0], _today())
    content = {"paths": paths, "others": others, "sees_team": request.actor.can("team_training.view")}
    return render(request, "portal/partners/training/list.html", content)


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
    if standing_of(certificate, _today()) != VALID:
        messages.error(request, _("Only a valid certificate can be printed."))
        return redirect("portal-certificate-list")
    address = request.build_absolute_uri(reverse("certificate-check", args=[certificate.code]))
    content = draw_certificate(
        certificate, vendor=current_tenant().name, address=address, language=(get_language() or "en")[:2]
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{certificate}.pdf"'
    return answer


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
