"""Writes of a partner's profile, documents and place in the public directory.

Promise: what a partner's people may not say is refused by name; one trail line per write, on the partner; nothing is
written where anything is wrong. Called by profiles interfaces and tasks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import PartnerChangedMeanwhile, refuse_merged
from partners.directory.models import Partner, PartnerStatus
from partners.profiles.completeness import completeness_of
from partners.profiles.fields import Values, write_values
from partners.profiles.models import ENDING, Listing, PartnerDocument
from partners.profiles.presentation import said_changes
from partners.profiles.terms import OWN_TERM_FIELDS, TERM_FIELDS, Codes, write_terms
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import remove_file, store_file
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Value
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

CUSTOM = "custom_fields"
TAKING_PART = (PartnerStatus.ACTIVE, PartnerStatus.PAUSED)


class DocumentFacts(TypedDict):
    """`shared`: the partner's people read it too."""

    kind: str
    title: str
    valid_until: date | None
    shared: bool


class TermNotYours(Exception):
    """What the vendor says of a partner, the partner does not."""

    code = "term_not_yours"
    message = _("This list is kept by the vendor.")

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class DocumentNotYours(Exception):
    """A partner's people take back what they sent, nothing else."""

    code = "document_not_yours"
    message = _("Only who stored a document can remove it.")


@transaction.atomic
def write_profile(
    *, actor: Actor, partner: Partner, told: Mapping[str, Any], at: datetime, version: int | None = None
) -> Partner:
    """Write the lists and custom fields that are told; absent ones stay as they are.

    `told`: codes by list ("industries": ["retail"]), and "custom_fields": values by code.
    Raises `PartnerMerged`, `PartnerChangedMeanwhile`, `TermNotYours`, `TermUnknown`, `FieldValueInvalid`.
    """
    partner = Partner.objects.select_for_update().get(id=partner.id)
    refuse_merged(partner)
    if version is not None and partner.version != version:
        raise PartnerChangedMeanwhile(partner)
    lists = {name: codes for name, codes in told.items() if name in TERM_FIELDS}
    foreign = [name for name in lists if actor.is_partner and name not in OWN_TERM_FIELDS]
    if foreign:
        raise TermNotYours(foreign[0])
    was_complete = completeness_of(partner.id).is_complete if actor.is_partner else True
    today = at.astimezone(current_tenant().zone).date()
    with transaction.atomic():
        terms = write_terms(partner, lists, on=today)
        values = write_values(actor, partner, told.get(CUSTOM, {}))
    if not note_changes(actor, partner, terms, values, at):
        return partner
    partner.version += 1
    partner.changed_at = at
    partner.save(update_fields=["version", "changed_at"])
    emit("partner.profile_changed", partner_id=partner.id, fields=sorted(terms[1]), custom=sorted(values[1]))
    if not was_complete and completeness_of(partner.id).is_complete:
        emit("partner.profile_completed", partner_id=partner.id, completed_on=today.isoformat())
    return partner


def note_changes(
    actor: Actor, partner: Partner, terms: tuple[Codes, Codes], values: tuple[Values, Values], at: datetime
) -> bool:
    """What was and is, one entry for each list and each custom field, in the partner's trail; False of no change."""
    before, after = said_changes(terms, values)
    if before or after:
        record(actor=actor, action="profile.changed", subject=partner, at=at, before=before, after=after)
    return bool(before or after)


@transaction.atomic
def add_document(
    *, actor: Actor, company: Partner, facts: DocumentFacts, name: str, content: bytes, at: datetime
) -> PartnerDocument:
    """Keep a paper of a partner. What its own people send is always shared. Raises what `store_file` raises."""
    refuse_merged(company)
    seen_by = company.id if facts["shared"] or actor.is_partner else None
    file = store_file(actor=actor, purpose="document", name=name, content=content, at=at, partner_id=seen_by)
    document = PartnerDocument.objects.create(
        company=company,
        partner_id=seen_by,
        kind=facts["kind"],
        title=facts["title"],
        valid_until=facts["valid_until"],
        file=file,
        stored_by_id=actor.id,
        stored_by_label=actor.label,
        stored_at=at,
    )
    after = {"document": document.title, "valid_until": document.valid_until, "shared": document.is_shared}
    record(actor=actor, action="document.added", subject=company, at=at, after=after)
    emit("partner.document_added", partner_id=company.id, document_id=document.id)
    return document


@transaction.atomic
def remove_document(*, actor: Actor, document: PartnerDocument, at: datetime) -> None:
    """Out of the record, and its bytes out of the store; the trail keeps its title. Raises `DocumentNotYours`."""
    if actor.is_partner and document.stored_by_id != actor.id:
        raise DocumentNotYours
    company, document_id = document.company, document.id
    document.delete()
    remove_file(actor=actor, stored=document.file, at=at)
    record(
        actor=actor, action="document.removed", subject=company, at=at, before={"document": document.title}
    )
    emit("partner.document_removed", partner_id=company.id, document_id=document_id)


def remind_of_ends(*, today: date) -> int:
    """Tell of papers that end within thirty days: the staff, and the partner where it reads them; once for each end."""
    ending = PartnerDocument.objects.select_related("company").filter(
        valid_until__range=(today, today + ENDING), company__status__in=TAKING_PART
    )
    told = 0
    for document in ending.exclude(reminded_for=F("valid_until")):
        assert document.valid_until is not None
        company = document.company
        params: dict[str, Value] = {
            "title": document.title,
            "partner": company.name,
            "until": document.valid_until,
        }
        staff = StaffPeople("profiles.change", first=company.manager_id)
        notify("document.ending_staff", to=staff, params=params, link=("partner-detail", [company.id]))
        if document.is_shared:
            people = PartnerPeople(company.id, "own_profile.change")
            notify("document.ending", to=people, params=params, link=("portal-profile", []))
        document.reminded_for = document.valid_until
        document.save(update_fields=["reminded_for"])
        told += 1
    return told


@transaction.atomic
def list_publicly(*, actor: Actor, partner: Partner, about: str, at: datetime) -> Listing:
    """Stand in the public directory with these words, or change them."""
    refuse_merged(partner)
    listing, made = Listing.objects.get_or_create(partner=partner, defaults={"about": about, "listed_at": at})
    if not made and listing.about == about:
        return listing
    listing.about = about
    listing.save(update_fields=["about"])
    record(
        actor=actor,
        action="partner.listed" if made else "partner.listing_changed",
        subject=partner,
        at=at,
        after={"about": about},
    )
    return listing


@transaction.atomic
def unlist(*, actor: Actor, partner: Partner, at: datetime) -> None:
    """Out of the public directory."""
    gone, _rows = Listing.objects.filter(partner=partner).delete()
    if gone:
        record(actor=actor, action="partner.unlisted", subject=partner, at=at)
