"""The seven plans over a sales sample, calculated a second time: plain fractions over the files, nothing of ours.

Promise: it imports no code of ours and shares no idea with the engine but the text of the acceptance page; called by
the tests of real sales, and by hand (`python tests/support/separate_calculation.py FOLDER`) to freeze their totals.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

PERCENT = Fraction(1, 100)
QUARTERLY = ((0, 3), (20_000, 5), (60_000, 8))
YEARLY = ((0, 3), (50_000, 5), (150_000, 8))
BY_CATEGORY = {"Bikes": 4, "Accessories": 10, "Clothing": 8, "Components": 5}
Table = tuple[tuple[int, int], ...]


class Line(NamedTuple):
    """One sold line; its order of fields is the order in which volume adds up."""

    day: str
    key: bytes
    order: str
    reseller: str
    category: str
    amount: Fraction


class Outcome(NamedTuple):
    """How many amounts, their total, and what each reseller got."""

    entries: int
    total: Fraction
    resellers: Counter[str]


def seven(folder: Path) -> dict[str, Outcome]:
    lines = sorted(_lines(folder))
    of_2019 = [line for line in lines if line.day.startswith("2019")]
    return {
        "flat": _outcome((line, line.amount * 5 * PERCENT) for line in of_2019),
        "marginal per quarter": _outcome(_marginal(of_2019, _quarter, QUARTERLY)),
        "retroactive per quarter": _outcome(_retroactive(of_2019, _quarter, QUARTERLY)),
        "marginal per year": _outcome(_marginal(of_2019, _year, YEARLY)),
        "retroactive per year": _outcome(_retroactive(of_2019, _year, YEARLY)),
        "whole transaction": _outcome(_whole_orders(of_2019, _year, YEARLY)),
        "by category": _outcome((line, line.amount * BY_CATEGORY[line.category] * PERCENT) for line in lines),
    }


def _lines(folder: Path) -> Iterator[Line]:
    categories = {
        row["ProductKey"]: row["EnglishProductCategoryName"] for row in _rows(folder / "Product.csv")
    }
    for row in _rows(folder / "FactResellerSales.csv"):
        number, product = row["SalesOrderNumber"], row["ProductKey"]
        yield Line(
            row["OrderDate"],
            f"{number}-{product}".encode(),
            number,
            row["ResellerKey"],
            categories[product],
            Fraction(row["SalesAmount"]),
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _quarter(line: Line) -> tuple[str, str]:
    return line.reseller, f"{line.day[:4]} {(int(line.day[5:7]) - 1) // 3}"


def _year(line: Line) -> tuple[str, str]:
    return line.reseller, line.day[:4]


Window = Callable[[Line], tuple[str, str]]


def _marginal(lines: Iterable[Line], window: Window, table: Table) -> Iterator[tuple[Line, Fraction]]:
    """Each part of a line is paid at the rate of the slice it falls into."""
    sold: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    bounds = [Fraction(start) for start, _rate in table] + [None]
    for line in lines:
        before = sold[window(line)]
        after = sold[window(line)] = before + line.amount
        paid = Fraction(0)
        for (start, rate), end in zip(table, bounds[1:], strict=True):
            inside = (after if end is None else min(after, end)) - max(before, Fraction(start))
            paid += max(inside, Fraction(0)) * rate * PERCENT
        yield line, paid


def _retroactive(lines: list[Line], window: Window, table: Table) -> Iterator[tuple[Line, Fraction]]:
    """What was sold in the whole window decides the rate of every line of it."""
    sold: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for line in lines:
        sold[window(line)] += line.amount
    for line in lines:
        yield line, line.amount * _rate(table, sold[window(line)])


def _whole_orders(lines: list[Line], window: Window, table: Table) -> Iterator[tuple[Line, Fraction]]:
    """What was sold after the last line of its order decides the rate of every line of the order."""
    sold: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    reached: dict[str, Fraction] = {}
    for line in lines:
        sold[window(line)] += line.amount
        reached[line.order] = sold[window(line)]
    for line in lines:
        yield line, line.amount * _rate(table, reached[line.order])


def _rate(table: Table, volume: Fraction) -> Fraction:
    return max((start, rate) for start, rate in table if start <= volume)[1] * PERCENT


def _outcome(paid: Iterable[tuple[Line, Fraction]]) -> Outcome:
    resellers: Counter[str] = Counter()
    entries = 0
    for line, exact in paid:
        entries += 1
        resellers[line.reseller] += _cents(exact)
    return Outcome(entries, Fraction(resellers.total(), 100), resellers)


def _cents(exact: Fraction) -> int:
    """Half a cent goes away from zero; nothing here is below it."""
    return int(exact * 100 + Fraction(1, 2))


if __name__ == "__main__":
    for name, (count, total, by_reseller) in seven(Path(sys.argv[1])).items():
        top = ", ".join(f"{reseller}: {cents / 100:.2f}" for reseller, cents in by_reseller.most_common(3))
        print(f"{name}: {count} entries, {float(total):.2f}; {top}")
