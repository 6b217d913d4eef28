"""Where the reference (and the SQL, but where it is said) does otherwise than the design says, as the oracle reads it.

Promises: each is shown by its smallest case (tests/incentives/plans/test_oracle.py, a strict xfail) and is planted
while programmes are compared, so that everything else is; who mends one deletes it here and its xfail there."""

from contextlib import AbstractContextManager

from tests.oracle import agreements, components, limits, refunded, reversals
from tests.oracle.book import Book, Row
from tests.oracle.credits import Credit
from tests.oracle.standins import Registry

DEVIATIONS = Registry()


@DEVIATIONS.instead_of(
    reversals,
    "nothing_stands",
    "the floor of an override of commission is paid on a sale that came back whole",
)
def floor_stays(book: Book, paid: components.Paid, own: list[limits.Amount]) -> bool:
    return False


RIGHT = agreements.pays


@DEVIATIONS.instead_of(
    agreements,
    "pays",
    "a line that is paid, not measured, and came back whole or waits for its invoice ends no order",
)
def pays_what_is_left(book: Book, plan: Row, document: Row, component: Row, credit: Credit) -> bool:
    policy = document.get("refund_policy", "original_rate")
    kind = agreements.window_kind(document, component)
    gone = refunded.merged_share(book, credit.line, kind, policy) == 1
    due = agreements.has_earned(book, document, credit.line)
    return due and not gone and RIGHT(book, plan, document, component, credit)


def as_implemented() -> AbstractContextManager[None]:
    """The oracle with all of them."""
    return DEVIATIONS.planted(*DEVIATIONS)
