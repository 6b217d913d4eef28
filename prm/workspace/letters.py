"""The invitation as a letter: an absolute link that works once, in the language that was chosen for the reader.

Promise: an offer stands only if the mail server took its letter; called by workspace pages.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from prm.accounts.actions import invite
from prm.accounts.actor import Actor
from prm.accounts.models import ROLE_LABELS, Invitation
from prm.tenancy.queries import current_tenant
from prm.workspace.companies import company_names


class LetterNotSent(Exception):
    """The mail server did not take the letter; no offer was made."""

    code = "letter_not_sent"


def invite_by_letter(*, actor: Actor, place: dict[str, Any], language: str, at: datetime) -> Invitation:
    """Offer a place (`place` holds the arguments of `invite`) and send its link, both or neither."""
    with transaction.atomic():
        invitation, secret = invite(actor=actor, at=at, **place)
        try:
            _send(invitation, secret=secret, language=language)
        except OSError as fault:  # refused, unreachable, too slow: smtplib's own errors are among them
            raise LetterNotSent from fault
    return invitation


def _send(invitation: Invitation, *, secret: str, language: str) -> None:
    partner_id, sender = invitation.partner_id, current_tenant().name
    company = company_names([partner_id]).get(partner_id, "") if partner_id else ""
    with translation.override(language):
        content = {
            "invitation": invitation,
            "role_label": ROLE_LABELS[invitation.role],
            "sender": sender,
            "company": company,
            "link": link_to(secret),
        }
        send_mail(
            subject=_("%(tenant)s invites you to its partner portal") % {"tenant": sender},
            message=render_to_string("account/invitation.txt", content),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[invitation.email],
        )


def link_to(secret: str) -> str:
    """The address lies outside every tenant, whatever page is being answered."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return settings.BASE_URL.rstrip("/") + reverse("invitation", args=[secret])
    finally:
        set_script_prefix(prefix)
