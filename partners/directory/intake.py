"""A partner as an ERP or a file tells it: the facts and the partner above, in one go, by codes.

Promise: a row is taken whole or not at all (the caller holds the savepoint); called by directory.api and imports."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import PartnerFacts, move_partner, upsert_partner
from partners.directory.family import led_to_by
from partners.directory.models import Partner
from partners.directory.queries import usable_partners
from partners.directory.rules import FIRST_DAY
from partners.directory.tree import parent_id_on
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant


class ParentUnknown(Exception):
    """No partner that the actor may see has the parent's code."""

    code = "parent_unknown"
    field = "parent_code"
    message = _("There is no partner with this code.")


@dataclass(frozen=True)
class ToldParent:
    """Who stands above ("" is nobody), and from which day: without one, a new partner's first and else today."""

    code: str
    starts_on: date | None = None


def take_partner(
    *, actor: Actor, facts: PartnerFacts, parent: ToldParent | None, at: datetime
) -> tuple[Partner, str]:
    """Upsert by code and place in the tree; says "created", "updated" or "unchanged". `parent` None: left alone."""
    partner, effect = upsert_partner(actor=actor, facts=facts, at=at)
    if parent is None:
        return partner, effect
    starts_on = parent.starts_on or (FIRST_DAY if effect == "created" else _today(at))
    above = find_parent(actor, parent.code)
    if parent_id_on(partner.id, starts_on) == (above.id if above else None):
        return partner, effect
    move_partner(actor=actor, partner=partner, parent=above, starts_on=starts_on, at=at)
    partner.refresh_from_db(fields=["version", "changed_at"])
    return partner, "created" if effect == "created" else "updated"


def find_parent(actor: Actor, code: str) -> Partner | None:
    """The partner named as the one above; "" names nobody, a merged one its survivor. Raises `ParentUnknown`."""
    if not code:
        return None
    found = usable_partners(actor).filter(led_to_by(Q(code=code))).first()
    if found is None:
        raise ParentUnknown
    return found


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
