"""Training for machines, with the vendor's keys; called by partners.training.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response

from partners.directory.queries import partners_by_code
from partners.products.queries import categories_by_code
from partners.training import actions, queries, refusals
from partners.training.models import Certificate, Course
from partners.training.serializers import (
    CertificateQuery,
    CertificateRead,
    CertificateWrite,
    CourseQuery,
    CourseRead,
    CourseWrite,
    LessonRead,
    LessonWrite,
    QuestionRead,
    QuestionWrite,
    ReasonWrite,
)
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    refusals.CourseCodeTaken: 409,
    refusals.CourseIncomplete: 409,
    refusals.ChoicesIncomplete: 422,
    refusals.CertificateRevoked: 409,
    refusals.RevocationUnexplained: 422,
}


def _shown(course: Course, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/courses/{course.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(CourseRead(course).data, status=status, headers=headers), course.version)


def _named(found: dict[str, Any], code: str, field: str, missing: str) -> Any:
    if code not in found:
        raise Invalid([FieldError(f"{field}_unknown", missing, f"/{field}")])
    return found[code]


class Courses(ApiView):
    scopes: ClassVar = {"GET": "training:read", "POST": "training:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List courses", answer=CourseRead, query=CourseQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were added."""
        wanted = read_query(request, CourseQuery)
        return answer_list(
            request, queries.list_courses(wanted.get("state", "")), order=("id",), row=CourseRead
        )

    @operation("Add a course", body=CourseWrite, answer=CourseRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """A draft; add lessons and questions, then publish it."""
        facts: Any = read_body(request, CourseWrite)
        if "line" in facts:
            missing = _("There is no category with this code.")
            facts["line"] = _named(categories_by_code([facts["line"]]), facts["line"], "line", missing)
        course = actions.save_course(actor=request.actor, course=None, facts=facts, at=request.at)
        return _shown(course, 201)


class OneCourse(ApiView):
    scopes: ClassVar = {"GET": "training:read"}

    @operation("Read a course", answer=CourseRead)
    def get(self, request: ApiRequest, course_id: UUID) -> Response:
        read_query(request)
        return _shown(queries.access_course(request.actor, course_id))


class Lessons(ApiView):
    scopes: ClassVar = {"GET": "training:read", "POST": "training:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List the lessons of a course", answer=LessonRead, listed=True)
    def get(self, request: ApiRequest, course_id: UUID) -> Response:
        read_query(request)
        course = queries.access_course(request.actor, course_id)
        return answer_list(request, course.lessons.all(), order=("position", "id"), row=LessonRead)

    @operation("Add a lesson", body=LessonWrite, answer=LessonRead, status=201)
    def post(self, request: ApiRequest, course_id: UUID) -> Response:
        """At the end of the course."""
        course = queries.access_course(request.actor, course_id)
        facts = read_body(request, LessonWrite)
        lesson = actions.save_lesson(
            actor=request.actor, course=course, lesson=None, facts=dict(facts), at=request.at
        )
        return Response(LessonRead(lesson).data, status=201)


class Questions(ApiView):
    scopes: ClassVar = {"GET": "training:read", "POST": "training:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List the questions of a course", answer=QuestionRead, listed=True)
    def get(self, request: ApiRequest, course_id: UUID) -> Response:
        """Without the right answers: those are never told."""
        read_query(request)
        course = queries.access_course(request.actor, course_id)
        return answer_list(request, course.questions.all(), order=("position", "id"), row=QuestionRead)

    @operation("Add a question", body=QuestionWrite, answer=QuestionRead, status=201)
    def post(self, request: ApiRequest, course_id: UUID) -> Response:
        """At the end of the quiz."""
        course = queries.access_course(request.actor, course_id)
        told = read_body(request, QuestionWrite)
        question = actions.save_question(
            actor=request.actor,
            course=course,
            question=None,
            text=told["text"],
            choices=told["choices"],
            right=told["right"],
            at=request.at,
        )
        return Response(QuestionRead(question).data, status=201)


class CoursePublishing(ApiView):
    scopes: ClassVar = {"POST": "training:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Publish a course", answer=CourseRead)
    def post(self, request: ApiRequest, course_id: UUID) -> Response:
        """With at least one lesson and one question."""
        course = queries.access_course(request.actor, course_id)
        return _shown(actions.publish_course(actor=request.actor, course=course, at=request.at))


class CourseRetirement(ApiView):
    scopes: ClassVar = {"POST": "training:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Retire a course", answer=CourseRead)
    def post(self, request: ApiRequest, course_id: UUID) -> Response:
        """Nobody starts it any more; certificates stay."""
        course = queries.access_course(request.actor, course_id)
        return _shown(actions.retire_course(actor=request.actor, course=course, at=request.at))


class Certificates(ApiView):
    scopes: ClassVar = {"GET": "training:read", "POST": "certificates:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List certificates", answer=CertificateRead, query=CertificateQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were issued."""
        wanted = read_query(request, CertificateQuery)
        rows: QuerySet[Certificate] = queries.visible_certificates(request.actor)
        rows = rows.filter(**{f"{name}__code": code for name, code in wanted.items()})
        return answer_list(request, rows, order=("id",), row=CertificateRead)

    @operation("Issue a certificate", body=CertificateWrite, answer=CertificateRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """For training that took place elsewhere; it counts from today."""
        told = read_body(request, CertificateWrite)
        partner = _named(
            partners_by_code([told["partner"]]),
            told["partner"],
            "partner",
            _("There is no partner with this code."),
        )
        course = _named(
            queries.courses_by_code([told["course"]]),
            told["course"],
            "course",
            _("There is no course with this code."),
        )
        certificate = actions.issue_certificate(
            actor=request.actor,
            partner=partner,
            course=course,
            person=told["person"],
            member=None,
            at=request.at,
        )
        return Response(CertificateRead(certificate).data, status=201)


class CertificateRevocation(ApiView):
    scopes: ClassVar = {"POST": "certificates:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Revoke a certificate", body=ReasonWrite, answer=CertificateRead)
    def post(self, request: ApiRequest, certificate_id: UUID) -> Response:
        """From today on; the partner reads the reason."""
        certificate = queries.access_certificate(request.actor, certificate_id)
        reason = read_body(request, ReasonWrite)["reason"]
        revoked = actions.revoke_certificate(
            actor=request.actor, certificate=certificate, reason=reason, at=request.at
        )
        return Response(CertificateRead(revoked).data)
