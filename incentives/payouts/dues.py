"""What a run would pay a partner today, and what waits and why; asked by the partner itself.

Promise: says what a run's preview says, by the same statements, but for what the file of the paying account cannot
take. Called by: analytics.dashboards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from incentives.ledger.queries import last_closed
from incentives.payouts.calculation import parameters_of
from incentives.payouts.rules import tax_of
from incentives.payouts.sql_items import DUES, OPEN
from partners.directory.family import own_ids
from prm.accounts.actor import Actor
from prm.tenancy.context import require_context

HELD, DISPUTED, UNACCEPTED, EMPTY = "held", "disputed", "terms_not_accepted", "nothing_after_tax"


@dataclass(frozen=True)
class Due:
    """Minor units of one currency. `payable` is after tax; `pending`: its month is open or its hold days are running.
    `waits`: by reason, of parts that are held, disputed or not accepted and of balances that a run holds out."""

    currency: str
    payable_minor: int = 0
    tax_minor: int = 0
    pending_minor: int = 0
    minimum_minor: int = 0
    waits: dict[str, int] = field(default_factory=dict)


def own_dues(actor: Actor, *, today: date, at: datetime) -> list[Due]:
    """One per currency in which the partner was ever owed anything, by code."""
    partners, period_on = own_ids(actor), last_closed() or date.min
    rows = _rows(OPEN, {"tenant": require_context().tenant_id, "partners": partners})
    if not rows:
        return []
    percent = _tax_percent(actor.partner_id, today)
    told = []
    for currency, open_minor in rows:
        parameters = parameters_of(period_on, today, currency, at) | {"partners": partners}
        told.append(_due(currency, open_minor, _rows(DUES, parameters), percent))
    return told


def _due(currency: str, open_minor: int, balances: Sequence[tuple[Any, ...]], percent: Decimal) -> Due:
    """A partner and those merged into it have a balance each, judged for itself."""
    payable, tax, pending, minimum = 0, 0, open_minor, 0
    waits: Counter[str] = Counter()
    for reason, gross, on_hold, held, disputed, unaccepted, minimum_minor in balances:
        pending += on_hold
        waits.update({HELD: held, DISPUTED: disputed, UNACCEPTED: unaccepted})
        withheld = tax_of(gross, percent)
        if reason or withheld == gross:
            waits[reason or EMPTY] += gross
            minimum = max(minimum, minimum_minor)
        else:
            payable, tax = payable + gross - withheld, tax + withheld
    left = {reason: amount for reason, amount in waits.items() if amount}
    return Due(currency, payable, tax, pending, minimum, left)


def _tax_percent(partner_id: UUID | None, day: date) -> Decimal:
    """Of the vendor's rates a partner may know its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.own_tax_percent(%s, %s)", [partner_id, day])
        found = cursor.fetchone()[0]
    return Decimal(0) if found is None else Decimal(found)


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
