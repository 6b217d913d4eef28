"""The waiting list of a closed programme: who asked to hear when it opens, and the letter that says so.

Promise: one row per address, and whoever asks again is answered the same; nothing that a stranger typed stands in a
letter; a row is forgotten on request, and half a year after its letter. Called by onboarding interfaces."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.onboarding.drafts import consent_text, documents_on, today
from partners.onboarding.letters import LETTERS_AT_ONCE, SEND, TRIED_FOR
from partners.onboarding.models import WaitingCompany
from partners.onboarding.queries import programme
from partners.onboarding.refusals import ProgrammeClosed
from partners.onboarding.rules import text_hash
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.wording import absolute_link, mounted
from prm.outbox.actions import emit, enqueue
from prm.tenancy.queries import current_tenant

logger = logging.getLogger(__name__)
ORDER = ("joined_at", "id")
KEPT_AFTER_THE_LETTER = timedelta(days=180)
SOURCE = "waiting-list"


class ProgrammeIsOpen(Exception):
    """Nobody has to wait: an application can be sent."""

    code = "programme_is_open"
    message = gettext_lazy("The programme takes applications now: you need not wait.")


class NobodyWaits(Exception):
    """Everybody on the list was written to."""

    code = "nobody_waits"
    message = gettext_lazy("Nobody waits for a letter.")


def join_waiting_list(*, actor: Actor, facts: Mapping[str, str], consent_language: str, at: datetime) -> None:
    """Write the company down, with the consent it gave. An address that is there already stays as it is, and nobody is
    told. Raises `ProgrammeIsOpen`."""
    if programme().is_open:
        raise ProgrammeIsOpen
    _agreement, consent = documents_on(today(at))
    row = WaitingCompany(
        company_name=facts["company_name"],
        contact_name=facts["contact_name"],
        email=facts["email"].lower(),
        language=facts["language"],
        consent=consent,
        consent_hash=text_hash(consent_text(consent, consent_language)),
        consent_language=consent_language,
        joined_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as clash:
        if "waiting_once_per_address" in str(clash):
            return
        raise
    after = {"consent": consent.number if consent else None, "text_hash": row.consent_hash}
    record(actor=actor, action="waiting.joined", subject=row, at=at, after=after)
    emit("waiting.joined", waiting_id=row.id)


def list_waiting() -> QuerySet[WaitingCompany]:
    return WaitingCompany.objects.all()


def access_waiting(waiting_id: UUID) -> WaitingCompany:
    return get_object_or_404(WaitingCompany, id=waiting_id)


def unwritten(at: datetime) -> QuerySet[WaitingCompany]:
    """Those to whom no letter was sent, or who did not get it as long as it was tried."""
    is_due = Q(invited_at__isnull=True) | Q(invited_at__lt=at - TRIED_FOR)
    return list_waiting().filter(is_due, mailed_at__isnull=True)


def count_unwritten(at: datetime) -> int:
    """How many may be written to now: none while the programme is closed."""
    return unwritten(at).count() if programme().is_open else 0


def invite_waiting(*, actor: Actor, at: datetime) -> int:
    """Write to everybody who was not written to yet that applications are open; how many.

    Raises `ProgrammeClosed`, `NobodyWaits`."""
    settings_of = programme()
    if not settings_of.is_open:
        raise ProgrammeClosed
    rows = list(unwritten(at).select_for_update().order_by(*ORDER))
    if not rows:
        raise NobodyWaits
    for row in rows:
        row.invited_at = at
    WaitingCompany.objects.bulk_update(rows, ["invited_at"])
    record(actor=actor, action="waiting.invited", subject=settings_of, at=at, after={"companies": len(rows)})
    enqueue(SEND)
    return len(rows)


def forget_waiting(*, actor: Actor, waiting: WaitingCompany, at: datetime) -> None:
    """Take a company off the list with all that it typed."""
    record(actor=actor, action="waiting.forgotten", subject=waiting, at=at)
    waiting.delete()


def forget_answered(*, actor: Actor, at: datetime) -> int:
    """Forget those whose letter left half a year ago; how many."""
    old = list_waiting().select_for_update(skip_locked=True).filter(mailed_at__lt=at - KEPT_AFTER_THE_LETTER)
    forgotten = 0
    for row in old:
        forget_waiting(actor=actor, waiting=row, at=at)
        forgotten += 1
    return forgotten


def mail_waiting(*, at: datetime) -> int:
    """Mail the letters that wait; how many left. A server that is away ends the round: the sweep comes again."""
    waiting = (
        list_waiting()
        .select_for_update(skip_locked=True)
        .filter(mailed_at__isnull=True, invited_at__gte=at - TRIED_FOR)
        .order_by(*ORDER)[:LETTERS_AT_ONCE]
    )
    sent = 0
    for row in waiting:
        try:
            _send(row)
        except OSError as fault:  # refused, unreachable, too slow: smtplib's own errors are among them
            logger.warning("the mail server took no letter: %s", fault)
            break
        row.mailed_at = at
        row.save(update_fields=["mailed_at"])
        sent += 1
    return sent


def _send(row: WaitingCompany) -> None:
    tenant = current_tenant()
    with mounted(tenant.slug), translation.override(row.language):
        content = {
            "title": _("%(vendor)s takes applications again") % {"vendor": tenant.name},
            "text": _("You asked us to write when our partner programme opens. Here you can apply."),
            "link": f"{absolute_link(tenant.slug, reverse('join'))}?source={SOURCE}",
            "sender": tenant.name,
        }
        send_mail(
            subject=" ".join(content["title"].split()),
            message=render_to_string("email/application.txt", content),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[row.email],
        )
