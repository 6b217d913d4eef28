"""Mistakes about plans that earn with the payment, in place of small functions of the oracle (see planted.py)."""

from fractions import Fraction

from tests.oracle import agreements, bonuses, evaluate, limits, payments, volume
from tests.oracle.book import Book, Row
from tests.oracle.components import Paid
from tests.oracle.credits import Credit
from tests.oracle.limits import Amount
from tests.oracle.standins import Registry
from tests.oracle.volume import Member

OF_PAYMENTS = Registry()
instead_of = OF_PAYMENTS.instead_of

RIGHT_PART, RIGHT_SOLD, RIGHT_EARNED = payments.part, volume.sold_in, agreements.has_earned

# --- The share

instead_of(payments, "share", "who pays too much earns more than all")(
    lambda of_it, whole: Fraction(of_it, whole) if whole > 0 else Fraction(bool(of_it))
)
instead_of(payments, "counts", "a payment of later days counts too")(
    lambda book, line, payment: payment["currency"] == line["currency"]
)
instead_of(payments, "counts", "a payment in another currency counts")(
    lambda book, line, payment: payment["on"] < book.until
)
instead_of(payments, "due", "what came back is still due")(lambda book, line: line["amount_minor"])
instead_of(payments, "part", "a credit note waits for a payment")(
    lambda book, document, line: RIGHT_PART(book, document, line | {"kind": "sale"})
)
instead_of(payments, "part", "a sale of nothing waits for a payment")(
    lambda book, document, line: RIGHT_PART(book, document, line) if line["amount_minor"] else Fraction(0)
)
instead_of(payments, "part", "the first payment earns all")(
    lambda book, document, line: Fraction(RIGHT_PART(book, document, line) > 0)
)


@instead_of(agreements, "has_earned", "a sale that is paid in part earns nothing")
def paid_whole(book: Book, document: Row, line: Row) -> bool:
    return RIGHT_EARNED(book, document, line) and payments.part(book, document, line) == 1


# --- What it is taken of


@instead_of(evaluate, "part_of", "the paid part is cut off instead of rounded")
def cut_off(whole: int, paid: Paid) -> int:
    return int(whole * paid.part)


@instead_of(evaluate, "in_part", "the paid part is taken before the limits of the sale")
def before_limits(amount: Amount, exact: Fraction) -> int:
    paid = amount.paid
    return limits.rounded_in_sale(exact * paid.part, amount.component, paid.credit.sign, amount.currency)


@instead_of(evaluate, "in_part", "an override of a commission is divided again")
def divided_again(amount: Amount, exact: Fraction) -> int:
    paid = amount.paid
    return evaluate.part_of(
        limits.rounded_in_sale(exact, amount.component, paid.credit.sign, amount.currency), paid
    )


@instead_of(limits, "revenue_behind", "a cap that is a rate takes what is not paid yet too")
def whole_revenue(amounts: list[Amount]) -> Fraction:
    behind = {id(amount.paid.credit): amount.paid.revenue for amount in amounts if not amount.window}
    return sum(behind.values(), Fraction(0))


@instead_of(bonuses, "in_part", "a bonus measures what is not paid yet too")
def whole_members(book: Book, document: Row, members: list[Member]) -> list[Member]:
    return members


@instead_of(volume, "sold_in", "tiers measure what is paid alone")
def paid_alone(
    book: Book, partner: Row, window: tuple[str, str], plan: Row, document: Row, component: Row
) -> tuple[list[Member], list[Credit]]:
    members, peers = RIGHT_SOLD(book, partner, window, plan, document, component)
    return [(credit, size * RIGHT_PART(book, document, credit.line)) for credit, size in members], peers
