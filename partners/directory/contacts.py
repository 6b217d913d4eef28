"""Writes of contacts.

Promise: each change is told in the partner's own audit trail; called by directory interfaces."""

from datetime import datetime
from typing import TypedDict

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
    record(actor=actor, action="contact.added", subject=partner, at=at, after=dict(facts))
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
    told = {"name": contact.name} | after
    record(actor=actor, action="contact.changed", subject=contact.partner, at=at, before=before, after=told)
    emit("contact.changed", partner_id=contact.partner_id, contact_id=contact.id)
    return contact


def remove_contact(*, actor: Actor, contact: Contact, at: datetime) -> None:
    partner, contact_id = contact.partner, contact.id
    before = {name: getattr(contact, name) for name in ("name", "email", "phone", "position")}
    contact.delete()
    record(actor=actor, action="contact.removed", subject=partner, at=at, before=before)
    emit("contact.removed", partner_id=partner.id, contact_id=contact_id)
