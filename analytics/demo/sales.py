"""The demo's sales: seasonal, uneven over partners, with refunds, splits, direct sales and a few that earn nothing.

Promise: the same vendor, day and seed give the same lines; called by analytics.demo.story.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from analytics.demo.names import Vendor
from partners.directory.models import Partner
from partners.sales.rules import REFUND, SALE, LineInput, PaymentInput, Share
from prm.kit.periods import Period

DIRECT_SHARE = 0.18
SPLIT_SHARE = 0.03
REFUND_SHARE = 0.03
IN_PARTS, UNPAID = 0.15, 0.08
SEASON = (0.8, 0.85, 1.0, 1.0, 1.05, 0.95, 0.75, 0.8, 1.1, 1.15, 1.2, 1.35)


def demo_lines(
    vendor: Vendor, partners: Sequence[Partner], today: date, dice: random.Random, months: int
) -> list[LineInput]:
    """Lines of all months up to today, oldest first; refunds follow their sale within weeks."""
    lines: list[LineInput] = []
    first = Period.of(today).plus(-months)
    for step in range(months + 1):
        month = first.plus(step)
        count = int(vendor.lines_a_month * SEASON[month.month - 1] * (0.8 + 0.02 * step))
        for number in range(count):
            day = month.starts_on + timedelta(days=dice.randrange((month.ends_on - month.starts_on).days))
            if day <= today:
                line = _line(vendor, partners, day, f"{month}-{number:04}", dice)
                lines.append(line)
                if line.partner and dice.random() < REFUND_SHARE:
                    lines.append(_refund(line, min(today, day + timedelta(days=dice.randrange(3, 40))), dice))
    return sorted(lines, key=lambda line: (line.occurred_on, line.kind != SALE))


def _line(vendor: Vendor, partners: Sequence[Partner], day: date, key: str, dice: random.Random) -> LineInput:
    code, _name, _category, price_minor = dice.choice(vendor.products)
    quantity = dice.choice((1, 1, 1, 2, 2, 3, 5, 10))
    amount_minor = price_minor * quantity * dice.randrange(88, 101) // 100
    joined = [partner for partner in partners if partner.joined_on <= day]
    direct = not joined or dice.random() < DIRECT_SHARE
    partner = None if direct else joined[min(int(dice.paretovariate(0.9)) - 1, len(joined) - 1)]
    splits: tuple[Share, ...] = ()
    if partner is not None and len(joined) > 1 and dice.random() < SPLIT_SHARE:
        other = dice.choice([candidate for candidate in joined if candidate is not partner])
        splits = (Share(partner.code, percent=Decimal(75)), Share(other.code, percent=Decimal(25)))
    in_dollars = vendor.currency == "EUR" and dice.random() < 0.08
    return LineInput(
        source="erp",
        external_id=f"INV-{key}",
        kind=SALE,
        occurred_on=day,
        product=code,
        quantity=Decimal(quantity),
        amount_minor=amount_minor,
        currency="USD" if in_dollars else vendor.currency,
        order_number=f"SO-{key[:7]}-{int(key[-4:]) // 2:03}",
        partner=partner.code if partner else None,
        customer=f"C{dice.randrange(len(vendor.customers)) + 1:03}",
        cost_minor=amount_minor * dice.randrange(55, 80) // 100 if dice.random() < 0.9 else None,
        splits=splits,
    )


def _refund(sale: LineInput, day: date, dice: random.Random) -> LineInput:
    share = dice.choice((25, 50, 100))
    return LineInput(
        source=sale.source,
        external_id=f"{sale.external_id}-R",
        kind=REFUND,
        occurred_on=day,
        product=sale.product,
        quantity=sale.quantity,
        amount_minor=max(1, sale.amount_minor * share // 100),
        currency=sale.currency,
        order_number=sale.order_number,
        partner=sale.partner,
        customer=sale.customer,
        splits=sale.splits,
        refunds=sale.external_id,
    )


def demo_payments(lines: Sequence[LineInput], today: date, dice: random.Random) -> list[PaymentInput]:
    """What customers have paid by today: most sales whole within six weeks, some in three parts, a few not at all."""
    payments: list[PaymentInput] = []
    for sale in lines:
        chance = dice.random()
        if sale.kind != SALE or sale.amount_minor == 0 or chance < UNPAID:
            continue
        count = 3 if chance < UNPAID + IN_PARTS else 1
        day, left_minor = sale.occurred_on, sale.amount_minor
        for number in range(count, 0, -1):
            day += timedelta(days=dice.randrange(2, 40))
            part_minor = left_minor // number
            left_minor -= part_minor
            if part_minor and day <= today:
                payments.append(_payment(sale, count - number + 1, day, part_minor))
    return payments


def _payment(sale: LineInput, number: int, day: date, amount_minor: int) -> PaymentInput:
    return PaymentInput(
        source=sale.source,
        external_id=f"PAY-{sale.external_id.removeprefix('INV-')}-{number}",
        sale=sale.external_id,
        paid_on=day,
        amount_minor=amount_minor,
        currency=sale.currency,
    )
