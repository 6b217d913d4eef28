"""Least amounts of windows: what is added where a component earned something, and less (money.md 2 "Order of cuts",
4 "Bonus and window top-up")."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from tests.oracle import days, limits, refunded, reversals
from tests.oracle.book import Book, measuring_order
from tests.oracle.components import Paid
from tests.oracle.limits import Amount, Span


def top_ups(book: Book, amounts: list[Amount], own: Mapping[Paid, list[Amount]]) -> Iterator[Amount]:
    """Of one plan: per component, beneficiary and window, over all versions. `own`: what credited partners get."""
    together: dict[tuple[Any, Span], list[Amount]] = defaultdict(list)
    for amount in amounts:
        kind = amount.paid.kind_of(amount.component)
        span = days.window(amount.paid.credit.on, kind, book.fiscal_month)
        together[limits.counted_together(amount), span].append(amount)
    for (_, span), members in together.items():
        last = last_of(members)
        floor = limits.limit(last.component, "floor", "window", last.currency)
        if floor is None or not is_due(book, span):
            continue
        earned = sum(left_in_window(book, amount, own[amount.paid]) for amount in members)
        minor = missing(floor, earned)
        if minor:
            code = book.partners[last.beneficiary]["code"]
            yield Amount(
                last.paid, last.component, last.place, last.beneficiary, 0, minor, minor, span[0], code
            )


def last_of(members: list[Amount]) -> Amount:
    """The window's last credit: it dates the top-up, and its version rules."""
    return max(members, key=lambda amount: measuring_order(amount.paid.credit.line))


def is_due(book: Book, span: Span) -> bool:
    """With the calculation of the window's last month."""
    return span[1] <= book.until


def missing(floor: int, earned: int) -> int:
    """Only where something was earned."""
    return floor - earned if 0 < earned < floor else 0


def left_in_window(book: Book, amount: Amount, own: list[Amount]) -> int:
    """What the refunds that change the window itself took back has not been earned in it."""
    paid = amount.paid
    counted = refunded.recomputed(book, paid.credit.line, paid.kind_of(amount.component), paid.policy)
    left_before, left = amount.standing, amount.standing
    for refund, remaining in reversals.steps_of(book, amount, own) if counted else ():
        if refund in counted:
            left -= left_before - remaining
        left_before = remaining
    return left
