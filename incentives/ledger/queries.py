"""Reads of the ledger: balances, periods, the journal.

Promise: balances are sums of transfers, never stored; called by ledger's interfaces, earnings and payouts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from incentives.ledger.models import AccountCode, Period, Transfer
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.kit.periods import Period as Month
from prm.tenancy.context import require_context

_BALANCES = """
    SELECT a.partner_id, a.currency, a.code,
        coalesce(sum(t.signed), 0)::bigint AS balance_minor
    FROM incentives_ledgeraccount a
    LEFT JOIN (
        SELECT debit_id AS account_id, -amount_minor AS signed FROM incentives_transfer WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT credit_id, amount_minor FROM incentives_transfer WHERE tenant_id = %(tenant)s
    ) t ON t.account_id = a.id
    WHERE a.tenant_id = %(tenant)s AND (%(partner)s::uuid IS NULL OR a.partner_id = %(partner)s::uuid)
    GROUP BY a.partner_id, a.currency, a.code
"""


@dataclass(frozen=True)
class Balance:
    """What stands in one purse: credits minus debits, in minor units."""

    partner_id: UUID | None
    currency: str
    code: str
    balance_minor: int


def list_balances(partner_id: UUID | None = None) -> list[Balance]:
    """Every purse of the tenant, or of one partner."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"tenant": require_context().tenant_id, "partner": partner_id})
        return [Balance(*row) for row in cursor.fetchall()]


def payables(partner_ids: list[UUID], currency: str) -> dict[UUID, dict[str, int]]:
    """Per partner the balances of its payable and due purses in one currency."""
    wanted = set(partner_ids)
    found: dict[UUID, dict[str, int]] = {partner_id: {} for partner_id in wanted}
    for balance in list_balances():
        if balance.partner_id in wanted and balance.currency == currency:
            found[balance.partner_id][balance.code] = balance.balance_minor
    return found


def list_partner_balances(actor: Actor) -> list[dict[str, Any]]:
    """One row per partner and currency: {partner_id, currency, pending, available, in_transit, paid, due}."""
    columns = {
        AccountCode.PAYABLE_PENDING: "pending",
        AccountCode.PAYABLE_AVAILABLE: "available",
        AccountCode.IN_TRANSIT: "in_transit",
        AccountCode.BANK: "paid",
        AccountCode.CLAWBACK_DUE: "due",
        AccountCode.EXPENSE: "expense",
    }
    rows: dict[tuple[UUID, str], dict[str, Any]] = {}
    for balance in list_balances():
        if balance.partner_id is None:
            continue
        key = (balance.partner_id, balance.currency)
        row = rows.setdefault(
            key,
            {
                "partner_id": balance.partner_id,
                "currency": balance.currency,
                **dict.fromkeys(columns.values(), 0),
            },
        )
        name = columns.get(AccountCode(balance.code))
        if name in ("due", "expense"):
            row[name] = -balance.balance_minor
        elif name:
            row[name] = balance.balance_minor
    return list(rows.values())


def control_totals() -> list[dict[str, Any]]:
    """Per currency the sum over all purses, which must be zero, and the sum of the subledger beside the expense."""
    sums: dict[str, int] = {}
    for balance in list_balances():
        sums[balance.currency] = sums.get(balance.currency, 0) + balance.balance_minor
    return [{"currency": currency, "sum_minor": total} for currency, total in sorted(sums.items())]


def list_transfers(actor: Actor) -> QuerySet[Transfer]:
    return Transfer.objects.select_related("debit", "credit")


def list_periods() -> QuerySet[Period]:
    return Period.objects.all()


def is_closed(period_on: date) -> bool:
    return Period.objects.filter(starts_on=period_on, closed_at__isnull=False).exists()


def last_closed() -> date | None:
    """The latest closed month; months are closed in order, so all before it are closed too."""
    row = Period.objects.filter(closed_at__isnull=False).order_by("-starts_on").first()
    return row.starts_on if row else None


def closing_time(period_on: date) -> datetime | None:
    row = Period.objects.filter(starts_on=period_on).first()
    return row.closed_at if row else None


def open_month_for(day: date) -> date:
    """The month a posting of this day goes to: its own, or the first one after the closed ones."""
    month, closed = Month.of(day), last_closed()
    if closed is not None and month.starts_on <= closed:
        return Month.of(closed).plus(1).starts_on
    return month.starts_on


def paid_in(month: date | None, partner_id: UUID, currency: str, *, before: date | None = None) -> int:
    """Net of returns, what left for the bank: in a month, or in all months before one."""
    rows = Transfer.objects.filter(kind__in=["reserve", "return"], currency=currency)
    rows = rows.filter(period_on=month) if month is not None else rows.filter(period_on__lt=before)
    total = 0
    mine = rows.filter(debit__partner_id=partner_id, credit__partner_id=partner_id)
    for kind, amount in mine.values_list("kind", "amount_minor"):
        total += amount if kind == "reserve" else -amount
    return total


def next_to_close() -> date | None:
    """The earliest open month that has been calculated and is over."""
    row = Period.objects.filter(closed_at__isnull=True).order_by("starts_on").first()
    return row.starts_on if row and row.calculated_at else None


def named_balances(actor: Actor) -> list[dict[str, Any]]:
    """Partner balances with names, by name."""
    rows = list_partner_balances(actor)
    partners = Partner.objects.in_bulk({row["partner_id"] for row in rows})
    for row in rows:
        row["partner"] = partners.get(row["partner_id"])
    return sorted(rows, key=lambda row: (str(row["partner"]), row["currency"]))


def with_partners(transfers: list[Transfer]) -> list[dict[str, Any]]:
    partners = Partner.objects.in_bulk({t.debit.partner_id for t in transfers if t.debit.partner_id})
    return [
        {"transfer": t, "partner": partners.get(t.debit.partner_id) if t.debit.partner_id else None}
        for t in transfers
    ]
