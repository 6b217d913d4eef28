"""What a refund takes back, refund by refund, and the payout amounts of the whole chain (money.md 4 "Refunds")."""

from fractions import Fraction

from tests.oracle import arithmetic, refunded
from tests.oracle.book import Book, Row
from tests.oracle.components import Paid, by_volume, of_commission
from tests.oracle.limits import Amount, rounded_in_sale

Step = tuple[Row, int]  # the refund, and what is left of the amount after it


def not_recomputed(book: Book, paid: Paid, component: Row) -> tuple[Fraction, list[Row], list[Row]]:
    """The share that the amount already knows, the refunds behind it, and those that reverse it."""
    refunds = book.refunds[paid.credit.line["id"]]
    if not by_volume(component):
        return Fraction(0), [], refunds
    known = refunded.recomputed(book, paid.credit.line, paid.kind_of(component), paid.policy)
    return (
        refunded.share(paid.credit.line, known),
        known,
        [refund for refund in refunds if refund not in known],
    )


def remaining(original: int, share: Fraction) -> int:
    """The original less its cumulative reversal."""
    return original - arithmetic.half_away(original * share)


def by_share(book: Book, amount: Amount, original: int) -> list[Step]:
    paid = amount.paid
    merged, known, reversing = not_recomputed(book, paid, amount.component)
    if merged == 1:
        return []
    steps = []
    for place, refund in enumerate(reversing, 1):
        back = refunded.share(paid.credit.line, known + reversing[:place])
        steps.append((refund, remaining(original, (back - merged) / (1 - merged))))
    return steps


def commission_after(book: Book, own: list[Amount], refunds: list[Row]) -> int:
    """What the credited partner keeps of the credit after so many of its refunds."""
    total = 0
    for amount in own:
        kept = amount.standing
        for refund, left in by_share(book, amount, amount.standing):
            if refund in refunds:
                kept = left
        total += kept
    return total


def by_commission(book: Book, amount: Amount, own: list[Amount], rate: Fraction) -> list[Step]:
    """An override as the commission stands."""
    credit = amount.paid.credit
    refunds = book.refunds[credit.line["id"]]
    steps = []
    for place, refund in enumerate(refunds, 1):
        commission = commission_after(book, own, refunds[:place])
        uncut = rounded_in_sale(rate * commission, amount.component, credit.sign, amount.currency)
        whole = refunded.share(credit.line, refunds[:place]) == 1
        steps.append((refund, 0 if whole else min(uncut, amount.left)))
    return steps


def steps_of(book: Book, amount: Amount, own: list[Amount]) -> list[Step]:
    """`own`: what the credited partner itself gets for the credit."""
    if of_commission(amount.component) and any(by_volume(mine.component) for mine in own):
        level = next(row for row in amount.component["levels"] if row["up"] == amount.depth)
        return by_commission(book, amount, own, Fraction(level["rate"]))
    return by_share(book, amount, amount.left)
