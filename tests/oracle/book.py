"""The plain data with what is looked up often: lines in measuring order, refunds by their sale, partners, rates.

The data is JSON: days and moments are ISO texts, decimals are texts, amounts are whole minor units."""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.oracle import days

Row = dict[str, Any]


def measuring_order(line: Row) -> tuple[str, bytes, bytes]:
    return (line["on"], line["source"].encode(), line["external_id"].encode())


def is_linked(line: Row) -> bool:
    return line["kind"] == "refund" and bool(line.get("refunds"))


class Book:
    """Everything that is known, of the lines dated before `until`."""

    def __init__(self, data: Row, until: str) -> None:
        self.data, self.until = data, until
        self.fiscal_month: int = data.get("fiscal_month", 1)
        self.new_customer_months: int = data.get("new_customer_months", 12)
        self.partners: dict[str, Row] = {row["id"]: row for row in data["partners"]}
        self.products: dict[str, Row] = {row["id"]: row for row in data["products"]}
        self.customers: dict[str, Row] = {row["id"]: row for row in data.get("customers", ())}
        self.plans: dict[str, Row] = {row["id"]: row for row in data["plans"]}
        self.closed = {
            month: datetime.fromisoformat(moment) for month, moment in data.get("closed", {}).items()
        }
        self.lines: list[Row] = sorted(
            (line for line in data["lines"] if line["on"] < until), key=measuring_order
        )
        self.own = [line for line in self.lines if not is_linked(line)]
        self.refunds = self._refunds()
        self.memo: dict[Any, Any] = {}

    def _refunds(self) -> dict[str, list[Row]]:
        """The refunds of each sale that count, in measuring order; the others wait or are refused."""
        sales = {(line["source"], line["external_id"]): line for line in self.own if line["kind"] == "sale"}
        found = defaultdict(list)
        for line in filter(is_linked, self.lines):
            sale = sales.get((line["source"], line["refunds"]))
            if sale is not None and sale["currency"] == line["currency"]:
                found[sale["id"]].append(line)
        return found

    def rate(self, base: str, quote: str, day: str) -> Fraction | None:
        """What one unit of `base` was worth: the last rate published, if it is recent. None: nobody knows."""
        if base == quote:
            return Fraction(1)
        known = [
            row
            for row in self.data.get("rates", ())
            if (row["base"], row["quote"]) == (base, quote) and days.recent(row["on"], day)
        ]
        return Fraction(max(known, key=lambda row: (row["on"], row["id"]))["rate"]) if known else None

    def closed_before(self, window_end: str, moment: str) -> bool:
        """Whether the last month of the window had been closed when something arrived."""
        last = days.plus_months(window_end, -1)[:7]
        return last in self.closed and self.closed[last] <= datetime.fromisoformat(moment)
