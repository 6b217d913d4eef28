"""What partners are owed by now: the figure of the first page, and the rows that add up to it.

Promises: a channel manager counts the own portfolio alone; sums and order are the database's, so a page holds its own
rows. Called by: ledger.catalogue (the tile), ledger.console.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.ledger import sql_payable
from incentives.ledger.joins import joined_by_hash
from incentives.ledger.queries import named_partner
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.keyset import Fetch
from prm.web.tiles import Days, Tile

ORDER = ("currency", "-owed_minor", "partner_id")
"""The largest first, by currency."""


def payable_sums(actor: Actor, partner: str = "") -> list[tuple[str, int]]:
    """Per currency what is owed less what is due back, of all, or of those that a search finds."""
    return [
        (str(currency), int(minor))
        for currency, minor in _rows(sql_payable.SUMS, partners=_wanted(actor, partner))
    ]


def payable_rows(actor: Actor, partner: str = "") -> Fetch:
    """Balances of which something is owed or due back, for a page in `ORDER`."""
    wanted = _wanted(actor, partner)

    def fetch(place: Sequence[str] | None, backwards: bool, most: int) -> list[dict[str, Any]]:
        if place is None:
            found = _rows(sql_payable.LAST if backwards else sql_payable.FIRST, partners=wanted, most=most)
        else:
            told = dict(zip(("currency", "owed", "partner"), place, strict=True))
            found = _rows(
                sql_payable.BEFORE if backwards else sql_payable.AFTER, partners=wanted, most=most, **told
            )
        return [dict(zip(sql_payable.COLUMNS, row, strict=True)) for row in found]

    return fetch


def with_names(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    partners = Partner.objects.in_bulk({row["partner_id"] for row in rows})
    return [{"balance": row, "partner": partners.get(row["partner_id"])} for row in rows]


def _wanted(actor: Actor, partner: str) -> list[UUID] | None:
    """Ids of the partners to be counted; None: all of them."""
    if not partner and not actor.has_portfolio_wall:
        return None
    rows: QuerySet[Partner] = visible_partners(actor)
    return list((rows.filter(named_partner(partner)) if partner else rows).values_list("id", flat=True))


def _rows(text: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with joined_by_hash(wanted=True), connection.cursor() as cursor:
        cursor.execute(text, {"tenant": require_context().tenant_id, **parameters})
        return list(cursor.fetchall())


def payable_tile(actor: Actor, days: Days, before: Days) -> Tile:
    """Owed as of now, whatever days the page is about; currencies are never added together."""
    sums, programme = dict(payable_sums(actor)), current_tenant().currency
    others = [formats.money(amount, currency) for currency, amount in sums.items() if currency != programme]
    return Tile(
        label=_("Payable to partners"),
        value=formats.compact_money(sums.get(programme, 0), programme),
        exact=formats.money(sums.get(programme, 0), programme),
        url=reverse("payable-list"),
        note=", ".join([_("as of now"), *(f"+ {amount}" for amount in others)]),
    )
