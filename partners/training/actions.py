"""Writes of training: courses and their parts, reading, quizzes, certificates, paths, reminders.

Promise: a quiz is graded by the database behind the vendor's wall; passing issues the certificate in the same
transaction. Called by training interfaces and tasks."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from partners.directory.models import Partner
from partners.training import queries
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
from partners.training.refusals import (
    AttemptsUsedUp,
    CertificateRevoked,
    ChoicesIncomplete,
    CourseChangedMeanwhile,
    CourseCodeTaken,
    CourseIncomplete,
    CourseNotOpen,
    LessonsUnread,
    RevocationUnexplained,
    TooEarly,
)
from partners.training.rules import due_reminder, is_passed, valid_until
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.audit.actions import record
from prm.notifications.actions import OnePerson, PartnerPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.locks import hold
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

CODE_BYTES = 12
LEAST_CHOICES = 2


def save_course(
    *, actor: Actor, course: Course | None, facts: dict[str, Any], version: int | None = None, at: datetime
) -> Course:
    """Add a course (None) or change one. Raises `CourseCodeTaken`, `CourseChangedMeanwhile`."""
    new = course is None
    course = Course(changed_at=at) if course is None else Course.objects.select_for_update().get(id=course.id)
    if version is not None and course.version != version:
        raise CourseChangedMeanwhile
    before = {} if new else {name: _told(getattr(course, name)) for name in facts}
    for name, value in facts.items():
        setattr(course, name, value)
    course.changed_at = at
    course.version += 0 if new else 1
    try:
        with transaction.atomic():
            course.save()
    except IntegrityError as clash:
        raise CourseCodeTaken from clash
    after = {name: _told(value) for name, value in facts.items()}
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    record(
        actor=actor,
        action="course.created" if new else "course.changed",
        subject=course,
        at=at,
        before={name: before[name] for name in changed if name in before},
        after=changed,
    )
    return course


def publish_course(*, actor: Actor, course: Course, at: datetime) -> Course:
    """Open it to partners. Raises `CourseIncomplete`."""
    course = Course.objects.select_for_update().get(id=course.id)
    if not queries.lessons_of(course) or not queries.questions_of(course):
        raise CourseIncomplete
    return _turn(actor, course, CourseState.PUBLISHED, "course.published", at)


def retire_course(*, actor: Actor, course: Course, at: datetime) -> Course:
    """Nobody starts it any more; certificates stay."""
    return _turn(
        actor, Course.objects.select_for_update().get(id=course.id), CourseState.RETIRED, "course.retired", at
    )


def save_lesson(
    *, actor: Actor, course: Course, lesson: Lesson | None, facts: dict[str, Any], at: datetime
) -> Lesson:
    action = "course.lesson_changed" if lesson else "course.lesson_added"
    lesson = lesson or Lesson(course=course, position=len(queries.lessons_of(course)) + 1)
    for name, value in facts.items():
        setattr(lesson, name, value)
    lesson.save()
    record(actor=actor, action=action, subject=course, at=at, after={"title": lesson.title})
    return lesson


def remove_lesson(*, actor: Actor, course: Course, lesson: Lesson, at: datetime) -> None:
    record(actor=actor, action="course.lesson_removed", subject=course, at=at, before={"title": lesson.title})
    QuizQuestion.objects.filter(lesson=lesson).update(lesson=None)
    lesson.delete()


def save_question(
    *,
    actor: Actor,
    course: Course,
    question: QuizQuestion | None,
    text: str,
    choices: Sequence[str],
    right: Sequence[int],
    lesson: Lesson | None = None,
    at: datetime,
) -> QuizQuestion:
    """`right` are the places of the right choices. Raises `ChoicesIncomplete`."""
    marked = sorted(set(right))
    if (
        len(choices) < LEAST_CHOICES
        or not marked
        or len(marked) == len(choices)
        or marked[-1] >= len(choices)
    ):
        raise ChoicesIncomplete
    action = "course.question_changed" if question else "course.question_added"
    question = question or QuizQuestion(course=course, position=len(queries.questions_of(course)) + 1)
    question.text, question.choices, question.lesson = text, list(choices), lesson
    question.takes_several = len(marked) > 1
    question.save()
    AnswerKey.objects.update_or_create(question=question, defaults={"right_choices": marked})
    record(actor=actor, action=action, subject=course, at=at, after={"text": text})
    return question


def remove_question(*, actor: Actor, course: Course, question: QuizQuestion, at: datetime) -> None:
    record(
        actor=actor, action="course.question_removed", subject=course, at=at, before={"text": question.text}
    )
    question.delete()


def save_path(
    *, actor: Actor, path: LearningPath | None, facts: dict[str, Any], courses: Sequence[Course], at: datetime
) -> LearningPath:
    """A path and its courses in their order."""
    action = "path.changed" if path else "path.created"
    path = path or LearningPath()
    for name, value in facts.items():
        setattr(path, name, value)
    path.save()
    PathCourse.objects.filter(path=path).delete()
    PathCourse.objects.bulk_create(
        PathCourse(path=path, course=course, position=place) for place, course in enumerate(courses)
    )
    told = {"name": path.name, "courses": ", ".join(course.title for course in courses)}
    record(actor=actor, action=action, subject=path, at=at, after=told)
    return path


def read_lesson(*, actor: Actor, lesson: Lesson, at: datetime) -> None:
    """The person has read it; once."""
    member_id, partner_id = queries.require_member(actor)
    done = LessonDone(lesson=lesson, partner_id=partner_id, member_id=member_id, read_at=at)
    LessonDone.objects.bulk_create([done], ignore_conflicts=True)


def hand_in(*, actor: Actor, course: Course, given: dict[str, list[int]], at: datetime) -> Attempt:
    """Grade a quiz; where it is passed the certificate is issued with it.

    `given` are the chosen places by question id. Raises `CourseNotOpen`, `LessonsUnread`, `AttemptsUsedUp`, `TooEarly`.
    """
    member_id, partner_id = queries.require_member(actor)
    hold(f"quiz:{member_id}:{course.id}")  # two tabs would both have the last attempt
    _refuse_attempt(course, member_id, at)
    graded = queries.grade(course, {key: sorted(set(places)) for key, places in given.items()})
    passed = is_passed(graded.right, graded.asked, course.pass_percent)
    attempt = Attempt.objects.create(
        course=course,
        partner_id=partner_id,
        member_id=member_id,
        handed_in_at=at,
        right=graded.right,
        asked=graded.asked,
        passed=passed,
        weak_lessons=graded.weak_lessons,
    )
    told = {"right": graded.right, "asked": graded.asked}
    record(
        actor=actor,
        action="course.passed" if passed else "course.failed",
        subject=course,
        at=at,
        after=told,
    )
    if passed:
        partner = Partner.objects.get(id=partner_id)
        _issue(actor, partner, course, actor.label, member_id, at)
    return attempt


def issue_certificate(
    *, actor: Actor, partner: Partner, course: Course, person: str, member: Membership | None, at: datetime
) -> Certificate:
    """For training that took place elsewhere."""
    return _issue(actor, partner, course, person, member.id if member else None, at)


def revoke_certificate(*, actor: Actor, certificate: Certificate, reason: str, at: datetime) -> Certificate:
    """From today on it does not hold; the days before stay as they were."""
    certificate = Certificate.objects.select_for_update(of=("self",)).get(id=certificate.id)
    if certificate.revoked_on is not None:
        raise CertificateRevoked
    if not reason.strip():
        raise RevocationUnexplained
    certificate.revoked_on, certificate.revoked_why = _today(at), reason
    certificate.save(update_fields=["revoked_on", "revoked_why"])
    record(actor=actor, action="certificate.revoked", subject=certificate, at=at, reason=reason)
    emit("certificate.revoked", certificate_id=certificate.id, partner_id=certificate.partner_id)
    _tell(certificate, "certificate.revoked", reason=reason)
    return certificate


def remind_of_ends(*, today: date) -> int:
    """Tell the person and the partner's admins of certificates that end soon, once for each of 60, 30 and 7 days."""
    told = 0
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("course")
    for certificate in rows.filter(valid_until__gt=today, revoked_on__isnull=True).order_by("valid_until"):
        assert certificate.valid_until is not None
        days = due_reminder(certificate.valid_until, today)
        known = certificate.reminded_days
        if days is None or (known is not None and known <= days) or _renewed(certificate):
            continue
        certificate.reminded_days = days
        certificate.save(update_fields=["reminded_days"])
        _tell(certificate, "certificate.ending", until=certificate.valid_until)
        told += 1
    return told


