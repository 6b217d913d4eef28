"""The records that can be commented on: the low room owns the list, every room declares its own.

Promise: a record that the actor may not see is missing here as well; called by catalogues and comments."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.http import Http404

from prm.accounts.actor import Actor


@dataclass(frozen=True)
class Commented:
    """One record as comments need it: whose people may share in it, and who looks after it."""

    row: models.Model
    partner_id: UUID | None
    manager_id: UUID | None = None
    name: str = ""  # what people call it, where the row's own text is only a number


@dataclass(frozen=True)
class Subject:
    """`access(actor, id)` answers the record or raises 404; the pages are shown and come back to by name."""

    key: str
    access: Callable[[Actor, UUID], Commented]
    console_page: str
    portal_page: str
    portal_takes_id: bool = True
    reads: str = "partners.view"  # the permission that finds staff to tell


_subjects: dict[str, Subject] = {}


def declare_subject(subject: Subject) -> None:
    _subjects[subject.key] = subject


def subject_of(key: str) -> Subject:
    """The declared kind of record; an unknown one is a missing page."""
    if key not in _subjects:
        raise Http404
    return _subjects[key]


def subject_keys() -> list[str]:
    return sorted(_subjects)
