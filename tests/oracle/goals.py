"""The goal of a partner in a window, and what the steps of a target make of it (money.md 2 "Proration", 3 `target`,
4 "Assignment")."""

from datetime import date
from fractions import Fraction

from tests.oracle import agreements, arithmetic, days
from tests.oracle.book import Book, Row
from tests.oracle.credits import Credit
from tests.oracle.volume import Rows

QUANTITY_PLACES = 6


def goal_of(book: Book, credit: Credit, plan: Row, document: Row, component: Row) -> Fraction:
    """In minor units, or in units. Nothing: the partner has none."""
    window = days.window(credit.on, agreements.window_kind(document, component), book.fiscal_month)
    own = set_for(book, credit.partner, plan, component, window[0])
    if own is not None:
        return measured(own, document, component)
    if component.get("goal") is None:
        return Fraction(0)
    whole = measured(component["goal"], document, component)
    return to_smallest(whole * share_of_window(book, credit.partner, plan, window), component)


def measured(written: str, document: Row, component: Row) -> Fraction:
    units = component.get("measure") == "units"
    return Fraction(written) if units else arithmetic.to_minor(written, document["currency"])


def set_for(book: Book, partner: Row, plan: Row, component: Row, window_on: str) -> str | None:
    """What somebody set for the partner: it counts as it stands."""
    place = (plan["id"], component["id"], partner["id"], window_on)
    found = {
        (row["plan"], row["component"], row["partner"], row["window"]): row["amount"]
        for row in book.data.get("goals", ())
    }
    return found.get(place)


def share_of_window(book: Book, partner: Row, plan: Row, window: tuple[str, str]) -> Fraction:
    """From the first day with the plan, that day included, to the end."""
    start, end = window
    first = first_day(book, partner, plan, window)
    return Fraction(0) if first is None else Fraction(days_between(first, end), days_between(start, end))


def to_smallest(goal: Fraction, component: Row) -> Fraction:
    """To the minor unit; the design names none of units: as fine as quantities are."""
    finer = 10**QUANTITY_PLACES if component.get("measure") == "units" else 1
    return Fraction(arithmetic.half_away(goal * finer), finer)


def first_day(book: Book, partner: Row, plan: Row, window: tuple[str, str]) -> str | None:
    """Of the window, on which the partner has joined and has the plan, through whatever assignment."""
    key = ("first day", partner["id"], plan["id"], window)
    if key not in book.memo:
        book.memo[key] = next((day for day in days.each(*window) if has_plan(book, partner, plan, day)), None)
    found: str | None = book.memo[key]
    return found


def has_plan(book: Book, partner: Row, plan: Row, day: str) -> bool:
    if day < partner.get("joined", "") or agreements.version_of(plan, day) is None:
        return False
    return any(own is plan for own in agreements.plans_on(book, partner, day))


def days_between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def rows_of(component: Row, goal: Fraction) -> Rows:
    """Bounds in what is measured; a multiplier multiplies the rate of the step at 0."""
    return [
        (Fraction(step["from_attainment"]) * goal, rate_of(component["steps"], place))
        for place, step in enumerate(component["steps"])
    ]


def rate_of(steps: list[Row], place: int) -> Fraction:
    if "rate" in steps[place]:
        return Fraction(steps[place]["rate"])
    return Fraction(steps[0]["rate"]) * Fraction(steps[place]["multiplier"])
