"""Decisions of the vendor: take into review, ask back, approve into a partner, reject; one by one or many.

Promise: an application is decided once, the second decider hears who was first; approval makes partner, contact,
first steps and invitation together or not at all. Called by onboarding.{console,api}."""

import dataclasses
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from partners.directory.actions import PartnerCodeTaken, assign_manager, create_partner
from partners.directory.contacts import add_contact
from partners.directory.models import Partner
from partners.onboarding.agreements import keep_acceptances_of
from partners.onboarding.journeys import start_journey
from partners.onboarding.letters import queue_letter
from partners.onboarding.models import Application
from partners.onboarding.queries import live_questions, suggested_code, visible_applications
from partners.onboarding.rules import ASKABLE, QUESTION, leads_to
from prm.accounts.actions import RoleNotGrantable
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import PARTNER_ADMIN, PROGRAMME_ADMIN
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.web import format as formats
from prm.workspace.letters import LetterNotSent, invite_by_letter


class ApplicationMoved(Exception):
    """Somebody else was first, or the application is not at a place from which this can be said."""

    code = "application_moved"

    def __init__(self, application: Application) -> None:
        super().__init__(self.code)
        self.application = application

    @property
    def message(self) -> str:
        row = self.application
        if row.state in ("approved", "rejected"):
            words = {
                "approved": _("%(who)s approved this application on %(moment)s."),
                "rejected": _("%(who)s rejected this application on %(moment)s."),
            }[row.state]
            who = formats.who(row.decided_by_label)
            return words % {"who": who, "moment": formats.moment(row.decided_at) if row.decided_at else ""}
        if row.state == "withdrawn":
            return _("The applicant withdrew this application.")
        if row.state == "action_required":
            return _("The applicant is being asked already.")
        return pgettext("application", "Somebody has taken this application into review already.")


class ReasonMissing(Exception):
    """A rejection and a question are read by a person: they need words."""

    code = "reason_missing"
    field = "reason"
    message = gettext_lazy("Write the reason: the applicant reads it.")


class FieldUnknown(Exception):
    """A field that an application does not have was asked about."""

    code = "field_unknown"
    field = "fields"
    message = gettext_lazy("An application has no such field.")


