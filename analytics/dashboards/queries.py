"""What the portal's first page shows of a partner's money.

Promise: sums of entries and of what payouts took, per payout currency; called by dashboards.portal.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from incentives.earnings.entries import visible_entries
from incentives.ledger.queries import last_closed
from incentives.payouts.models import ItemState, PayoutItem
from partners.directory.family import own_ids
from prm.accounts.actor import Actor


@dataclass(frozen=True)
class Balance:
    """Minor units in one payout currency. What was earned is pending (its month is open, or it is held), available for
    the next payout, on its way, or paid."""

    currency: str
    pending_minor: int
    available_minor: int
    on_the_way_minor: int
    paid_minor: int


def balances_of(actor: Actor, *, today: date) -> list[Balance]:
    """One row per currency the partner has earned in, by currency code."""
    waits = Q(free_on__gt=today) | Q(period_on__gt=last_closed() or date.min)
    grouped = (
        visible_entries(actor)
        .order_by()
        .values("payout_currency")
        .annotate(
            earned=Sum("payout_amount_minor"),
            pending=Sum("payout_amount_minor", filter=waits),
        )
    )
    taken = {
        row["currency"]: (row["sent"] or 0, row["paid"] or 0)
        for row in PayoutItem.objects.filter(partner_id__in=own_ids(actor))
        .order_by()
        .values("currency")
        .annotate(
            sent=Sum("gross_minor", filter=Q(state__in=[ItemState.SENT, ItemState.UNKNOWN])),
            paid=Sum("gross_minor", filter=Q(state=ItemState.PAID)),
        )
    }
    balances = []
    for row in grouped.order_by("payout_currency"):
        currency = row["payout_currency"]
        sent, paid = taken.get(currency, (0, 0))
        pending = row["pending"] or 0
        balances.append(Balance(currency, pending, row["earned"] - pending - sent - paid, sent, paid))
    return balances
