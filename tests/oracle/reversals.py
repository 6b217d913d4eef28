"""What a refund takes back, refund by refund, and the payout amounts of the whole chain (money.md 4 "Refunds")."""

from fractions import Fraction

from tests.oracle import arithmetic, refunded
from tests.oracle.book import Book, Row
from tests.oracle.components import Paid, by_volume, of_commission
from tests.oracle.limits import Amount

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


def commission(book: Book, own: list[Amount]) -> int:
    """What an override is of: what the credited partner gets for the credit, before the caps of the plan. Where tiers
    are in it, as it stands after all refunds; else the override has reversals of its own."""
    if not stands(own):
        return sum(amount.standing for amount in own)
    return sum(kept(amount, by_share(book, amount, amount.standing)) for amount in own)


def stands(own: list[Amount]) -> bool:
    return any(by_volume(amount.component) for amount in own)


def nothing_stands(book: Book, paid: Paid, own: list[Amount]) -> bool:
    """A sale that came back whole nets to nothing, whatever floor an override of its commission has."""
    return stands(own) and refunded.share(paid.credit.line, book.refunds[paid.credit.line["id"]]) == 1


def kept(amount: Amount, steps: list[Step]) -> int:
    return steps[-1][1] if steps else amount.standing


def steps_of(book: Book, amount: Amount, own: list[Amount]) -> list[Step]:
    """`own`: what the credited partner itself gets for the credit."""
    if of_commission(amount.component) and stands(own):
        return []
    return by_share(book, amount, amount.left)
