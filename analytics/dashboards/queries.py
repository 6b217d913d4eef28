"""What the portal's first page shows of a partner's money.

Promise: what a payout would pay is said by payouts; sums per payout currency; called by dashboards.portal.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from incentives.payouts.dues import Due, own_dues
from incentives.payouts.models import ItemState, PayoutItem
from incentives.payouts.planned import list_planned_payments
from partners.directory.family import own_ids
from prm.accounts.actor import Actor


@dataclass(frozen=True)
class Balance:
    """Minor units in one payout currency: what a payout of today would pay and what waits (`due`), what a payout holds
    or has sent, what is paid."""

    due: Due
    on_the_way_minor: int
    paid_minor: int


def balances_of(actor: Actor, *, today: date, at: datetime) -> list[Balance]:
    """One row per currency in which the partner was owed anything, by currency code."""
    gone = PayoutItem.objects.filter(partner_id__in=own_ids(actor)).order_by().values("currency")
    summed = gone.annotate(
        sent=Sum("gross_minor", filter=Q(state__in=[ItemState.SENT, ItemState.UNKNOWN])),
        paid=Sum("gross_minor", filter=Q(state=ItemState.PAID)),
    )
    taken = {row["currency"]: (row["sent"] or 0, row["paid"] or 0) for row in summed}
    planned = list_planned_payments(actor).order_by().values("currency").annotate(total=Sum("gross_minor"))
    reserved = {row["currency"]: row["total"] for row in planned}
    balances = []
    for due in own_dues(actor, today=today, at=at):
        sent, paid = taken.get(due.currency, (0, 0))
        balances.append(Balance(due, sent + reserved.get(due.currency, 0), paid))
    return balances
