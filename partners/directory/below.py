"""What a partner may know of those below it: their public facts, and the days on which they stand there.

Promise: asked in the partner's own scope, whose walls hide the others; the guard answers for the partner in context and
for nobody else. Who stood below before is named with those days alone. Called by the portal of sales."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.http import Http404

from partners.directory.models import PartnerStatus, PartnerType
from prm.accounts.actor import Actor


@dataclass(frozen=True)
class PartnerBelow:
    """A partner below the reader's, as of a day; `parent_id` is who stands right above it, `since` since when."""

    partner_id: UUID
    name: str
    partner_type: str
    country: str
    region: str
    tier: str
    status: str
    parent_id: UUID
    since: date

    @property
    def type_label(self) -> str:
        return str(PartnerType(self.partner_type).label)

    @property
    def status_label(self) -> str:
        return str(PartnerStatus(self.status).label)


def has_partners_below(_actor: Actor) -> bool:
    """Whether the menu names them at all: somebody stands or stood below the partner in context."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM guard.partners_below(NULL))")
        return bool(cursor.fetchone()[0])


def partners_below(on: date) -> list[PartnerBelow]:
    """All that stand below the partner in context on the day, at whatever depth, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.partners_below(%s)", [on])
        return [PartnerBelow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class StayBelow:
    """Days [starts_on, ends_on) on which a partner stood below the reader's, right under `parent`."""

    name: str
    parent_id: UUID
    parent: str
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class PlaceBelow:
    """One partner as the reader's may know it: its stays, newest first; its facts only while it stands below."""

    partner_id: UUID
    stays: list[StayBelow]
    partner: PartnerBelow | None
    path: list[PartnerBelow]
    children: list[PartnerBelow]

    @property
    def name(self) -> str:
        return self.stays[0].name


def access_place_below(partner_id: UUID, on: date) -> PlaceBelow:
    """A partner that stands or stood below the one in context, as of a day; anybody else answers 404."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.place_below(%s)", [partner_id])
        stays = [StayBelow(*row) for row in cursor.fetchall()]
    if not stays:
        raise Http404
    today = partners_below(on)
    known = {partner.partner_id: partner for partner in today}
    children = [partner for partner in today if partner.parent_id == partner_id]
    return PlaceBelow(partner_id, stays, known.get(partner_id), _path(known, partner_id), children)


def _path(known: dict[UUID, PartnerBelow], partner_id: UUID) -> list[PartnerBelow]:
    """Who stands between the reader's partner and this one, from the top."""
    path: list[PartnerBelow] = []
    here = known.get(partner_id)
    while here is not None and (above := known.get(here.parent_id)) is not None and above not in path:
        path.insert(0, above)
        here = above
    return path
