"""What the onboarding pages show besides columns: the programme in the reader's language, steps with their marks.

Promise: texts of a tenant leave as HTML that was escaped first; called by onboarding.{public,console,portal}."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.onboarding import queries
from partners.onboarding.drafts import consent_text, documents_on
from partners.onboarding.models import Application, DocumentVersion, Question
from partners.onboarding.rules import FIELDS_OF, QUESTION, in_language
from partners.onboarding.wording import STEP_LABELS, shown_facts
from prm.kit.markdown import html_of
from prm.web import format as formats


def markdown(text: str) -> SafeString:
    return mark_safe(html_of(text))  # noqa: S308 - every character was escaped before the markup was added


def programme_page(language: str) -> dict[str, Any]:
    settings = queries.programme()
    intro, intro_language = in_language(settings.intro, language)
    benefits, benefits_language = in_language(settings.benefits, language)
    return {
        "is_open": settings.is_open,
        "intro": markdown(intro) if intro else "",
        "intro_language": intro_language,
        "benefits": markdown(benefits) if benefits else "",
        "benefits_language": benefits_language,
        "reply_days": settings.reply_days,
    }


def wizard_marks(application: Application, step: str, steps: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "label": STEP_LABELS[name],
            "name": name,
            "state": "now" if name == step else "done" if name in application.steps_done else "todo",
        }
        for name in steps
    ]


def answers_by_step(
    application: Application, questions: Sequence[Question], steps: Sequence[str], missing: Sequence[str]
) -> list[dict[str, Any]]:
    """What was typed, page by page."""
    by_id = {str(question.id): question for question in questions}
    parts = []
    for step in steps[:-1]:
        if step == "agreement":
            rows = _agreed(application)
        elif step == "questions":
            rows = shown_facts(application, [QUESTION + key for key in by_id], by_id)
        else:
            rows = shown_facts(application, FIELDS_OF[step], by_id)
        parts.append({"step": step, "label": STEP_LABELS[step], "rows": rows, "is_missing": step in missing})
    return parts


def _agreed(application: Application) -> list[tuple[str, str]]:
    if application.accepted_at is None:
        return []
    return [(_("Accepted"), formats.moment(application.accepted_at))]


def documents_shown(day: date, language: str) -> dict[str, Any]:
    agreement, consent = documents_on(day)
    return {
        "agreement": document_shown(agreement, language) if agreement else None,
        "consent": {
            "html": markdown(consent_text(consent, language)),
            "language": in_language(consent.texts, language)[1] if consent else language,
        },
    }


def document_shown(version: DocumentVersion, language: str) -> dict[str, Any]:
    text, code = in_language(version.texts, language)
    return {"version": version, "html": markdown(text), "language": code}


def status_steps(application: Application) -> list[dict[str, Any]]:
    """Four dots with their days."""
    decided = {
        "approved": pgettext("application", "Approved"),
        "rejected": pgettext("application", "Rejected"),
        "withdrawn": pgettext("application", "Withdrawn"),
    }
    reviewed = application.reviewed_at or application.asked_at
    moments: list[tuple[str, datetime | None]] = [
        (_("Begun"), application.created_at),
        (_("Sent"), application.submitted_at),
        (_("Being reviewed"), reviewed),
        (decided.get(application.state, _("Decided")), application.decided_at),
    ]
    reached = max(place for place, (_label, moment) in enumerate(moments) if moment)
    is_over = application.state in decided
    return [
        {
            "label": label,
            "moment": moment,
            "state": "done"
            if moment and (is_over or place < reached)
            else "now"
            if place == reached
            else "todo",
        }
        for place, (label, moment) in enumerate(moments)
    ]
