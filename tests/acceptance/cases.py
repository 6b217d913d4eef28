"""The acceptance numbers: S1, S3 and the seven rows of real sales, real and generated.

Promise: each case goes through the public door and reads its numbers from statements; called by the command and tests.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prm.kit.money import format_plain
from tests.acceptance.door import Door, open_door
from tests.support.sample_cases import CASES, WHOLES, Y2019, folder_of

TABLE = [{"from": "0", "rate": "0.05"}, {"from": "100000", "rate": "0.07"}, {"from": "250000", "rate": "0.1"}]
MODES = ("marginal", "retroactive", "whole_transaction")


@dataclass(frozen=True)
class Number:
    """One number: its name, what must come out, what came out."""

    name: str
    expected: str
    got: str

    @property
    def holds(self) -> bool:
        return self.expected == self.got


def tiers_component(mode: str) -> list[dict[str, Any]]:
    component = {
        "id": "volume",
        "type": "tiers",
        "mode": mode,
        "measure": "revenue",
        "window": "quarter",
        "tiers": TABLE,
    }
    return [component]


def sale(external_id: str, day: str, amount: str, partner: str, **fields: Any) -> dict[str, Any]:
    return {
        "source": "erp",
        "external_id": external_id,
        "occurred_on": day,
        "product": "P",
        "amount": amount,
        "currency": "EUR",
        "partner": partner,
        **fields,
    }


def door_with(slug: str, partners: tuple[str, ...]) -> Door:
    door = open_door(slug, currency="EUR", first_period_on=date(2026, 1, 1))
    door.load("partners:batch", "partners", [{"code": code, "name": f"Partner {code}"} for code in partners])
    door.load("products:batch", "products", [{"code": "P", "name": "Product"}])
    return door


def tiers_in_three_modes() -> Iterator[Number]:
    """S1: three sales of a quarter, and the two edges."""
    door = door_with("case-s1", ("A", "B", "C"))
    for mode in MODES:
        door.plan(mode, tiers_component(mode), currency="EUR", days=(date(2026, 1, 1), None))
    door.sell(
        [
            sale("1", "2026-01-15", "80000.00", "A", order_number="O1"),
            sale("2", "2026-02-15", "90000.00", "A", order_number="O2"),
            sale("3", "2026-03-15", "130000.00", "A", order_number="O3"),
            sale("4", "2026-01-20", "99999.99", "B"),
            sale("5", "2026-01-20", "100000.00", "C"),
        ]
    )
    sums, of_sale = _by_month(door)
    expected = {
        "marginal": ("4000.00", "5900.00", "10600.00", "20500.00"),
        "retroactive": ("4000.00", "7900.00", "18100.00", "30000.00"),
        "whole_transaction": ("4000.00", "6300.00", "13000.00", "23300.00"),
    }
    for mode, (*by_month, total) in expected.items():
        for month, amount in enumerate(by_month, 1):
            yield Number(f"S1 {mode} 2026-{month:02}", amount, format_plain(sums["A", mode, month], "EUR"))
        whole = sum(sums["A", mode, month] for month in (1, 2, 3))
        yield Number(f"S1 {mode} quarter", total, format_plain(whole, "EUR"))
    for month, whose, sales, amount in (
        (2, "own", "2", "6300.00"),
        (2, "on January", "1", "1600.00"),
        (3, "own", "3", "13000.00"),
        (3, "on the months before", "12", "5100.00"),
    ):
        got = sum(of_sale["retroactive", external_id, month] for external_id in sales)
        yield Number(f"S1 retroactive 2026-{month:02}, {whose}", amount, format_plain(got, "EUR"))
    for partner, mode, amount in (
        ("B", "retroactive", "5000.00"),
        ("C", "retroactive", "7000.00"),
        ("C", "marginal", "5000.00"),
    ):
        got = sum(sums[partner, mode, month] for month in (1, 2, 3))
        yield Number(f"S1 edge {partner} {mode}", amount, format_plain(got, "EUR"))


def _by_month(door: Door) -> tuple[Counter[tuple[str, str, int]], Counter[tuple[str, str, int]]]:
    """The quarter settled month by month: sums by partner, plan and month, and by plan, sale and month."""
    sums: Counter[tuple[str, str, int]] = Counter()
    of_sale: Counter[tuple[str, str, int]] = Counter()
    for month in (1, 2, 3):
        door.settle(date(2026, month, 1))
        for line in door.statement_lines(date(2026, month, 1)):
            sums[line["partner"], line["plan"], month] += line["amount_minor"]
            of_sale[line["plan"], line["sale"], month] += line["amount_minor"]
    return sums, of_sale


def splits() -> Iterator[Number]:
    """S3: thirds, 75/25, and weights that are refused; a plan of 100 % shows the credits themselves."""
    door = door_with("case-s3", ("A", "B", "C"))
    for slot, rate in (("main", "0.08"), ("credit", "1")):
        component = {"id": "base", "type": "rate", "rate": rate}
        door.plan(slot, [component], currency="EUR", days=(date(2026, 1, 1), None))
    thirds = [{"partner": code, "parts": 1} for code in ("A", "B", "C")]
    quarters = [{"partner": "A", "percent": "75"}, {"partner": "B", "percent": "25"}]
    door.sell(
        [
            sale("thirds", "2026-01-05", "9999.99", "A", splits=thirds),
            sale("hundred", "2026-01-06", "100.00", "A", splits=thirds),
            sale("quarters", "2026-01-07", "99.99", "A", splits=quarters),
        ]
    )
    wrong = [{"partner": "A", "percent": "60"}, {"partner": "B", "percent": "30"}]
    refused = door.send("sales:batch", {"rows": [sale("wrong", "2026-01-08", "10.00", "A", splits=wrong)]})
    yield Number("S3 60/30 is refused", "422", str(refused.status_code))
    door.settle(date(2026, 1, 1))
    lines = door.statement_lines(date(2026, 1, 1))
    got = {(line["plan"], line["sale"], line["partner"]): line["amount_minor"] for line in lines}
    expected = [("main", "thirds", code, "266.67") for code in ("A", "B", "C")]
    expected += [("credit", "thirds", code, "3333.33") for code in ("A", "B", "C")]
    expected += [("credit", "hundred", *told) for told in (("A", "33.34"), ("B", "33.33"), ("C", "33.33"))]
    expected += [("credit", "quarters", *told) for told in (("A", "74.99"), ("B", "25.00"))]
    for slot, external_id, code, amount in expected:
        what = "8 %" if slot == "main" else "credit"
        yield Number(
            f"S3 {what} of {external_id}, {code}",
            amount,
            format_plain(got[slot, external_id, code], "EUR"),
        )
    yield Number("S3 nothing of the refused sale", "0", str(sum(line["sale"] == "wrong" for line in lines)))


def history(sample: str, folder: Path, **partner: Any) -> Door:
    """A vendor whose books begin with the sample, and who sends all of it when only the last month is open."""
    whole = WHOLES[sample]
    door = open_door(f"{sample}-sales", currency="USD", first_period_on=whole.first.starts_on)
    door.settle_empty_months(whole.first, whole.last)
    load_sample(door, folder, **partner)
    return door


def real_sales(door: Door, sample: str) -> Iterator[Number]:
    """The seven rows: each plan in a slot of its own, all in one calculation of the last month."""
    slots = {
        name: "main" if case.days != Y2019 else f"slot{place}"
        for place, (name, case) in enumerate(CASES.items())
    }
    for name, case in CASES.items():
        door.plan(slots[name], case.components, currency="USD", days=case.days, starts_on=date(2017, 1, 1))
    last = WHOLES[sample].last.starts_on
    door.settle(last)
    sums: dict[str, Counter[str]] = {slot: Counter() for slot in slots.values()}
    entries: Counter[str] = Counter()
    for line in door.statement_lines(last):
        sums[line["plan"]][line["partner"]] += line["amount_minor"]
        entries[line["plan"]] += 1
    for name, case in CASES.items():
        expected, mine = case.expected[sample], sums[slots[name]]
        yield Number(f"{sample}, {name}: entries", str(expected.entries), str(entries[slots[name]]))
        yield Number(f"{sample}, {name}: total", expected.total, format_plain(mine.total(), "USD"))
        for code, amount in expected.largest.items():
            yield Number(f"{sample}, {name}: reseller {code}", amount, format_plain(mine[code], "USD"))


def generated_sales() -> Iterator[Number]:
    """The same over the generated sample, which is always there."""
    with TemporaryDirectory() as spare:
        yield from real_sales(history("generated", folder_of("generated", Path(spare))), "generated")


def load_sample(
    door: Door, folder: Path, *, partner: Callable[[dict[str, str]], dict[str, Any]] = lambda row: {}
) -> None:
    """The sample through the batches of the API; `partner` adds facts of a reseller."""
    products = _rows(folder, "Product.csv")
    categories = sorted({row["EnglishProductCategoryName"] for row in products})
    door.load(
        "product-categories:batch",
        "product_categories",
        [{"code": name.lower(), "name": name} for name in categories],
    )
    door.load(
        "products:batch",
        "products",
        [
            {
                "code": row["ProductKey"],
                "name": row["Product"],
                "category_code": row["EnglishProductCategoryName"].lower(),
            }
            for row in products
        ],
    )
    door.load(
        "partners:batch",
        "partners",
        [
            {"code": row["ResellerKey"], "name": row["ResellerName"], **partner(row)}
            for row in _rows(folder, "Resellers.csv")
        ],
    )
    door.sell([_sample_line(row) for row in _rows(folder, "FactResellerSales.csv")])


def _sample_line(row: dict[str, str]) -> dict[str, Any]:
    cost = Decimal(row["StandardCost"]) * int(row["OrderQuantity"])
    return {
        "source": "erp",
        "external_id": f"{row['SalesOrderNumber']}-{row['ProductKey']}",
        "order_number": row["SalesOrderNumber"],
        "occurred_on": row["OrderDate"],
        "partner": row["ResellerKey"],
        "product": row["ProductKey"],
        "quantity": row["OrderQuantity"],
        "amount": f"{Decimal(row['SalesAmount']):.2f}",
        "cost": f"{cost:.2f}",
        "currency": "USD",
    }


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
