"""What people do at a partner, and quizzes that are opened to them again; called by training interfaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from partners.directory.queries import visible_partners
from partners.training.models import Attempt, Audience, Course, Learner
from partners.training.queries import require_member
from partners.training.refusals import NothingToOpen
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.audit.actions import record
from prm.notifications.actions import OnePerson, notify


@dataclass(frozen=True)
class UsedUp:
    """Somebody who has no attempt left at a course."""

    member: Membership
    partner_name: str
    last_at: datetime


def duty_of(member_id: UUID) -> str:
    """What the person says they do; "" until they say it."""
    return Learner.objects.filter(member_id=member_id).values_list("duty", flat=True).first() or ""


def duties_of(partner_id: UUID) -> dict[UUID, str]:
    return dict(Learner.objects.filter(partner_id=partner_id).values_list("member_id", "duty"))


def is_meant_for(course: Course, duty: str) -> bool:
    """Who has not said what they do is meant by every course."""
    return course.audience == Audience.EVERYONE or not duty or course.audience == duty


def say_duty(*, actor: Actor, duty: str) -> None:
    """The person says what they do; "" takes it back."""
    member_id, partner_id = require_member(actor)
    if not duty:
        Learner.objects.filter(member_id=member_id).delete()
        return
    Learner.objects.update_or_create(member_id=member_id, defaults={"partner_id": partner_id, "duty": duty})


def list_used_up(actor: Actor, course: Course) -> list[UsedUp]:
    """The people of visible partners who have no attempt left, the latest failure first."""
    if not course.attempts_allowed:
        return []
    partners = dict(visible_partners(actor).values_list("id", "name"))
    attempts = Attempt.objects.filter(course=course, forgiven_at__isnull=True, partner_id__in=partners)
    stuck = {
        member_id: last
        for member_id, of_one in groupby(
            attempts.order_by("member_id", "handed_in_at"), key=lambda attempt: attempt.member_id
        )
        if (last := _last_of_too_many(list(of_one), course.attempts_allowed))
    }
    members = Membership.objects.filter(id__in=stuck, ended_at__isnull=True).select_related("user")
    found = [
        UsedUp(member, partners[stuck[member.id].partner_id], stuck[member.id].handed_in_at)
        for member in members
    ]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def open_again(*, actor: Actor, course: Course, member_id: UUID, at: datetime) -> None:
    """Forgive the failed attempts of a person and tell them. Raises `NothingToOpen`."""
    person = next((one for one in list_used_up(actor, course) if one.member.id == member_id), None)
    if person is None:
        raise NothingToOpen
    failed = Attempt.objects.filter(course=course, member_id=member_id, passed=False)
    failed.filter(forgiven_at__isnull=True).update(forgiven_at=at)
    told = {"person": str(person.member.user)}
    record(actor=actor, action="course.opened_again", subject=course, at=at, after=told)
    notify(
        "quiz.opened_again",
        to=OnePerson(member_id),
        params={"course": course.title},
        link=("portal-course", [course.id]),
    )


def _last_of_too_many(attempts: Sequence[Attempt], allowed: int) -> Attempt | None:
    """The last attempt, where those failed since the last success are as many as are allowed."""
    failed: list[Attempt] = []
    for attempt in attempts:
        failed = [] if attempt.passed else [*failed, attempt]
    return failed[-1] if len(failed) >= allowed else None
