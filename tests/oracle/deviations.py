"""Where the reference and the SQL do otherwise than the design says, as far as the oracle reads it.

Promises: each is shown by its smallest case (tests/incentives/plans/test_oracle.py, a strict xfail) and is planted
while programmes are compared, so that everything else is; who mends one deletes it here and its xfail there."""

from contextlib import AbstractContextManager
from typing import Any

from tests.oracle import components, limits, reversals
from tests.oracle.book import Book, Row
from tests.oracle.standins import Registry

DEVIATIONS = Registry()


@DEVIATIONS.instead_of(
    components,
    "subscription_began",
    "a credit note starts no subscription, and is paid before its first sale",
)
def first_sale(book: Book, line: Row) -> str | None:
    sales = (other for other in book.own if other["kind"] == "sale")
    return min((row["on"] for row in sales if row.get("subscription") == line["subscription"]), default=None)


@DEVIATIONS.instead_of(
    limits,
    "counted_together",
    "an id that names an override in one version and another kind in the next has two caps",
)
def by_kind(amount: limits.Amount) -> Any:
    return amount.component["id"], components.is_override(amount.component)


@DEVIATIONS.instead_of(
    reversals,
    "nothing_stands",
    "the floor of an override of commission is paid on a sale that came back whole",
)
def floor_stays(book: Book, paid: components.Paid, own: list[limits.Amount]) -> bool:
    return False


def as_implemented() -> AbstractContextManager[None]:
    """The oracle with all of them."""
    return DEVIATIONS.planted(*DEVIATIONS)
