"""What the onboarding pages show besides columns: the programme in the reader's language, steps with their marks.

Promise: texts of a tenant leave as HTML that was escaped first; called by onboarding.{public,console,portal}."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from partners.onboarding import queries
from partners.onboarding.drafts import consent_text, documents_on
from partners.onboarding.ladder import public_ladder
from partners.onboarding.models import Application, ApplicationState, DocumentVersion, Question
from partners.onboarding.rules import (
    ASKABLE,
    FIELDS_OF,
    QUESTION,
    domain_of,
    faults_in_company,
    in_language,
)
from partners.onboarding.wording import FAULTS, LABELS, STEP_LABELS, question_label, shown_facts, shown_value
from prm.audit.queries import list_records_about
from prm.kit.markdown import html_of
from prm.kit.requisites import EU
from prm.web import format as formats
from prm.web.history import Step, steps_of


def markdown(text: str) -> SafeString:
    return mark_safe(html_of(text))  # noqa: S308 - every character was escaped before the markup was added


def programme_page(language: str) -> dict[str, Any]:
    settings = queries.programme()
    intro, intro_language = in_language(settings.intro, language)
    benefits, benefits_language = in_language(settings.benefits, language)
    faq, faq_language = in_language(settings.faq, language)
    return {
        "is_open": settings.is_open,
        "intro": markdown(intro) if intro else "",
        "intro_language": intro_language,
        "benefits": markdown(benefits) if benefits else "",
        "benefits_language": benefits_language,
        "faq": markdown(faq) if faq else "",
        "faq_language": faq_language,
        "rungs": public_ladder() if settings.shows_tiers else [],
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
        (pgettext("application", "Begun"), application.created_at),
        (pgettext("application", "Sent"), application.submitted_at),
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


@dataclass(frozen=True)
class Due:
    """When an answer is due, in words and with a tone: "bad" when late, "warn" on the last day."""

    text: str
    tone: str


def due_of(application: Application, now: datetime) -> Due | None:
    if application.due_at is None:
        return None
    left = application.due_at - now
    days = abs(left) // timedelta(days=1)
    if left < timedelta(0):
        if not days:
            return Due(_("late since today"), "bad")
        return Due(ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}, "bad")
    if not days:
        return Due(_("due today"), "warn")
    return Due(ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}, "quiet")


@dataclass(frozen=True)
class Check:
    """One thing a decider would look up; `tone` is "good" or "warn"."""

    label: str
    text: str
    tone: str


def checks_of(application: Application, candidates: Sequence[queries.Candidate]) -> list[Check]:
    return [_tax_check(application), _domain_check(application), _duplicate_check(candidates)]


def _tax_check(application: Application) -> Check:
    faults = faults_in_company({name: getattr(application, name) for name in FIELDS_OF["company"]})
    if faults:
        return Check(_("Tax id"), " ".join(str(FAULTS[fault]) for fault in faults.values()), "warn")
    if application.country == "RU" or application.country in EU:
        return Check(_("Tax id"), _("The check digits fit."), "good")
    return Check(_("Tax id"), _("Only its form was checked: no rule is known for this country."), "warn")


def _domain_check(application: Application) -> Check:
    own, mail = domain_of(application.website, ""), domain_of("", application.email)
    if own and own == mail:
        return Check(_("Domain"), _("The e-mail belongs to the company's own domain."), "good")
    if not mail:
        return Check(_("Domain"), _("The e-mail is of a free mail service: it proves no company."), "warn")
    if not own:
        return Check(_("Domain"), _("There is no website to compare the e-mail with."), "warn")
    return Check(_("Domain"), _("The e-mail is of another domain than the website."), "warn")


def _duplicate_check(candidates: Sequence[queries.Candidate]) -> Check:
    if candidates:
        return Check(_("Duplicates"), _("There are similar ones, see below."), "warn")
    return Check(_("Duplicates"), _("No partner and no application looks like this company."), "good")


REASONS = {
    "tax_id": pgettext_lazy("duplicate", "same tax id"),
    "domain": pgettext_lazy("duplicate", "same domain"),
    "name": pgettext_lazy("duplicate", "similar name"),
}


def shown_candidates(candidates: Sequence[queries.Candidate]) -> list[dict[str, Any]]:
    return [
        {
            "what": candidate.what,
            "name": candidate.name or _("a partner outside your portfolio"),
            "reasons": ", ".join(str(REASONS[reason]) for reason in candidate.reasons),
            "url_id": candidate.url_id,
        }
        for candidate in candidates
    ]


def history_of(application: Application) -> list[Step]:
    labels = {"state": pgettext_lazy("application", "Status"), "step": _("Page"), **LABELS}
    values: dict[str, Any] = {"state": dict(ApplicationState.choices), "step": STEP_LABELS}
    told = [record for record in list_records_about(application.id) if record.action != "application.saved"]
    return steps_of(told, labels, values)


def askable_choices(questions: Sequence[Question]) -> list[tuple[str, str]]:
    pairs = [(name, str(LABELS[name])) for name in ASKABLE]
    return pairs + [(f"{QUESTION}{question.id}", question_label(question)) for question in questions]


CSV_HEADER = [
    pgettext_lazy("application", "Reference"),
    pgettext_lazy("application", "Status"),
    *(LABELS[name] for name in ASKABLE),
    gettext_lazy("Source"),
    pgettext_lazy("application", "Sent"),
    gettext_lazy("Answer due"),
    gettext_lazy("Decided"),
    gettext_lazy("Reason"),
]


def csv_row(application: Application) -> list[object]:
    moments = (application.submitted_at, application.due_at, application.decided_at)
    sent, due, decided = (moment.isoformat(timespec="seconds") if moment else "" for moment in moments)
    facts = [shown_value(application, name) for name in ASKABLE]
    status = application.get_state_display()
    return [application.reference, status, *facts, application.source, sent, due, decided, application.reason]
