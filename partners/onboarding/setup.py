"""Writes of the programme's own settings: its page, what it asks, in what order.

Promise: the page's version guards against two editors; a question that was asked stays readable; called by
onboarding.setup_pages and the demo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from partners.onboarding.models import Programme, Question
from prm.accounts.actor import Actor
from prm.audit.actions import record


class ProgrammeFacts(TypedDict, total=False):
    """What the page says; texts are Markdown by language."""

    is_open: bool
    intro: dict[str, str]
    benefits: dict[str, str]
    faq: dict[str, str]
    shows_tiers: bool
    regions: list[str]
    specialisations: list[str]
    reply_days: int
    reapply_days: int


class ProgrammeChangedMeanwhile(Exception):
    """Somebody else saved the page after it was opened."""

    code = "version_conflict"
    message = _("Somebody else changed this page after you opened it. Compare, then save again.")

    def __init__(self, programme: Programme) -> None:
        super().__init__(self.code)
        self.programme = programme


def save_programme(*, actor: Actor, facts: ProgrammeFacts, version: int | None, at: datetime) -> Programme:
    """Change the page; `version` None lets the caller win. Raises `ProgrammeChangedMeanwhile`."""
    programme = Programme.objects.select_for_update().first() or Programme(version=0)
    if version is not None and programme.version not in (version, 0):
        raise ProgrammeChangedMeanwhile(programme)
    before = {
        name: getattr(programme, name) for name, value in facts.items() if getattr(programme, name) != value
    }
    for name, value in facts.items():
        setattr(programme, name, value)
    programme.version += 1
    programme.changed_at = at
    programme.save()
    after = {name: getattr(programme, name) for name in before}
    record(actor=actor, action="programme.changed", subject=programme, at=at, before=before, after=after)
    return programme


def add_question(*, actor: Actor, facts: Mapping[str, Any], at: datetime) -> Question:
    last = Question.objects.aggregate(last=Max("position"))["last"] or 0
    question = Question.objects.create(**{"position": last + 1, **facts})
    record(actor=actor, action="question.added", subject=question, at=at, after=dict(facts))
    return question


def change_question(
    *, actor: Actor, question: Question, changes: Mapping[str, Any], at: datetime
) -> Question:
    question = Question.objects.select_for_update().get(id=question.id)
    before = {
        name: getattr(question, name) for name, value in changes.items() if getattr(question, name) != value
    }
    if not before:
        return question
    for name in before:
        setattr(question, name, changes[name])
    question.save()
    after = {name: changes[name] for name in before}
    record(actor=actor, action="question.changed", subject=question, at=at, before=before, after=after)
    return question


def retire_question(*, actor: Actor, question: Question, at: datetime) -> None:
    question.retired_at = at
    question.save(update_fields=["retired_at"])
    record(actor=actor, action="question.retired", subject=question, at=at)