def _issue(
    actor: Actor, partner: Partner, course: Course, person: str, member_id: UUID | None, at: datetime
) -> Certificate:
    day = _today(at)
    certificate = Certificate.objects.create(
        number=next_number("certificate"),
        code=secrets.token_urlsafe(CODE_BYTES),
        partner=partner,
        course=course,
        member_id=member_id,
        person=person,
        issued_on=day,
        valid_until=valid_until(day, course.valid_months),
    )
    told = {"course": course.title, "person": person, "valid_until": certificate.valid_until}
    record(actor=actor, action="certificate.issued", subject=certificate, at=at, after=told)
    emit(
        "certificate.issued", certificate_id=certificate.id, partner_id=partner.id, issued_on=day.isoformat()
    )
    _tell(certificate, "certificate.issued")
    return certificate


def _refuse_attempt(course: Course, member_id: UUID, at: datetime) -> None:
    if course.state != CourseState.PUBLISHED:
        raise CourseNotOpen
    if {lesson.id for lesson in queries.lessons_of(course)} - queries.read_lessons(member_id, course):
        raise LessonsUnread
    chance = queries.chance_for(member_id, course, at)
    if chance.is_used_up:
        raise AttemptsUsedUp
    if chance.opens_at is not None:
        raise TooEarly(chance.opens_at)


def _renewed(certificate: Certificate) -> bool:
    """The person holds a later one of the same course."""
    later = Certificate.objects.filter(
        member_id=certificate.member_id,
        course_id=certificate.course_id,
        partner_id=certificate.partner_id,
        issued_on__gt=certificate.issued_on,
        revoked_on__isnull=True,
    )
    return certificate.member_id is not None and later.exists()


def _tell(certificate: Certificate, kind: str, **params: Any) -> None:
    """The person, and whoever looks after the partner's training."""
    told = {"person": certificate.person, "course": certificate.course.title, **params}
    link: tuple[str, list[Any]] = ("portal-certificate-list", [])
    if certificate.member_id is not None:
        notify(kind, to=OnePerson(certificate.member_id), params=told, link=link)
    notify(
        f"{kind}_team", to=PartnerPeople(certificate.partner_id, "team_training.view"), params=told, link=link
    )


def _turn(actor: Actor, course: Course, state: str, action: str, at: datetime) -> Course:
    course.state, course.changed_at = state, at
    course.version += 1
    course.save()
    record(actor=actor, action=action, subject=course, at=at)
    emit(action, course_id=course.id)
    return course


def _told(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
