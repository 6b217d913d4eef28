"""Reads of holds: who sees which, what waits behind them, which runs have taken it already.

Promise: a partner sees its own, channel managers their portfolio; a foreign or missing row answers 404.
Called by holds actions and interfaces, disputes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from incentives.earnings.models import Entry
from incentives.holds import sql_held
from incentives.holds.models import Hold
from partners.directory.family import family_ids, own_ids
from partners.directory.queries import visible_partners
from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.tenancy.context import require_context


def visible_holds(actor: Actor) -> QuerySet[Hold]:
    rows = Hold.objects.select_related("partner", "deal").order_by("-number")
    if actor.is_partner:
        return rows.filter(partner_id__in=own_ids(actor))
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    return rows


def live_on(rows: QuerySet[Hold], day: date) -> QuerySet[Hold]:
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), released_at__isnull=True)


def is_live(hold: Hold, day: date) -> bool:
    return hold.released_at is None and (hold.ends_on is None or hold.ends_on >= day)


def access_hold(actor: Actor, hold_id: UUID) -> Hold:
    return get_object_or_404(visible_holds(actor), id=hold_id)


def waiting_behind(holds: Iterable[Hold]) -> dict[UUID, list[tuple[str, int]]]:
    """Per hold the amounts that wait, by currency. A deal's sales may have earned for several partners."""
    listed = list(holds)
    found: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for key, currency, amount in _rows(
        sql_held.WAITING, holds=[hold.id for hold in listed], partners=_partners(listed)
    ):
        found[key].append((currency, amount))
    return found


def runs_with(hold: Hold) -> list[int]:
    """Numbers of the runs that have reserved what the hold is about; they pay it."""
    rows = _rows(sql_held.RESERVED_IN, hold=hold.id, partners=_partners([hold]))
    return [number for (number,) in rows]


def holds_of_entry(actor: Actor, entry_id: UUID, day: date) -> list[Hold]:
    """The live holds that keep an entry out of payouts, as far as this reader sees them."""
    found = [key for (key,) in _rows(sql_held.OF_ENTRY, entry=entry_id, day=day)]
    return list(visible_holds(actor).filter(id__in=found).order_by("number"))


def _partners(holds: list[Hold]) -> list[UUID]:
    """Whose money may wait: of a deal that of everybody who earned on its sales."""
    deals = [hold.deal_id for hold in holds if hold.deal_id is not None]
    lines = SaleLine.objects.filter(deal_id__in=deals).values("id")
    earned = (
        Entry.objects.filter(line_id__in=lines).order_by().values_list("partner_id", flat=True).distinct()
    )
    own = [key for hold in holds if hold.deal_id is None for key in family_ids(hold.partner_id)]
    return [*own, *(earned if deals else ())]


def _rows(statement: str, **parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": require_context().tenant_id, **parameters})
        return list(cursor.fetchall())
