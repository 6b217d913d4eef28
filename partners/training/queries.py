"""Reads of training: courses, what a person did of them, certificates on a day, the team's matrix.

Promise: a partner's own scope holds its own people's rows and published courses; called by training interfaces,
onboarding's steps, deals."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from partners.directory.queries import visible_partners
from partners.training.models import (
    AnswerKey,
    Attempt,
    Certificate,
    Course,
    CourseState,
    LearningPath,
    Lesson,
    LessonDone,
    PathCourse,
    QuizQuestion,
)
from partners.training.rules import UNKNOWN, Chance, chance_of, standing_on
from prm.accounts.actor import Actor
from prm.accounts.models import Membership


@dataclass(frozen=True)
class Progress:
    """How far a person is with a course."""

    course: Course
    lessons: int
    read: int
    questions: int
    certificate: Certificate | None

    @property
    def percent(self) -> int:
        return 100 if self.certificate else self.read * 100 // max(1, self.lessons + 1)

    @property
    def all_read(self) -> bool:
        return self.read >= self.lessons


@dataclass(frozen=True)
class Graded:
    asked: int
    right: int
    weak_lessons: list[str]


@dataclass(frozen=True)
class CheckedCertificate:
    """What a stranger with the code reads."""

    standing: str
    number: int = 0
    person: str = ""
    course: str = ""
    company: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


def list_courses(state: str = "") -> QuerySet[Course]:
    rows = Course.objects.select_related("line").annotate(
        lesson_count=Count("lessons", distinct=True), question_count=Count("questions", distinct=True)
    )
    return rows.filter(state=state) if state else rows


def published_courses() -> QuerySet[Course]:
    return list_courses(CourseState.PUBLISHED).order_by("title", "id")


def access_course(actor: Actor, course_id: UUID) -> Course:
    """Partners meet a course once it is published, and afterwards too."""
    rows = Course.objects.select_related("line")
    if actor.is_partner:
        rows = rows.exclude(state=CourseState.DRAFT)
    return get_object_or_404(rows, id=course_id)


def courses_by_code(codes: Collection[str]) -> dict[str, Course]:
    return {course.code: course for course in Course.objects.filter(code__in=codes)}


def course_choices() -> list[tuple[str, str]]:
    """For facts about one course: the codes by title."""
    rows = Course.objects.exclude(state=CourseState.DRAFT).order_by("title")
    return list(rows.values_list("code", "title"))


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(course=course).order_by("position", "id"))


def access_lesson(course: Course, lesson_id: UUID) -> Lesson:
    return get_object_or_404(Lesson, course=course, id=lesson_id)


def questions_of(course: Course) -> list[QuizQuestion]:
    return list(
        QuizQuestion.objects.filter(course=course).select_related("lesson").order_by("position", "id")
    )


def access_question(course: Course, question_id: UUID) -> QuizQuestion:
    return get_object_or_404(QuizQuestion.objects.select_related("lesson"), course=course, id=question_id)


def right_choices_of(questions: Collection[QuizQuestion]) -> dict[UUID, list[int]]:
    """For the vendor's staff alone: a partner's scope has no key."""
    rows = AnswerKey.objects.filter(question_id__in=[question.id for question in questions])
    return dict(rows.values_list("question_id", "right_choices"))


def grade(course: Course, given: dict[str, list[int]]) -> Graded:
    """The guard compares: the keys stay behind the wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked, right_answers, weak FROM guard.graded(%s, %s)", [course.id, json.dumps(given)]
        )
        asked, right, weak = cursor.fetchone()
    return Graded(asked, right, [str(lesson) for lesson in weak or []])


def read_lessons(member_id: UUID, course: Course) -> set[UUID]:
    rows = LessonDone.objects.filter(member_id=member_id, lesson__course=course)
    return set(rows.values_list("lesson_id", flat=True))


def progress_of(member_id: UUID, today: date) -> list[Progress]:
    """Every published course, and how far the person is with it."""
    read = dict(
        LessonDone.objects.filter(member_id=member_id)
        .values("lesson__course_id")
        .annotate(n=Count("id"))
        .values_list("lesson__course_id", "n")
    )
    held = {one.course_id: one for one in valid_certificates(today).filter(member_id=member_id)}
    return [
        Progress(
            course,
            course.lesson_count,  # type: ignore[attr-defined]
            read.get(course.id, 0),
            course.question_count,  # type: ignore[attr-defined]
            held.get(course.id),
        )
        for course in published_courses()
    ]


def last_attempt(member_id: UUID, course: Course) -> Attempt | None:
    return Attempt.objects.filter(member_id=member_id, course=course).order_by("-handed_in_at").first()


