"""Learning, passing, certificates: graded behind the wall, counted on their days, asked for by deals and facts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from partners.deals.refusals import CertificateMissing
from partners.segments.language import read_rule
from partners.segments.models import EngagementEvent
from partners.segments.selection import matching
from partners.segments.tasks import course_passed
from partners.training import actions, queries
from partners.training.models import AnswerKey, Attempt, Certificate
from partners.training.refusals import (
    AttemptsUsedUp,
    CertificateRevoked,
    ChoicesIncomplete,
    CourseCodeTaken,
    CourseIncomplete,
    CourseNotOpen,
    LessonsUnread,
    RevocationUnexplained,
    TooEarly,
)
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.deals import line_of, make_line, register
from tests.support.rows import nothing_written_in
from tests.support.training import hand_in, in_scope, make_course, passed, read_all

TODAY = NOW.date()


def certificates(cast: Cast) -> list[Certificate]:
    with tenant_context(cast.acme.id):
        return list(Certificate.objects.order_by("number"))


def test_passing_issues_the_certificate(cast: Cast) -> None:
    course = make_course(cast, valid_months=12)
    certificate = passed(cast.paul, course)
    assert (str(certificate), certificate.person, certificate.partner_id) == (
        "CT-1",
        "Paul",
        cast.northwind.id,
    )
    assert (certificate.issued_on, certificate.valid_until) == (TODAY, date(2027, 4, 1))


def test_a_wrong_answer_names_its_lesson_and_issues_nothing(cast: Cast) -> None:
    course = make_course(cast)
    read_all(cast.paul, course)
    attempt = hand_in(cast.paul, course, [1], [0])
    with tenant_context(cast.acme.id):
        lesson = queries.lessons_of(course)[0]
    assert (attempt.right, attempt.asked, attempt.passed) == (1, 2, False)
    assert attempt.weak_lessons == [str(lesson.id)]
    assert certificates(cast) == []


def test_the_keys_stay_behind_the_wall(cast: Cast) -> None:
    """Neither the rows nor raw SQL tell a partner's scope which choices are right."""
    make_course(cast)
    with in_scope(cast.paul), connection.cursor() as cursor:
        assert list(AnswerKey.objects.all()) == []
        cursor.execute("SELECT count(*) FROM partners_answerkey")
        assert cursor.fetchone() == (0,)


def test_a_sibling_sees_neither_attempts_nor_certificates(cast: Cast) -> None:
    passed(cast.paul, make_course(cast))
    with in_scope(cast.sven):
        assert (Attempt.objects.count(), Certificate.objects.count()) == (0, 0)


def test_lessons_come_before_the_quiz(cast: Cast) -> None:
    course = make_course(cast)
    with nothing_written_in(cast.acme), pytest.raises(LessonsUnread):
        hand_in(cast.paul, course, [1], [0, 2])


def test_a_failed_attempt_is_waited_for_and_counted(cast: Cast) -> None:
    course = make_course(cast, attempts_allowed=2, wait_hours=24)
    read_all(cast.paul, course)
    hand_in(cast.paul, course, [0], [1])
    with nothing_written_in(cast.acme), pytest.raises(TooEarly):
        hand_in(cast.paul, course, [1], [0, 2], at=NOW + timedelta(hours=23))
    hand_in(cast.paul, course, [0], [1], at=NOW + timedelta(hours=24))
    with nothing_written_in(cast.acme), pytest.raises(AttemptsUsedUp):
        hand_in(cast.paul, course, [1], [0, 2], at=NOW + timedelta(days=9))


def test_a_draft_and_a_retired_course_are_closed(cast: Cast) -> None:
    course = make_course(cast)
    read_all(cast.paul, course)
    with tenant_context(cast.acme.id):
        actions.retire_course(actor=cast.vera.actor, course=course, at=NOW)
        course.refresh_from_db()
    with nothing_written_in(cast.acme), pytest.raises(CourseNotOpen):
        hand_in(cast.paul, course, [1], [0, 2])


