"""Who a line counts for, with which part of it (money.md 1.2, 4 "Splits")."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle import arithmetic
from tests.oracle.book import Book, Row


@dataclass(frozen=True, eq=False)
class Credit:
    """One partner's part of a line that is no linked refund; what a credit note takes is below zero."""

    line: Row
    partner: Row
    base: int
    cost: int | None
    quantity: Fraction

    @property
    def sign(self) -> int:
        return -1 if self.line["kind"] == "refund" else 1

    @property
    def on(self) -> str:
        day: str = self.line["on"]
        return day


def earns(book: Book, line: Row) -> bool:
    return bool(book.products[line["product"]].get("earns", True))


def weight_of(share: Row) -> Fraction:
    return Fraction(share["percent"] if share.get("percent") is not None else share["parts"])


def credited(quantity: Fraction, weight: Fraction) -> Fraction:
    """A part of a quantity is exact."""
    return quantity * weight


def credits_of(book: Book, line: Row) -> list[Credit]:
    """By partner code; nobody on a direct sale and on products that earn nothing."""
    if not earns(book, line):
        return []
    shares = line.get("split") or ([{"partner": line["partner"], "parts": 1}] if line.get("partner") else [])
    partners = {book.partners[share["partner"]]["code"]: book.partners[share["partner"]] for share in shares}
    weights = {book.partners[share["partner"]]["code"]: weight_of(share) for share in shares}
    weights = {code: weight for code, weight in weights.items() if weight}
    sign = -1 if line["kind"] == "refund" else 1
    bases = arithmetic.largest_remainder(sign * line["amount_minor"], weights)
    costs: dict[str, Any] = dict.fromkeys(weights)
    if line.get("cost_minor") is not None:
        costs = dict(arithmetic.largest_remainder(sign * line["cost_minor"], weights))
    whole = sum(weights.values())
    quantity = sign * Fraction(line.get("quantity", "1"))
    return [
        Credit(line, partners[code], bases[code], costs[code], credited(quantity, weights[code] / whole))
        for code in sorted(weights, key=str.encode)
    ]


def all_credits(book: Book) -> list[Credit]:
    if "credits" not in book.memo:
        book.memo["credits"] = [credit for line in book.own for credit in credits_of(book, line)]
    found: list[Credit] = book.memo["credits"]
    return found


def credits_for(book: Book, partner: Row) -> list[Credit]:
    if "by partner" not in book.memo:
        book.memo["by partner"] = by_partner = defaultdict(list)
        for credit in all_credits(book):
            by_partner[credit.partner["id"]].append(credit)
    found: list[Credit] = book.memo["by partner"][partner["id"]]
    return found
