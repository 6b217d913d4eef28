"""Looking at the portal as a partner sees it: what a session remembers of it, and the actor that follows.

Promise: it ends by itself, is entered by who may alone, and the actor it gives changes nothing: every post is refused
and the database takes no writes. Called by the middleware, the page that begins it, and the banner."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models

from prm.accounts.actor import Actor
from prm.accounts.permissions import PARTNER_ADMIN, permissions_of
from prm.accounts.queries import Place
from prm.audit.actions import record

PERMISSION = "partners.view_as"
LASTS = timedelta(minutes=30)
_KEY = "viewing"
_READS = frozenset({"view", "open", "own"})  # last words of the permissions that only show


@dataclass(frozen=True)
class Viewing:
    """Who looks (`membership_id`), as which partner, and until when."""

    membership_id: UUID
    partner_id: UUID
    partner_name: str
    ends_at: datetime


def begin_viewing(
    session: MutableMapping[str, Any], *, actor: Actor, company: models.Model, at: datetime
) -> None:
    """Look as this company from now on; it stands in the company's trail."""
    ends_at = at + LASTS
    session[_KEY] = {
        "membership": str(actor.id),
        "partner": str(company.pk),
        "name": str(company),
        "until": ends_at.isoformat(),
    }
    after = {"until": ends_at.isoformat(timespec="minutes")}
    record(actor=actor, action="partner.viewed_as", subject=company, at=at, after=after)


def end_viewing(session: MutableMapping[str, Any]) -> Viewing | None:
    """Forget it; what it was, if there was one."""
    kept = session.pop(_KEY, None)
    return _read(kept) if kept else None


def viewing_in(session: Mapping[str, Any], places: Iterable[Place], *, at: datetime) -> Viewing | None:
    """The viewing that is on: not over, and its person still holds the place and the right."""
    kept = session.get(_KEY)
    viewing = _read(kept) if kept else None
    if viewing is None or viewing.ends_at <= at:
        return None
    place = next((one for one in places if one.membership_id == viewing.membership_id), None)
    may = place is not None and PERMISSION in permissions_of(place.role, sees_money=place.sees_money)
    return viewing if may else None


def viewer(staff: Actor, viewing: Viewing) -> Actor:
    """The member of staff, seeing what the partner's administrator sees: money only where they see money themselves.
    What the administrator may change is not offered: it would be refused."""
    held = permissions_of(PARTNER_ADMIN, sees_money=staff.sees_money)
    return replace(
        staff,
        role=PARTNER_ADMIN,
        permissions=frozenset(code for code in held if code.rpartition(".")[2] in _READS),
        partner_id=viewing.partner_id,
        is_viewing=True,
    )


def _read(kept: Mapping[str, str]) -> Viewing:
    ends_at = datetime.fromisoformat(kept["until"])
    return Viewing(UUID(kept["membership"]), UUID(kept["partner"]), kept["name"], ends_at)
