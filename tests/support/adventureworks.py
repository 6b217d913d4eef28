"""The AdventureWorks reseller sample as facts, read from a folder: PRM_SAMPLE_DATA names the real one.

Promise: amounts go from text to minor units without a float; called by the acceptance tests of plans and earnings."""

import csv
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from incentives.plans.facts import SALE, Partner, Product, SaleLine
from prm.kit.money import parse_amount

SOURCE = "adventureworks"
_ARRIVED = datetime(2020, 6, 1, tzinfo=UTC)


def sample_folder() -> Path | None:
    """The folder with the sample, or None where the variable is not set."""
    named = os.environ.get("PRM_SAMPLE_DATA")
    return Path(named) if named else None


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_partners(folder: Path) -> tuple[Partner, ...]:
    """Resellers; the key is both id and code."""
    return tuple(Partner(row["ResellerKey"], row["ResellerKey"]) for row in _rows(folder, "Resellers.csv"))


def read_products(folder: Path) -> tuple[Product, ...]:
    """Products with their English category in lower case."""
    return tuple(
        Product(row["ProductKey"], row["ProductKey"], row["EnglishProductCategoryName"].lower())
        for row in _rows(folder, "Product.csv")
    )


def read_lines(folder: Path) -> tuple[SaleLine, ...]:
    """All lines; cost is the standard cost times the quantity."""
    return tuple(_line(row) for row in _rows(folder, "FactResellerSales.csv"))


def _line(row: dict[str, str]) -> SaleLine:
    external_id = f"{row['SalesOrderNumber']}-{row['ProductKey']}"
    return SaleLine(
        id=external_id,
        source=SOURCE,
        external_id=external_id,
        kind=SALE,
        occurred_on=date.fromisoformat(row["OrderDate"]),
        product_id=row["ProductKey"],
        quantity=Decimal(row["OrderQuantity"]),
        amount_minor=parse_amount(row["SalesAmount"], "USD"),
        currency="USD",
        recorded_at=_ARRIVED,
        partner_id=row["ResellerKey"],
        order_number=row["SalesOrderNumber"],
        cost_minor=parse_amount(row["StandardCost"], "USD") * int(row["OrderQuantity"]),
    )
