"""Training in words: standings of certificates, the paths of a person, the team's matrix; for training's faces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.training import queries
from partners.training.learners import duties_of, is_meant_for
from partners.training.models import Audience, Certificate, Course
from partners.training.rules import EXPIRED, REVOKED, UNKNOWN, VALID, standing_on
from prm.audit.queries import list_records_about
from prm.web.history import Step, steps_of

STANDING_WORDS = {
    VALID: pgettext_lazy("certificate", "Valid"),
    EXPIRED: pgettext_lazy("certificate", "Expired"),
    REVOKED: pgettext_lazy("certificate", "Revoked"),
    UNKNOWN: pgettext_lazy("certificate", "Unknown"),
}
FIELD_LABELS = {
    "code": _("Code"),
    "title": _("Title"),
    "about": _("What it is about"),
    "line": _("Product line"),
    "audience": _("For whom"),
    "pass_percent": _("Right answers to pass, %"),
    "attempts_allowed": _("Attempts allowed"),
    "wait_hours": _("Hours to wait after a failed attempt"),
    "valid_months": _("The certificate holds, months"),
    "needed_for_deals": _("Needed to register deals of this product line"),
    "text": _("Question"),
    "file": _("File"),
    "person": _("Person"),
}


def standing_of(certificate: Certificate, today: date) -> str:
    return standing_on(today, certificate.issued_on, certificate.valid_until, certificate.revoked_on)


def certificate_rows(certificates: Sequence[Certificate], today: date) -> list[dict[str, Any]]:
    rows = []
    for certificate in certificates:
        standing = standing_of(certificate, today)
        rows.append({"certificate": certificate, "standing": standing, "word": STANDING_WORDS[standing]})
    return rows


def history_of(course: Course) -> list[Step]:
    return steps_of(list_records_about(course.id), FIELD_LABELS, {"audience": dict(Audience.choices)})


@dataclass(frozen=True)
class Shelf:
    """What a person finds to learn: paths for partners like theirs, courses of no path, and those meant for others."""

    paths: list[dict[str, Any]]
    others: list[queries.Progress]
    for_colleagues: list[queries.Progress]


def shelf_of(member_id: UUID, *, partner_type: str, duty: str, today: date) -> Shelf:
    """Everything published, sorted by whom it is for; what somebody has begun or passed stays in its place."""
    everything = queries.progress_of(member_id, today)
    mine = [one for one in everything if is_meant_for(one.course, duty) or one.read or one.certificate]
    paths, others = _on_paths(mine, partner_type)
    meant = {one.course.id for one in mine}
    return Shelf(paths, others, [one for one in everything if one.course.id not in meant])


def _on_paths(
    found: Sequence[queries.Progress], partner_type: str
) -> tuple[list[dict[str, Any]], list[queries.Progress]]:
    """Each path for this type of partner with the progress in its courses; and the courses of no path."""
    progress = {one.course.id: one for one in found}
    paths = [path for path in queries.list_paths() if path.partner_type in ("", partner_type)]
    steps = queries.steps_of_paths(paths)
    shown, placed = [], set()
    for path in paths:
        mine = [progress[course_id] for course_id in steps.get(path.id, []) if course_id in progress]
        placed |= {one.course.id for one in mine}
        done = sum(1 for one in mine if one.certificate)
        if mine:
            shown.append({"path": path, "courses": mine, "done": done})
    return shown, [one for course_id, one in progress.items() if course_id not in placed]


def team_matrix(partner_id: UUID, today: date) -> dict[str, Any]:
    """People x published courses: the latest certificate and its standing. People without a login hold what was issued
    to their name; nothing is expected of them."""
    courses = list(queries.published_courses())
    held, duties = queries.certificates_of_team(partner_id), duties_of(partner_id)
    rows = []
    for member in queries.team_of(partner_id):
        duty = duties.get(member.id, "")
        cells = [
            _cell(course, held.get((member.id, course.id)), today, expected=is_meant_for(course, duty))
            for course in courses
        ]
        rows.append({"person": member.user.name, "cells": cells})
    for person, theirs in queries.certificates_by_name(partner_id).items():
        cells = [_cell(course, theirs.get(course.id), today, expected=False) for course in courses]
        rows.append({"person": person, "cells": cells})
    return {"courses": courses, "rows": rows}


def _cell(course: Course, certificate: Certificate | None, today: date, *, expected: bool) -> dict[str, Any]:
    standing = standing_of(certificate, today) if certificate else ""
    word = STANDING_WORDS[standing] if standing else ""
    return {
        "course": course,
        "certificate": certificate,
        "standing": standing,
        "word": word,
        "expected": expected,
    }
