"""Letters to applicants, who have no login: queued with the change, mailed by a worker, each with the live link.

Promise: no secret is stored with a letter, and nothing that a stranger typed stands in it; a mail server that is away
loses nothing for three days. Called by onboarding actions (queue_letter) and tasks (send_letters)."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.onboarding.links import link_secret
from partners.onboarding.models import Application, ApplicationLetter
from prm.notifications.wording import absolute_link, mounted
from prm.outbox.actions import enqueue
from prm.tenancy.queries import current_tenant
from prm.web import format as formats

logger = logging.getLogger(__name__)
SEND = "partners.onboarding.send_letters"
LETTERS_AT_ONCE = 50
TRIED_FOR = timedelta(days=3)


class Words(NamedTuple):
    """A letter's subject, its text, and the page its link opens."""

    title: str | Promise
    text: str | Promise
    page: str


LETTERS = {
    "resume": Words(
        _("Your application to %(tenant)s: go on where you stopped"),
        _("What you typed is kept. This link opens your application on any device; keep it to yourself."),
        "join-resume",
    ),
    "submitted": Words(
        _("%(tenant)s has your application %(reference)s"),
        _("You will have an answer by %(until)s. The link shows where it stands."),
        "join-status",
    ),
    "asked": Words(
        _("%(tenant)s asks about your application %(reference)s"),
        _("Please answer on this page: %(asked)s"),
        "join-status",
    ),
    "rejected": Words(
        _("%(tenant)s cannot accept your application %(reference)s"),
        _("The reason: %(reason)s"),
        "join-status",
    ),
    "withdrawn": Words(
        _("Your application %(reference)s to %(tenant)s is withdrawn"),
        _("Nothing more will be done with it. You are welcome to apply again."),
        "join-status",
    ),
}


def queue_letter(application: Application, kind: str, at: datetime) -> None:
    """Mail it after commit; an application without an address gets none."""
    if application.email:
        ApplicationLetter.objects.create(application=application, kind=kind, created_at=at)
        enqueue(SEND)


def send_letters(*, at: datetime) -> int:
    """Mail what was not mailed yet; how many left. A server that is away ends the round: the sweep comes again."""
    waiting = (
        ApplicationLetter.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("application")
        .filter(sent_at__isnull=True, created_at__gte=at - TRIED_FOR)
        .order_by("id")[:LETTERS_AT_ONCE]
    )
    sent = 0
    for letter in waiting:
        try:
            _send(letter)
        except OSError as fault:  # refused, unreachable, too slow: smtplib's own errors are among them
            logger.warning("the mail server took no letter: %s", fault)
            break
        letter.sent_at = at
        letter.save(update_fields=["sent_at"])
        sent += 1
    return sent


def _send(letter: ApplicationLetter) -> None:
    tenant, application, words = current_tenant(), letter.application, LETTERS[letter.kind]
    told = {
        "tenant": tenant.name,
        "reference": application.reference,
        "asked": application.asked_text,
        "reason": application.reason,
    }
    with mounted(tenant.slug), translation.override(application.language):
        path = reverse(words.page, args=[link_secret(application)])
        told["until"] = formats.moment(application.due_at) if application.due_at else ""
        content = {
            "title": str(words.title) % told,
            "text": str(words.text) % told,
            "link": absolute_link(tenant.slug, path),
            "sender": tenant.name,
        }
        send_mail(
            subject=" ".join(content["title"].split()),
            message=render_to_string("email/application.txt", content),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[application.email],
        )