def test_an_empty_course_is_not_published(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        course = actions.save_course(
            actor=cast.vera.actor, course=None, facts={"code": "x", "title": "X"}, at=NOW
        )
    with nothing_written_in(cast.acme), pytest.raises(CourseIncomplete), tenant_context(cast.acme.id):
        actions.publish_course(actor=cast.vera.actor, course=course, at=NOW)


def test_a_code_names_one_course(cast: Cast) -> None:
    make_course(cast)
    with nothing_written_in(cast.acme), pytest.raises(CourseCodeTaken):
        make_course(cast)


@pytest.mark.parametrize(("choices", "right"), [(["a"], [0]), (["a", "b"], []), (["a", "b"], [0, 1])])
def test_a_question_needs_right_and_wrong_choices(cast: Cast, choices: list[str], right: list[int]) -> None:
    course = make_course(cast)
    told: Any = {"text": "?", "choices": choices, "right": right}
    with nothing_written_in(cast.acme), pytest.raises(ChoicesIncomplete), tenant_context(cast.acme.id):
        actions.save_question(actor=cast.vera.actor, course=course, question=None, at=NOW, **told)


def revoke(cast: Cast, certificate: Certificate, reason: str = "Copied") -> None:
    with tenant_context(cast.acme.id):
        actions.revoke_certificate(
            actor=cast.vera.actor, certificate=certificate, reason=reason, at=NOW + timedelta(days=5)
        )


def test_a_revoked_certificate_keeps_its_earlier_days(cast: Cast) -> None:
    certificate = passed(cast.paul, make_course(cast))
    revoke(cast, certificate)
    with tenant_context(cast.acme.id):
        held = [queries.valid_certificates(TODAY + timedelta(days=days)).count() for days in (4, 5)]
    assert held == [1, 0]
    with nothing_written_in(cast.acme), pytest.raises(CertificateRevoked):
        revoke(cast, certificate)


def test_revoking_needs_a_reason(cast: Cast) -> None:
    certificate = passed(cast.paul, make_course(cast))
    with nothing_written_in(cast.acme), pytest.raises(RevocationUnexplained):
        revoke(cast, certificate, " ")


def test_a_stranger_with_the_code_learns_what_stands_on_it(cast: Cast) -> None:
    certificate = passed(cast.paul, make_course(cast, valid_months=1))
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.vera.user.id]):
        found = queries.check_code(certificate.code, TODAY)
        assert (found.standing, found.person, found.company) == ("valid", "Paul", "Northwind")
        assert queries.check_code(certificate.code, date(2026, 5, 1)).standing == "expired"
        assert queries.check_code(certificate.code.swapcase(), TODAY).standing == "unknown"
    with tenant_context(cast.zenith.id):
        assert queries.check_code(certificate.code, TODAY).standing == "unknown"


def test_deals_of_a_line_can_ask_for_a_certificate(cast: Cast) -> None:
    make_line(cast)
    with tenant_context(cast.acme.id):
        line = line_of()
    course = make_course(cast, line=line, needed_for_deals=True)
    with nothing_written_in(cast.acme), pytest.raises(CertificateMissing) as refused:
        register(cast.paul)
    assert "Basics" in refused.value.message
    passed(cast.mia, course)
    assert register(cast.paul).state == "submitted"


def people(cast: Cast, fact: dict[str, Any], on: date) -> set[Any]:
    rule = read_rule({"all": [{**fact, "op": "gte", "value": "2"}]})
    with tenant_context(cast.acme.id):
        return set(matching(rule, on))


def test_certified_people_are_a_fact_of_each_day(cast: Cast) -> None:
    """Two people of Northwind; one person twice is one."""
    course, other = make_course(cast, valid_months=1), make_course(cast, "deep")
    passed(cast.paul, course)
    passed(cast.paul, other)
    anywhere = {"fact": "certified_people"}
    assert people(cast, anywhere, TODAY) == set()
    passed(cast.mia, course)
    assert people(cast, anywhere, TODAY) == {cast.northwind.id}
    assert people(cast, anywhere, date(2026, 5, 1)) == set()
    in_course = {"fact": "certified_in", "with": {"course": "basics"}}
    assert people(cast, in_course, TODAY) == {cast.northwind.id}
    assert people(cast, {"fact": "certified_in", "with": {"course": "deep"}}, TODAY) == set()


def test_a_passed_course_counts_as_engagement(cast: Cast) -> None:
    certificate = passed(cast.paul, make_course(cast))
    told = {"certificate_id": str(certificate.id), "partner_id": str(cast.northwind.id)}
    for _ring in range(2):
        course_passed(tenant_id=str(cast.acme.id), issued_on=TODAY.isoformat(), **told)
    with tenant_context(cast.acme.id):
        (event,) = EngagementEvent.objects.filter(kind="course_passed")
        assert Event.objects.filter(name="certificate.issued").exists()
    assert (event.partner_id, event.happened_on) == (cast.northwind.id, TODAY)


def test_ends_are_told_once_at_each_mark(cast: Cast) -> None:
    passed(cast.paul, make_course(cast, valid_months=12))
    told = []
    for days in (61, 60, 59, 30, 7, 6, 0):
        with tenant_context(cast.acme.id):
            told.append(actions.remind_of_ends(today=date(2027, 4, 1) - timedelta(days=days)))
    assert told == [0, 1, 0, 1, 1, 0, 0]
