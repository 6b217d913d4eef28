"""What a partner may know of those below it: their public facts, and the days on which they stand there.

Promise: asked in the partner's own scope, whose walls hide the others; the guard answers for the partner in context and
for nobody else. Called by the portal of sales."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

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
