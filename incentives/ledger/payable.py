"""What partners are owed by now: the figure of the first page, and the rows that add up to it.

Promise: a channel manager counts the own portfolio alone. Called by: ledger.catalogue (the tile), ledger.console.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.ledger.queries import named_balances
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.tiles import Days, Tile


def list_payable(actor: Actor) -> list[dict[str, Any]]:
    """Balances of which something is owed or due back, the largest first."""
    rows = [row for row in named_balances(actor) if row["balance"].owed_minor]
    if actor.has_portfolio_wall:
        mine = set(visible_partners(actor).values_list("id", flat=True))
        rows = [row for row in rows if row["balance"].partner_id in mine]
    return sorted(rows, key=lambda row: (row["balance"].currency, -row["balance"].owed_minor))


def sums_payable(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Minor units per currency."""
    sums: dict[str, int] = {}
    for balance in (row["balance"] for row in rows):
        sums[balance.currency] = sums.get(balance.currency, 0) + balance.owed_minor
    return sums


def payable_tile(actor: Actor, days: Days, before: Days) -> Tile:
    """Owed as of now, whatever days the page is about; currencies are never added together."""
    sums, programme = sums_payable(list_payable(actor)), current_tenant().currency
    others = [
        formats.money(amount, currency) for currency, amount in sorted(sums.items()) if currency != programme
    ]
    return Tile(
        label=_("Payable to partners"),
        value=formats.compact_money(sums.get(programme, 0), programme),
        exact=formats.money(sums.get(programme, 0), programme),
        url=reverse("payable-list"),
        note=", ".join([_("as of now"), *(f"+ {amount}" for amount in others)]),
    )
