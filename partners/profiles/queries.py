"""Reads of documents, listings and the public directory.

Promise: a partner's people get what is shared with them alone; strangers get what a listed partner said of itself and
what its programme says of it, nothing else. Called by profiles actions and interfaces."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.shortcuts import get_object_or_404

from partners.directory.queries import visible_partners
from partners.profiles.models import Listing, PartnerDocument
from prm.accounts.actor import Actor
from prm.files.models import StoredFile


@dataclass(frozen=True)
class Listed:
    """A partner in the public directory; `specialisations` are labels, English and Russian."""

    name: str
    partner_type: str
    country: str
    region: str
    tier: str
    website: str
    about: str
    specialisations: list[tuple[str, str, str]]


def list_documents(company_id: UUID) -> list[PartnerDocument]:
    """The newest first, as far as the context shows them."""
    rows = PartnerDocument.objects.filter(company_id=company_id).select_related("file")
    return list(rows.order_by("-stored_at", "-id"))


def access_document(actor: Actor, document_id: UUID) -> PartnerDocument:
    rows = PartnerDocument.objects.filter(company_id__in=visible_partners(actor).values("id"))
    return get_object_or_404(rows.select_related("company", "file"), id=document_id)


def may_open_document(actor: Actor, stored: StoredFile) -> bool:
    rows = PartnerDocument.objects.filter(company_id__in=visible_partners(actor).values("id"))
    return rows.filter(file_id=stored.id).exists()


def find_listing(partner_id: UUID) -> Listing | None:
    return Listing.objects.filter(partner_id=partner_id).first()


def public_directory() -> list[Listed]:
    """Everybody who opted in and takes part today, in alphabetical order; two questions to the guard."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.listed_specialisations()")
        words: dict[UUID, list[tuple[str, str, str]]] = {}
        for partner_id, code, english, russian in cursor.fetchall():
            words.setdefault(partner_id, []).append((code, english, russian))
        cursor.execute("SELECT * FROM guard.listed_partners()")
        return [
            Listed(name, kind, country, region, tier, website, about, words.get(partner_id, []))
            for partner_id, name, kind, country, region, tier, website, about in cursor.fetchall()
        ]
