"""What of a sale is paid, and what of an amount is earned with it (money.md 2 and 4 "Part payments").

Promise: a sale that is paid whole earns its amount to the minor unit, whatever the parts were; called by the reference,
the SQL repeats it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from incentives.plans.facts import SaleLine
from prm.kit.rounding import round_half_away


@dataclass(frozen=True, slots=True)
class Paid:
    """The paid share of a sale, and the first day on which something of it was both sold and paid."""

    share: Fraction
    first_on: date

    def of(self, amount_minor: int) -> int:
        return round_half_away(amount_minor * self.share)


def paid_of(sale: SaleLine, refunds: Iterable[SaleLine], ends_on: date) -> Paid | None:
    """None: nothing is paid before `ends_on`. Share: paid / (amount - refunded), at most 1; a sale of 0.00 waits for no
    payment. Money in another currency than the sale's is of a line that was amended since, and pays nothing."""
    if sale.amount_minor == 0:
        return Paid(Fraction(1), sale.occurred_on)
    received = [
        payment
        for payment in sale.payments
        if payment.paid_on < ends_on and payment.currency == sale.currency
    ]
    if not received:
        return None
    paid_minor = sum(payment.amount_minor for payment in received)
    due_minor = sale.amount_minor - sum(refund.amount_minor for refund in refunds)
    share = Fraction(1) if paid_minor >= due_minor else Fraction(paid_minor, due_minor)
    return Paid(share, max(sale.occurred_on, min(payment.paid_on for payment in received)))
