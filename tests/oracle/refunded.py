"""Shares of a sale that came back, by money (money.md 2 "Refunds", 4 "Refunds")."""

from fractions import Fraction

from tests.oracle import days
from tests.oracle.book import Book, Row


def inside_open_window(book: Book, refund: Row, window_end: str) -> bool:
    """Dated before the window's end, and arrived before its last month was closed."""
    return refund["on"] < window_end and not book.closed_before(window_end, refund["recorded"])


def recomputed(book: Book, sale: Row, kind: str, policy: str) -> list[Row]:
    """The refunds that change the sale itself in a window of that kind; the others are reversals of their own."""
    refunds = book.refunds[sale["id"]]
    if not refunds:
        return []
    _, end = days.window(sale["on"], kind, book.fiscal_month)
    return [refund for refund in refunds if policy == "recompute" or inside_open_window(book, refund, end)]


def share(sale: Row, refunds: list[Row]) -> Fraction:
    """Above 1 it counts as 1."""
    back = sum(refund["amount_minor"] for refund in refunds)
    if back >= sale["amount_minor"]:
        return Fraction(1) if refunds else Fraction(0)
    return Fraction(back, sale["amount_minor"])


def merged_share(book: Book, sale: Row, kind: str, policy: str) -> Fraction:
    return share(sale, recomputed(book, sale, kind, policy))
