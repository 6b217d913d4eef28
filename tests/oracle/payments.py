"""What of a sale is paid, for plans that earn with the payment (money.md 2 "Part payments", 4 "Part payments")."""

from fractions import Fraction

from tests.oracle.book import Book, Row

WHOLE = Fraction(1)


def awaited(document: Row) -> bool:
    return bool(document.get("earning_event") == "payment")


def part(book: Book, document: Row, line: Row) -> Fraction:
    """The part of the line that the plan lets earn. A credit note without a sale is its own document, and a sale of
    nothing has nothing to pay."""
    if not awaited(document) or line["kind"] == "refund" or not line["amount_minor"]:
        return WHOLE
    return share(paid(book, line), due(book, line))


def paid(book: Book, line: Row) -> int:
    return sum(row["minor"] for row in line.get("payments", ()) if counts(book, line, row))


def counts(book: Book, line: Row, payment: Row) -> bool:
    return payment["on"] < book.until and bool(payment["currency"] == line["currency"])


def due(book: Book, line: Row) -> int:
    """The amount less what came back."""
    whole: int = line["amount_minor"]
    back: int = sum(refund["amount_minor"] for refund in book.refunds[line["id"]])
    return whole - back


def share(of_it: int, whole: int) -> Fraction:
    """At most all of it. Once nothing is due, whatever was paid is the whole."""
    if whole <= 0:
        return WHOLE if of_it else Fraction(0)
    return min(Fraction(of_it, whole), WHOLE)
