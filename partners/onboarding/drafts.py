"""Writes of an applicant: begin, save a page, accept the documents, send, answer what was asked, withdraw.

Promise: each works with the one row that the link opens; a company that is known already is refused in the same words
whoever it is; after sending, only asked fields open again. Called by onboarding.public and the API."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partners.onboarding.letters import queue_letter
from partners.onboarding.links import secret_of
from partners.onboarding.models import Application, DocumentKind, DocumentVersion
from partners.onboarding.queries import (
    company_is_known,
    company_was_rejected,
    current_document,
    live_questions,
    programme,
)
from partners.onboarding.refusals import (
    AppliedTooSoon,
    CompanyAlreadyHere,
    NothingAnswered,
    NotOpenForChange,
    ProgrammeClosed,
    PuzzleUsed,
    RequisitesWrong,
    StepsMissing,
    TooManyAddresses,
)
from partners.onboarding.rules import (
    FIELDS_OF,
    QUESTION,
    REQUIRED,
    closed_fields,
    domain_of,
    due_at,
    faults_in_company,
    in_language,
    leads_to,
    missing_fields,
    text_hash,
    wizard_steps,
)
from prm.accounts.actor import Actor
from prm.accounts.rules import hash_of
from prm.audit.actions import record
from prm.kit.ids import uuid7
from prm.kit.requisites import tax_key
from prm.notifications.actions import StaffPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

ADDRESSES_OF_A_DRAFT = 3
DRAFTS_KEPT_FOR = timedelta(days=90)
REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
DEFAULT_CONSENT = _(
    "We agree that the personal data in this application is processed to decide about it and to run the partnership."
)


def start_application(
    *, actor: Actor, nonce: str, language: str, source: str, at: datetime
) -> tuple[Application, str]:
    """A new draft with the id of the visitor's context; returns it and the secret of its link."""
    if not programme().is_open:
        raise ProgrammeClosed
    application_id = actor.id if actor.kind == "visitor" and actor.id else uuid7()
    secret = secret_of(application_id, 0)
    application = Application(
        id=application_id,
        reference="A-" + "".join(secrets.choice(REFERENCE_LETTERS) for _place in range(6)),
        language=language,
        source=source[:40],
        token_hash=hash_of(secret),
        start_nonce=nonce,
        created_at=at,
        saved_at=at,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as clash:
        if "application_one_per_puzzle" in str(clash):
            raise PuzzleUsed from clash
        raise
    record(actor=actor, action="application.started", subject=application, at=at)
    return application, secret


def save_step(
    *, actor: Actor, application: Application, step: str, facts: Mapping[str, Any], at: datetime
) -> Application:
    """Keep one page of a draft.

    Raises `RequisitesWrong`, `CompanyAlreadyHere`, `TooManyAddresses`, `NotOpenForChange`.
    """
    application = _locked(application)
    if application.state != "draft":
        raise NotOpenForChange
    address = application.email
    if step == "questions":
        application.answers = {**application.answers, **facts}
    else:
        write_facts(application, {name: facts[name] for name in FIELDS_OF[step] if name in facts})
    has_new_address = application.email not in ("", address)
    if has_new_address and application.letters.filter(kind="resume").count() >= ADDRESSES_OF_A_DRAFT:
        raise TooManyAddresses
    application.steps_done = sorted({*application.steps_done, step})
    application.saved_at = at
    application.version += 1
    application.save()
    record(actor=actor, action="application.saved", subject=application, at=at, after={"step": step})
    if has_new_address:
        queue_letter(application, "resume", at)
    return application


def accept_documents(*, actor: Actor, application: Application, language: str, at: datetime) -> Application:
    """Accept the agreement and the consent that bind today, by the hash of the text that was read."""
    application = _locked(application)
    if application.state != "draft":
        raise NotOpenForChange
    agreement, consent = documents_on(today(at))
    application.agreement, application.consent = agreement, consent
    application.agreement_hash = text_hash(in_language(agreement.texts, language)[0]) if agreement else ""
    application.consent_hash = text_hash(consent_text(consent, language))
    application.accepted_at, application.accepted_language = at, language
    application.steps_done = sorted({*application.steps_done, "agreement"})
    application.saved_at = at
    application.version += 1
    application.save()
    after = {"agreement": agreement.number if agreement else None, "text_hash": application.agreement_hash}
    record(actor=actor, action="application.agreed", subject=application, at=at, after=after)
    return application


def submit_application(*, actor: Actor, application: Application, at: datetime) -> Application:
    """Send it. Raises `StepsMissing`, `CompanyAlreadyHere`, `AppliedTooSoon`, `ProgrammeClosed`."""
    application = _locked(application)
    state = leads_to("submit", application.state)
    if state is None:
        raise NotOpenForChange
    settings = programme()
    if not settings.is_open:
        raise ProgrammeClosed
    missing = missing_steps(application, today(at))
    if missing:
        raise StepsMissing(missing)
    refuse_known_company(application)
    since = at - timedelta(days=settings.reapply_days)
    if company_was_rejected(tax=application.tax_key, domain=application.domain, since=since):
        raise AppliedTooSoon
    application.state, application.submitted_at = state, at
    application.due_at = due_at(at, settings.reply_days)
    application.version += 1
    _save_live(application)
    after = {"state": state, "company_name": application.company_name}
    record(actor=actor, action="application.submitted", subject=application, at=at, after=after)
    emit("application.submitted", application_id=application.id)
    _tell_staff("application.submitted", application)
    queue_letter(application, "submitted", at)
    return application


def lodge_application(
    *,
    actor: Actor,
    language: str,
    source: str,
    answers: Mapping[str, str],
    facts: Mapping[str, Any],
    at: datetime,
) -> Application:
    """A whole application at once, for the vendor's own form. Raises what each of its parts raises."""
    application, _secret = start_application(actor=actor, nonce="", language=language, source=source, at=at)
    write_facts(application, facts)
    application.answers = dict(answers)
    application.steps_done = sorted(REQUIRED)
    application.save()
    application = accept_documents(actor=actor, application=application, language=language, at=at)
    return submit_application(actor=actor, application=application, at=at)


def answer_request(
    *, actor: Actor, application: Application, changes: Mapping[str, Any], reply: str, at: datetime
) -> Application:
    """Answer what was asked back: the named fields, or a word. Any other field is refused, and so is saying nothing."""
    application = _locked(application)
    state = leads_to("answer", application.state)
    if state is None or closed_fields(changes, application.asked_fields):
        raise NotOpenForChange
    plain = {name: value for name, value in changes.items() if not name.startswith(QUESTION)}
    before = {name: getattr(application, name) for name in plain if getattr(application, name) != plain[name]}
    answers = {
        name.removeprefix(QUESTION): value for name, value in changes.items() if name.startswith(QUESTION)
    }
    if not (reply.strip() or any(changes[name] for name in before) or _differ(answers, application.answers)):
        raise NothingAnswered
    write_facts(application, plain)
    application.answers = {**application.answers, **answers}
    application.state, application.answered_at, application.reply = state, at, reply
    application.due_at = due_at(at, programme().reply_days)
    application.asked_fields = []
    application.version += 1
    _save_live(application)
    after = {"state": state, **{name: getattr(application, name) for name in before}}
    record(
        actor=actor,
        action="application.answered",
        subject=application,
        at=at,
        before=before,
        after=after,
        reason=reply,
    )
    emit("application.answered", application_id=application.id)
    _tell_staff("application.answered", application)
    return application


def _differ(answers: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return any(value and value != before.get(name) for name, value in answers.items())


def withdraw_application(*, actor: Actor, application: Application, at: datetime) -> Application:
    application = _locked(application)
    state = leads_to("withdraw", application.state)
    if state is None:
        raise NotOpenForChange
    before = {"state": application.state}
    application.state, application.decided_at, application.due_at = state, at, None
    application.asked_fields = []
    application.version += 1
    application.save()
    record(
        actor=actor,
        action="application.withdrawn",
        subject=application,
        at=at,
        before=before,
        after={"state": state},
    )
    emit("application.withdrawn", application_id=application.id)
    queue_letter(application, "withdrawn", at)
    return application


def forget_drafts(*, actor: Actor, at: datetime) -> int:
    """Delete drafts that were not touched for months, with what strangers wrote into them; how many."""
    old = Application.objects.select_for_update(skip_locked=True).filter(
        state="draft", saved_at__lt=at - DRAFTS_KEPT_FOR
    )
    forgotten = 0
    for application in old:
        record(actor=actor, action="application.forgotten", subject=application, at=at)
        application.delete()
        forgotten += 1
    return forgotten


def write_facts(application: Application, facts: Mapping[str, Any]) -> None:
    """Put the facts into the row with what follows from them, checked; nothing is saved yet."""
    touched = set(facts)
    for name, value in facts.items():
        setattr(application, name, value)
    if touched & {"tax_id", "country", "kpp", "ogrn"}:
        faults = faults_in_company({name: getattr(application, name) for name in FIELDS_OF["company"]})
        if faults:
            raise RequisitesWrong(faults)
    application.email = application.email.lower()
    application.tax_key = tax_key(application.tax_id)
    application.domain = domain_of(application.website, application.email)
    if touched & {"tax_id", "country", "website", "email"}:
        refuse_known_company(application, among=touched)


def refuse_known_company(application: Application, among: set[str] | None = None) -> None:
    """Raise `CompanyAlreadyHere` at the field that says who it is; of a page's save, at one of that page."""
    if company_is_known(application.id, tax=application.tax_key, domain=""):
        raise CompanyAlreadyHere("tax_id")
    if application.domain and company_is_known(application.id, tax="", domain=application.domain):
        raise CompanyAlreadyHere("email" if among and "email" in among else "website")


def missing_steps(application: Application, day: date) -> list[str]:
    """Pages of the wizard that are not complete, the agreement among them when another version binds by now."""
    questions = live_questions()
    facts = {name: getattr(application, name) for step in REQUIRED for name in REQUIRED[step]}
    missing = []
    for step in wizard_steps(has_questions=bool(questions)):
        if step == "questions":
            open_ones = [q for q in questions if q.required and not application.answers.get(str(q.id))]
            incomplete = bool(open_ones)
        elif step == "agreement":
            agreement, _consent = documents_on(day)
            incomplete = application.accepted_at is None or application.agreement_id != (
                agreement.id if agreement else None
            )
        else:
            incomplete = bool(missing_fields(facts, step))
        if incomplete:
            missing.append(step)
    return missing


def documents_on(day: date) -> tuple[DocumentVersion | None, DocumentVersion | None]:
    """The agreement and the consent that an applicant accepts on the day."""
    return current_document(DocumentKind.AGREEMENT, day), current_document(DocumentKind.CONSENT, day)


def consent_text(consent: DocumentVersion | None, language: str) -> str:
    return in_language(consent.texts, language)[0] if consent else str(DEFAULT_CONSENT)


def today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def _tell_staff(notice: str, application: Application) -> None:
    notify(
        notice,
        to=StaffPeople("applications.decide"),
        params={"reference": application.reference, "company": application.company_name},
        link=("application-detail", [application.id]),
    )


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update().get(id=application.id)


def _save_live(application: Application) -> None:
    """Two that are sent at the same moment: the second meets the constraint."""
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as clash:
        if "application_one_live_per_domain" in str(clash):
            raise CompanyAlreadyHere("website") from clash
        if "application_one_live_per_tax_id" in str(clash):
            raise CompanyAlreadyHere("tax_id") from clash
        raise
