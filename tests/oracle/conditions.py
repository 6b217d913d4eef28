"""What `where` asks of a credit, and the answer (money.md 3 "Conditions", 4 "Who counts as new, registered")."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle import days
from tests.oracle.book import Book, Row
from tests.oracle.credits import Credit


def standing(partner: Row, day: str) -> Row:
    return next((row for row in partner.get("standings", ()) if days.holds(row, day)), {})


def held(rows: list[Row], day: str) -> set[str]:
    return {row["value"] for row in rows if days.holds(row, day)}


def attribute_day(credit: Credit) -> str:
    """The day as of which tier, segment, certificate, region and type are asked."""
    return credit.on


def is_new(book: Book, line: Row) -> bool:
    """No line of the customer on an earlier day of the months before; lines of one day are all new."""
    if not line.get("customer"):
        return False
    since = days.plus_months(line["on"], -book.new_customer_months)
    return not any(
        other.get("customer") == line["customer"] and since <= other["on"] < line["on"]
        for other in book.lines
    )


def keys_of(customer: Row) -> list[str]:
    """The strongest first."""
    return list(customer["keys"])


def protection(book: Book, line: Row) -> Row | None:
    """The live protection of the deal that the line names, else of the strongest key of customer and category."""
    live: list[Row] = [row for row in book.data.get("protections", ()) if days.holds(row, line["on"])]
    if line.get("deal"):
        return next((row for row in live if row["deal"] == line["deal"]), None)
    if not line.get("customer"):
        return None
    category = book.products[line["product"]].get("category")
    for key in keys_of(book.customers[line["customer"]]):
        for row in live:
            if (row["key"], row["category"]) == (key, category):
                return row
    return None


FACTS: dict[str, Callable[[Book, Credit], Any]] = {
    "product": lambda book, credit: book.products[credit.line["product"]]["code"],
    "category": lambda book, credit: book.products[credit.line["product"]].get("category"),
    "source": lambda book, credit: credit.line["source"],
    "industry": lambda book, credit: book.customers.get(credit.line.get("customer") or "", {}).get(
        "industry"
    ),
    "customer_is_new": lambda book, credit: is_new(book, credit.line),
    "deal_is_registered": lambda book, credit: protection(book, credit.line) is not None,
    "partner": lambda book, credit: credit.partner["code"],
    "partner_type": lambda book, credit: standing(credit.partner, attribute_day(credit)).get("type"),
    "region": lambda book, credit: standing(credit.partner, attribute_day(credit)).get("region"),
    "country": lambda book, credit: standing(credit.partner, attribute_day(credit)).get("country"),
    "tier": lambda book, credit: standing(credit.partner, attribute_day(credit)).get("tier"),
    "segment": lambda book, credit: held(credit.partner.get("segments", []), attribute_day(credit)),
    "certificate": lambda book, credit: held(credit.partner.get("certificates", []), attribute_day(credit)),
}


def fact(book: Book, credit: Credit, name: str) -> Any:
    known = ("fact", id(credit), name)
    if known not in book.memo:
        more = credit.line.get("facts", {})
        book.memo[known] = more[name] if name in more else FACTS[name](book, credit)
    return book.memo[known]


def passes(book: Book, credit: Credit, tree: Row | None) -> bool:
    if tree is None:
        return True
    if "all" in tree:
        return all(passes(book, credit, member) for member in tree["all"])
    if "any" in tree:
        return any(passes(book, credit, member) for member in tree["any"])
    return compares(fact(book, credit, tree["fact"]), tree["op"], tree["value"])


def compares(actual: Any, op: str, wanted: Any) -> bool:
    """A fact that is not known is never equal, in a list or beyond a bound; it is unequal and in no list."""
    if op in ("gt", "gte", "lt", "lte"):
        return actual is not None and beyond(actual, op, wanted)
    found = actual if isinstance(actual, set | list) else [] if actual is None else [actual]
    listed = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(actual, Decimal):
        listed = [Decimal(value) for value in listed]
    meets = any(value in listed for value in found)
    return meets if op in ("eq", "in") else not meets


def beyond(actual: Any, op: str, wanted: str) -> bool:
    bound: Any = date.fromisoformat(wanted) if isinstance(actual, date) else Decimal(wanted)
    return bool(
        {"gt": actual > bound, "gte": actual >= bound, "lt": actual < bound, "lte": actual <= bound}[op]
    )
