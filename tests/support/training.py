"""Courses for tests: one lesson, two questions, published; and a person of a partner who passes it."""

from datetime import datetime
from typing import Any

from partners.training import actions, queries
from partners.training.models import Certificate, Course
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person


def make_course(cast: Cast, code: str = "basics", *, publish: bool = True, **facts: Any) -> Course:
    """The first question takes choice 1, the second choices 0 and 2."""
    actor = cast.vera.actor
    with tenant_context(cast.acme.id):
        told: dict[str, Any] = {"code": code, "title": code.title(), **facts}
        course = actions.save_course(actor=actor, course=None, facts=told, at=NOW)
        lesson = actions.save_lesson(
            actor=actor, course=course, lesson=None, facts={"title": "Start", "body": "# Hello"}, at=NOW
        )
        for text, choices, right in (
            ("One?", ["a", "b"], [1]),
            ("Several?", ["a", "b", "c"], [0, 2]),
        ):
            actions.save_question(
                actor=actor,
                course=course,
                question=None,
                text=text,
                choices=choices,
                right=right,
                lesson=lesson,
                at=NOW,
            )
        return actions.publish_course(actor=actor, course=course, at=NOW) if publish else course


def in_scope(person: Person) -> Any:
    """The scope in which the pages of a partner's person work."""
    assert person.actor.partner_id is not None
    return tenant_context(person.tenant.id, scope="partner", partner_ids=[person.actor.partner_id])


def answers(course: Course, *chosen: list[int]) -> dict[str, list[int]]:
    return dict(zip([str(question.id) for question in queries.questions_of(course)], chosen, strict=True))


def read_all(person: Person, course: Course) -> None:
    with in_scope(person):
        for lesson in queries.lessons_of(course):
            actions.read_lesson(actor=person.actor, lesson=lesson, at=NOW)


def hand_in(person: Person, course: Course, *chosen: list[int], at: datetime = NOW) -> Any:
    with in_scope(person):
        return actions.hand_in(actor=person.actor, course=course, given=answers(course, *chosen), at=at)


def passed(person: Person, course: Course, *, at: datetime = NOW) -> Certificate:
    read_all(person, course)
    hand_in(person, course, [1], [0, 2], at=at)
    with tenant_context(person.tenant.id):
        return Certificate.objects.select_related("course", "partner").order_by("-number")[0]