def chance_for(member_id: UUID, course: Course, now: datetime) -> Chance:
    """What is left of the attempts since the last success."""
    counted = Attempt.objects.filter(member_id=member_id, course=course, forgiven_at__isnull=True)
    attempts = counted.order_by("handed_in_at")
    failed: list[datetime] = []
    for attempt in attempts:
        failed = [] if attempt.passed else [*failed, attempt.handed_in_at]
    return chance_of(failed, allowed=course.attempts_allowed, wait_hours=course.wait_hours, now=now)


def valid_certificates(day: date) -> QuerySet[Certificate]:
    """Those that hold on a day."""
    live = (Q(valid_until__isnull=True) | Q(valid_until__gt=day)) & (
        Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
    )
    return Certificate.objects.filter(live, issued_on__lte=day)


def visible_certificates(actor: Actor) -> QuerySet[Certificate]:
    rows = Certificate.objects.select_related("course", "partner")
    if actor.partner_id is not None:
        return rows.filter(partner_id=actor.partner_id)
    if actor.has_portfolio_wall:
        return rows.filter(partner__in=visible_partners(actor))
    return rows


def access_certificate(actor: Actor, certificate_id: UUID) -> Certificate:
    return get_object_or_404(visible_certificates(actor), id=certificate_id)


def own_certificates(actor: Actor) -> QuerySet[Certificate]:
    """A person's own; the partner's admin reads those of the team."""
    rows = visible_certificates(actor)
    return rows if actor.can("team_training.view") else rows.filter(member_id=actor.id)


def access_own_certificate(actor: Actor, certificate_id: UUID) -> Certificate:
    return get_object_or_404(own_certificates(actor), id=certificate_id)


def check_code(code: str, today: date) -> CheckedCertificate:
    """What anybody may read of a certificate whose code they hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, person, course, company, issued_on, valid_until, revoked_on "
            "FROM guard.certificate_of(%s)",
            [code],
        )
        row = cursor.fetchone()
    if row is None:
        return CheckedCertificate(UNKNOWN)
    number, person, course, company, issued_on, until, revoked_on = row
    standing = standing_on(today, issued_on, until, revoked_on)
    return CheckedCertificate(standing, number, person, course, company, issued_on, until)


def missing_for_line(partner_id: UUID, line_id: UUID, today: date) -> list[Course]:
    """Courses that deals of a product line need and nobody of the partner has passed."""
    held = valid_certificates(today).filter(partner_id=partner_id).values("course_id")
    needed = Course.objects.filter(needed_for_deals=True, line_id=line_id, state=CourseState.PUBLISHED)
    return list(needed.exclude(id__in=held).order_by("title"))


def have_certificates(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Partners of whom somebody passed a course; for their first steps."""
    rows = Certificate.objects.filter(partner_id__in=partner_ids).order_by()
    return dict.fromkeys(rows.values_list("partner_id", flat=True).distinct(), True)


def team_of(partner_id: UUID) -> list[Membership]:
    rows = Membership.objects.filter(partner_id=partner_id, ended_at__isnull=True)
    return list(rows.select_related("user").order_by("user__name", "id"))


def certificates_of_team(partner_id: UUID) -> dict[tuple[UUID, UUID], Certificate]:
    """The latest certificate by person and course."""
    rows = Certificate.objects.filter(partner_id=partner_id, member_id__isnull=False).order_by(
        "issued_on", "id"
    )
    return {(row.member_id, row.course_id): row for row in rows if row.member_id is not None}


def certificates_by_name(partner_id: UUID) -> dict[str, dict[UUID, Certificate]]:
    """Of people without a login: the latest certificate by name and course."""
    rows = Certificate.objects.filter(partner_id=partner_id, member_id__isnull=True)
    found: dict[str, dict[UUID, Certificate]] = {}
    for row in rows.order_by("person", "issued_on", "id"):
        found.setdefault(row.person, {})[row.course_id] = row
    return found


def list_paths() -> list[LearningPath]:
    return list(LearningPath.objects.order_by("name", "id"))


def access_path(path_id: UUID) -> LearningPath:
    return get_object_or_404(LearningPath, id=path_id)


def steps_of_paths(paths: Collection[LearningPath]) -> dict[UUID, list[UUID]]:
    """The courses of each path, in order."""
    steps: dict[UUID, list[UUID]] = {}
    rows = PathCourse.objects.filter(path__in=[path.id for path in paths]).order_by("position", "id")
    for path_id, course_id in rows.values_list("path_id", "course_id"):
        steps.setdefault(path_id, []).append(course_id)
    return steps


def require_member(actor: Actor) -> tuple[UUID, UUID]:
    """The membership and the partner of the person who learns."""
    if actor.id is None or actor.partner_id is None:
        raise Http404
    return actor.id, actor.partner_id