@dataclass(frozen=True)
class Terms:
    """What the new partner begins with; an empty code takes the application's reference."""

    code: str = ""
    partner_type: str = ""
    tier: str = ""
    manager: Membership | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a bulk decision: no message means it was done."""

    application: Application
    message: str = ""


def start_review(*, actor: Actor, application: Application, at: datetime) -> Application:
    application, state = _to("review", application)
    application.reviewed_at = at
    return _kept(actor, application, state, "application.reviewed", at)


def ask_applicant(
    *, actor: Actor, application: Application, fields: Collection[str], text: str, at: datetime
) -> Application:
    """Ask back; only the named fields open. Raises `ApplicationMoved`, `ReasonMissing`, `FieldUnknown`."""
    if not text.strip():
        raise ReasonMissing
    if not set(fields) <= {*ASKABLE, *(f"{QUESTION}{question.id}" for question in live_questions())}:
        raise FieldUnknown
    application, state = _to("ask", application)
    application.reviewed_at = application.reviewed_at or at
    application.asked_at, application.asked_text = at, text.strip()
    application.asked_fields, application.reply, application.due_at = sorted(fields), "", None
    kept = _kept(actor, application, state, "application.asked", at, reason=text.strip())
    queue_letter(application, "asked", at)
    return kept


def reject_application(*, actor: Actor, application: Application, reason: str, at: datetime) -> Application:
    """Say no, with the reason. Raises `ApplicationMoved`, `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing
    application, state = _to("reject", application)
    application.reviewed_at = application.reviewed_at or at
    application.reason = reason.strip()
    _decide(actor, application, at)
    kept = _kept(actor, application, state, "application.rejected", at, reason=reason.strip())
    queue_letter(application, "rejected", at)
    return kept


def approve_application(*, actor: Actor, application: Application, terms: Terms, at: datetime) -> Partner:
    """Make it a partner, and invite the contact as its administrator.

    Raises `ApplicationMoved`, `PartnerCodeTaken`, and `LetterNotSent` when the mail server takes no invitation; then
    nothing was written.
    """
    with transaction.atomic():
        application, state = _to("approve", application)
        partner = _make_partner(actor, application, terms, at)
        application.reviewed_at = application.reviewed_at or at
        application.partner = partner
        _decide(actor, application, at)
        _kept(actor, application, state, "application.approved", at)
        keep_acceptances_of(application, partner)
        start_journey(actor=actor, partner=partner, at=at)
        place = {
            "email": application.email,
            "role": PARTNER_ADMIN,
            "partner_id": partner.id,
            "sees_money": True,
        }
        # Who may approve gives this one place, whatever places they may give otherwise.
        inviter = dataclasses.replace(actor, role=PROGRAMME_ADMIN)
        invite_by_letter(actor=inviter, place=place, language=application.language, at=at)
    return partner


def _make_partner(actor: Actor, application: Application, terms: Terms, at: datetime) -> Partner:
    facts: Any = {
        "code": terms.code.strip() or suggested_code(application),
        "name": application.company_name,
        "legal_name": application.legal_name,
        "tax_id": application.tax_id,
        "partner_type": terms.partner_type or application.partner_type,
        "country": application.country,
        "region": (application.regions or [""])[0],
        "tier": terms.tier,
        "website": application.website,
    }
    partner = create_partner(actor=actor, facts=facts, at=at)
    contact: Any = {
        "name": application.contact_name,
        "email": application.email,
        "phone": application.phone,
        "position": application.position,
    }
    add_contact(actor=actor, partner=partner, facts=contact, at=at)
    if terms.manager is not None:
        partner = assign_manager(actor=actor, partner=partner, manager=terms.manager, at=at)
    return partner


def approve_many(*, actor: Actor, ids: Iterable[UUID], at: datetime) -> list[Outcome]:
    """Each by itself with what the applicant wrote; the report says which could not be approved, and why."""

    def approve(application: Application) -> None:
        approve_application(actor=actor, application=application, terms=Terms(), at=at)

    return _each(actor, ids, approve)


def reject_many(*, actor: Actor, ids: Iterable[UUID], reason: str, at: datetime) -> list[Outcome]:
    if not reason.strip():
        raise ReasonMissing

    def reject(application: Application) -> None:
        reject_application(actor=actor, application=application, reason=reason, at=at)

    return _each(actor, ids, reject)


def _each(actor: Actor, ids: Iterable[UUID], decide: Callable[[Application], None]) -> list[Outcome]:
    outcomes = []
    rows = visible_applications(actor).filter(id__in=set(ids)).order_by("submitted_at", "id")
    for application in rows:
        try:
            with transaction.atomic():
                decide(application)
        except (ApplicationMoved, PartnerCodeTaken) as refusal:
            outcomes.append(Outcome(application, str(refusal.message)))
        except LetterNotSent:
            outcomes.append(Outcome(application, letter_not_sent()))
        else:
            outcomes.append(Outcome(application))
    return outcomes


def letter_not_sent() -> str:
    return _("The mail server did not take the invitation, so nothing was done. Try again in a few minutes.")


def _to(verb: str, application: Application) -> tuple[Application, str]:
    """The row, locked, and the state the verb leads to."""
    application = Application.objects.select_for_update().get(id=application.id)
    state = leads_to(verb, application.state)
    if state is None:
        raise ApplicationMoved(application)
    return application, state


def _decide(actor: Actor, application: Application, at: datetime) -> None:
    application.decided_at, application.decided_by_label = at, actor.label
    application.asked_fields, application.due_at = [], None


def _kept(
    actor: Actor, application: Application, state: str, action: str, at: datetime, reason: str = ""
) -> Application:
    before = {"state": application.state}
    application.state = state
    application.version += 1
    application.save()
    record(
        actor=actor,
        action=action,
        subject=application,
        at=at,
        before=before,
        after={"state": state},
        reason=reason,
    )
    emit(action, application_id=application.id)
    return application


__all__ = [
    "ApplicationMoved",
    "FieldUnknown",
    "LetterNotSent",
    "Outcome",
    "PartnerCodeTaken",
    "ReasonMissing",
    "RoleNotGrantable",
    "Terms",
    "approve_application",
    "approve_many",
    "ask_applicant",
    "reject_application",
    "reject_many",
    "start_review",
]
