"""Reads of documents, listings and the public directory.

Promise: a partner's people get what is shared with them alone; strangers get what a listed partner said of itself and
what its programme says of it, nothing else. Called by profiles actions and interfaces."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from partners.directory.models import Partner, PartnerStatus
from partners.directory.queries import visible_partners
from partners.profiles.models import Listing, PartnerDocument
from prm.accounts.actor import Actor
from prm.files.models import StoredFile
from prm.kit.searching import search_key

LISTED_ON_A_PAGE = 24


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
    return list(document_rows(company_id).order_by("-stored_at", "-id"))


def document_rows(company_id: UUID) -> QuerySet[PartnerDocument]:
    return PartnerDocument.objects.filter(company_id=company_id).select_related("file")


def access_document(actor: Actor, document_id: UUID) -> PartnerDocument:
    rows = PartnerDocument.objects.filter(company_id__in=visible_partners(actor).values("id"))
    return get_object_or_404(rows.select_related("company", "file"), id=document_id)


def may_open_document(actor: Actor, stored: StoredFile) -> bool:
    rows = PartnerDocument.objects.filter(company_id__in=visible_partners(actor).values("id"))
    return rows.filter(file_id=stored.id).exists()


def is_active(partner_id: UUID) -> bool:
    """Whether it takes part today: others are in no public directory, opted in or not."""
    return Partner.objects.filter(id=partner_id, status=PartnerStatus.ACTIVE).exists()


def find_listing(partner_id: UUID) -> Listing | None:
    return Listing.objects.filter(partner_id=partner_id).first()


@dataclass(frozen=True)
class Found:
    """A page of the public directory; `count` fit, on `pages` pages."""

    listed: list[Listed]
    count: int
    page: int
    pages: int


_TOLD = ("name", "partner_type", "country", "region", "tier", "website", "about")
_FITTING = """
SELECT p.partner_id, p.name, p.partner_type, p.country, p.region, p.tier, p.website, p.about, count(*) OVER ()
FROM guard.listed_partners() p
WHERE (%(country)s = '' OR p.country = %(country)s) AND (%(region)s = '' OR p.region = %(region)s)
    AND (%(specialisation)s = '' OR p.partner_id IN (
        SELECT s.partner_id FROM guard.listed_specialisations() s WHERE s.code = %(specialisation)s))
    AND (%(key)s = '' OR strpos(p.name_key, %(key)s) > 0 OR strpos(lower(p.about), %(typed)s) > 0
        OR strpos(lower(p.region), %(typed)s) > 0)
ORDER BY p.name_key, p.partner_id LIMIT %(rows)s OFFSET %(skipped)s
"""
_OFFERED = """
SELECT array_agg(DISTINCT p.country) FILTER (WHERE p.country <> ''),
    array_agg(DISTINCT p.region) FILTER (WHERE p.region <> ''), count(*) FROM guard.listed_partners() p
"""


def public_directory(
    *, q: str = "", country: str = "", region: str = "", specialisation: str = "", page: int = 1
) -> Found:
    """A page of those who opted in and take part today, by name; a page that is not there answers 404."""
    asked: dict[str, str | int] = {
        "country": country,
        "region": region,
        "specialisation": specialisation,
        "key": search_key(q) if q.strip() else "",
        "typed": q.strip().lower(),
        "rows": LISTED_ON_A_PAGE,
        "skipped": (page - 1) * LISTED_ON_A_PAGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FITTING, asked)
        rows = cursor.fetchall()
        words = _specialisations(cursor)
    if page > 1 and not rows:
        raise Http404
    count = rows[0][-1] if rows else 0
    listed = [
        Listed(**dict(zip(_TOLD, row[1:-1], strict=True)), specialisations=words.get(row[0], []))
        for row in rows
    ]
    return Found(listed, count, page, -(-count // LISTED_ON_A_PAGE) or 1)


@dataclass(frozen=True)
class Offered:
    """What the public directory can be narrowed to; `count` stand in it."""

    countries: list[str]
    regions: list[str]
    specialisations: list[tuple[str, str, str]]
    count: int


def directory_offers() -> Offered:
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED)
        countries, regions, count = cursor.fetchone()
        words = {word for told in _specialisations(cursor).values() for word in told}
    return Offered(countries or [], regions or [], sorted(words), count)


def is_anybody_listed() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM guard.listed_partners())")
        return bool(cursor.fetchone()[0])


def _specialisations(cursor: Any) -> dict[UUID, list[tuple[str, str, str]]]:
    cursor.execute("SELECT * FROM guard.listed_specialisations()")
    words: dict[UUID, list[tuple[str, str, str]]] = {}
    for partner_id, code, english, russian in cursor.fetchall():
        words.setdefault(partner_id, []).append((code, english, russian))
    return words
