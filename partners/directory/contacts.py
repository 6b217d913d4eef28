"""Writes of contacts.

Promise: each change is told in the partner's own audit trail; called by directory interfaces."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from partners.directory.models import Contact, Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit


class ContactFacts(TypedDict, total=False):
    """What may be told of a contact; a key that is absent stays as it is."""

    name: str
    email: str
    phone: str
    position: str


def add_contact(*, actor: Actor, partner: Partner, facts: ContactFacts, at: datetime) -> Contact:
    contact = Contact.objects.create(partner=partner, **facts)
    record(actor=actor, action="contact.added", subject=partner, at=at, after=_told(facts))
    emit("contact.added", partner_id=partner.id, contact_id=contact.id)
    return contact


def change_contact(*, actor: Actor, contact: Contact, changes: ContactFacts, at: datetime) -> Contact:
    contact = Contact.objects.select_for_update(of=("self",)).select_related("partner").get(id=contact.id)
    before = {
        name: getattr(contact, name) for name, value in changes.items() if getattr(contact, name) != value
    }
    if not before:
        return contact
    after = {name: value for name, value in changes.items() if name in before}
    for name, value in after.items():
        setattr(contact, name, value)
    contact.save()
    record(
        actor=actor,
        action="contact.changed",
        subject=contact.partner,
        at=at,
        before=_told(before),
        after=_told({"name": contact.name} | after),
    )
    emit("contact.changed", partner_id=contact.partner_id, contact_id=contact.id)
    return contact


def remove_contact(*, actor: Actor, contact: Contact, at: datetime) -> None:
    partner, contact_id = contact.partner, contact.id
    before = {name: getattr(contact, name) for name in ("name", "email", "phone", "position")}
    contact.delete()
    record(actor=actor, action="contact.removed", subject=partner, at=at, before=_told(before))
    emit("contact.removed", partner_id=partner.id, contact_id=contact_id)


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the partner's trail keeps them: there "name" is the partner's own."""
    return {"contact" if name == "name" else name: value for name, value in facts.items()}
