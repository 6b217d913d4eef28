"""Sales of the partners below, each on a day on which its seller stood below the reader's partner.

Promise: asked in the partner's own scope; customers, costs and commissions are not told. Called by the sales portal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

LINES_SHOWN = 300


@dataclass(frozen=True)
class LineBelow:
    occurred_on: date
    seller: str
    product: str
    quantity: Decimal
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class TotalBelow:
    """Net of refunds, in minor units, of one seller in one currency."""

    partner_id: UUID
    seller: str
    currency: str
    lines: int
    amount_minor: int


def totals_below(first: date, last: date) -> list[TotalBelow]:
    """By seller and currency, over the days [first, last]; who has left the tree since is named too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partner_id, seller, currency, count(*), sum(amount_minor)::bigint FROM guard.sales_below(%s, %s) "
            "GROUP BY partner_id, seller, currency ORDER BY seller, currency",
            [first, last],
        )
        return [TotalBelow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class MonthBelow:
    """What one seller sold below in a month, net of refunds."""

    month_on: date
    currency: str
    lines: int
    amount_minor: int


def months_below(first: date, last: date, partner_id: UUID) -> list[MonthBelow]:
    """By month and currency, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('month', occurred_on)::date, currency, count(*), sum(amount_minor)::bigint "
            "FROM guard.sales_below(%s, %s) WHERE partner_id = %s GROUP BY 1, 2 ORDER BY 1 DESC, 2",
            [first, last, partner_id],
        )
        return [MonthBelow(*row) for row in cursor.fetchall()]


def sums_below(totals: Iterable[TotalBelow | MonthBelow]) -> list[tuple[str, int, int]]:
    """Per currency: lines, and minor units. Currencies are never added together."""
    sums: dict[str, list[int]] = {}
    for total in totals:
        held = sums.setdefault(total.currency, [0, 0])
        held[0] += total.lines
        held[1] += total.amount_minor
    return [(currency, lines, amount) for currency, (lines, amount) in sorted(sums.items())]


def lines_below(first: date, last: date, partner_id: UUID) -> list[LineBelow]:
    """The newest of one seller."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT occurred_on, seller, product, quantity, amount_minor, currency FROM guard.sales_below(%s, %s) "
            "WHERE partner_id = %s ORDER BY occurred_on DESC, line_id DESC LIMIT %s",
            [first, last, partner_id, LINES_SHOWN],
        )
        return [LineBelow(*row) for row in cursor.fetchall()]
