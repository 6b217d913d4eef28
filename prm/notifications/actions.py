"""Telling people: `notify` rings after commit, a worker writes the notices and sends the letters.

Promise: works from a partner's scope, which sees no one else's rows; a ring that arrives twice tells once; a letter
that could not be sent is tried again by the sweep for three days. Called by actions of every room; tasks; pages."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.kit.ids import uuid7
from prm.notifications import queries
from prm.notifications.kinds import kind_of
from prm.notifications.models import Notice
from prm.notifications.rules import Value, stored
from prm.notifications.wording import absolute_link, mounted, said
from prm.outbox.actions import enqueue
from prm.tenancy.queries import current_tenant

logger = logging.getLogger(__name__)
DELIVER = "prm.notifications.deliver"
LETTERS_AT_ONCE = 50
TRIED_FOR = timedelta(days=3)


@dataclass(frozen=True)
class PartnerPeople:
    """The people of a partner who hold a permission."""

    partner_id: UUID
    permission: str


@dataclass(frozen=True)
class StaffPeople:
    """The vendor's person in charge (`first`, a membership), else everybody who holds the permission."""

    permission: str
    first: UUID | None = None


@dataclass(frozen=True)
class OnePerson:
    membership_id: UUID


@dataclass(frozen=True)
class Address:
    """Somebody without a login: a letter alone, in the given language."""

    email: str
    language: str = "en"


Readers = PartnerPeople | StaffPeople | OnePerson | Address
READERS = {reader.__name__: reader for reader in (PartnerPeople, StaffPeople, OnePerson, Address)}
Link = tuple[str, Sequence[Any]] | str


def notify(kind: str, *, to: Readers, params: Mapping[str, Value] | None = None, link: Link = "") -> None:
    """Tell the readers after commit. `link` is a page's name with its arguments, or a path inside the tenant."""
    kind_of(kind)
    name, args = ("", []) if isinstance(link, str) else link
    enqueue(
        DELIVER,
        ring_id=str(uuid7()),
        kind=kind,
        readers={
            "who": type(to).__name__,
            **{key: None if value is None else str(value) for key, value in asdict(to).items()},
        },
        params=stored(params or {}),
        link={
            "name": name,
            "args": [str(arg) for arg in args],
            "path": link if isinstance(link, str) else "",
        },
    )


def deliver(
    *,
    ring_id: UUID,
    kind: str,
    readers: dict[str, Any],
    params: dict[str, Any],
    link: dict[str, Any],
    at: datetime,
) -> None:
    """Write one notice per reader; those that stand already are left as they are."""
    told = {
        "ring": ring_id,
        "kind": kind,
        "params": params,
        "link_name": link["name"],
        "link_args": link["args"],
        "link_path": link["path"],
        "created_at": at,
    }
    who = _readers(readers)
    if isinstance(who, Address):
        notices = [Notice(address=who.email, language=who.language, **told)]
    else:
        notices = [
            Notice(member_id=member.id, partner_id=member.partner_id, **told) for member in _members(who)
        ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def send_letters(*, at: datetime) -> int:
    """Mail what was not mailed yet; how many left. A server that is away ends the round: the sweep comes again."""
    waiting = (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("member__user")
        .filter(mailed_at__isnull=True, created_at__gte=at - TRIED_FOR)
        .order_by("id")[:LETTERS_AT_ONCE]
    )
    sent = 0
    for notice in waiting:
        try:
            _send(notice)
        except OSError as fault:  # refused, unreachable, too slow: smtplib's own errors are among them
            logger.warning("the mail server took no letter: %s", fault)
            break
        notice.mailed_at = at
        notice.save(update_fields=["mailed_at"])
        sent += 1
    return sent


def mark_read(*, actor: Actor, notice: Notice, at: datetime) -> None:
    queries.notices_of(actor).filter(id=notice.id, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, actor: Actor, at: datetime) -> None:
    queries.notices_of(actor).filter(read_at__isnull=True).update(read_at=at)


def _readers(told: dict[str, Any]) -> Readers:
    return READERS[told["who"]](**{key: value for key, value in told.items() if key != "who"})


def _members(who: Readers) -> list[Membership]:
    match who:
        case PartnerPeople(partner_id, permission):
            return queries.partner_people(partner_id, permission)
        case StaffPeople(permission, first):
            return queries.staff_people(permission, first)
        case OnePerson(membership_id):
            return queries.one_person(membership_id)
        case _:
            raise TypeError(who)


def _send(notice: Notice) -> None:
    tenant = current_tenant()
    reader = notice.member.user if notice.member else None
    with mounted(tenant.slug), translation.override(reader.language if reader else notice.language):
        words = said(notice)
        content = {
            "title": words.title,
            "text": words.text,
            "link": absolute_link(tenant.slug, words.path) if words.path else "",
            "sender": tenant.name,
            "has_login": reader is not None,
        }
        send_mail(
            subject=" ".join(words.title.split()),
            message=render_to_string("email/notice.txt", content),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[reader.email if reader else notice.address],
        )
