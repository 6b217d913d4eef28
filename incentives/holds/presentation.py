"""Holds on other pages: a partner's, a deal's, the explanation of an amount, and what a partner reads of its own.

Called by: the catalogue."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy

from incentives.holds.models import Hold
from incentives.holds.queries import holds_of_entry, live_on, visible_holds, waiting_behind
from partners.directory.family import family_ids
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web.panels import Panel

TITLE = gettext_lazy("Money that waits")
TEMPLATE = "components/holds/panel.html"


def _content(actor: Actor, rows: list[Hold], **more: Any) -> dict[str, Any]:
    waiting = waiting_behind(rows) if rows else {}
    return {"rows": [(row, waiting.get(row.id, [])) for row in rows], "own": actor.is_partner, **more}


def _live(actor: Actor) -> Any:
    return live_on(visible_holds(actor), timezone.localdate(timezone=current_tenant().zone))


def partner_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    rows = list(_live(actor).filter(partner_id__in=family_ids(partner_id)))
    may_place = actor.can("holds.place")
    if not rows and not may_place:
        return None
    return Panel(TITLE, TEMPLATE, _content(actor, rows, may_place=may_place, query=f"partner={partner_id}"))


def deal_panel(actor: Actor, deal_id: UUID) -> Panel | None:
    rows = list(_live(actor).filter(deal_id=deal_id))
    may_place = actor.can("holds.place")
    if not rows and not may_place:
        return None
    return Panel(TITLE, TEMPLATE, _content(actor, rows, may_place=may_place, query=f"deal={deal_id}"))


def entry_panel(actor: Actor, entry_id: UUID) -> Panel | None:
    """Why this amount is not paid yet. Nothing where it is not held."""
    today = timezone.localdate(timezone=current_tenant().zone)
    rows = holds_of_entry(actor, entry_id, today)
    return Panel(TITLE, TEMPLATE, _content(actor, rows)) if rows else None


def own_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """On the partner's earnings: that money waits, and why."""
    rows = list(_live(actor))
    return Panel(TITLE, TEMPLATE, _content(actor, rows)) if rows else None
