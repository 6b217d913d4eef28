"""A small sales sample of AdventureWorks' shape, the same on every machine: for whoever has not the real one.

Promise: its files, columns and ids are those of the real folder (the same product at several costs, orders of one day
that interleave, resellers without a sale, volumes that end exactly on a bound); called by the tests of real sales.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

SEED = 1_994
ORDERS, RESELLERS, SELLING = 190, 48, 40
FIRST, DAYS = date(2018, 10, 1), 517
FIRST_ORDER, FIRST_PRODUCT = 43_659, 210
# Category: products, cheapest and dearest in cents.
CATEGORIES = {
    "Bikes": (14, 30_000, 130_000),
    "Components": (16, 2_000, 40_000),
    "Clothing": (8, 900, 7_000),
    "Accessories": (8, 400, 6_000),
}
COUNTRIES = ("United States", "Canada", "France", "United Kingdom", "Germany", "Australia")
KINDS = ("Value Added Reseller", "Specialty Bike Shop", "Warehouse", "Ware House")
# One reseller reaches each bound of the tables to the cent: day of sale, cents.
ON_THE_BOUND = (("2019-01-10", 1_999_950), ("2019-01-11", 50), ("2019-04-02", 3_000_000), ("2019-05-06", 333))

Row = Sequence[object]


class _Draw:
    """A plain congruential generator: Python's own may change its ways between versions."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, bound: int) -> int:
        self.state = (self.state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self.state >> 33) % bound


def write_sample(folder: Path) -> Path:
    """Write the three files that are read of the real sample; returns the folder."""
    draw = _Draw(SEED)
    products = list(_products(draw))
    _write(folder / "Product.csv", "ProductKey,Product,StandardCost,Color,Subcategory,EnglishProductCategoryName",
           products)  # fmt: skip
    _write(folder / "Resellers.csv", "ResellerKey,BusinessType,ResellerName,City,StateProvinceName,Country_Region",
           _resellers(draw))  # fmt: skip
    _write(folder / "FactResellerSales.csv",
           "SalesOrderNumber,OrderDate,ProductKey,ResellerKey,EmployeeKey,SalesTerritoryKey,OrderQuantity,UnitPrice,"
           "TotalProductCost,SalesAmount,StandardCost", _lines(draw, products))  # fmt: skip
    return folder


def _products(draw: _Draw) -> Iterator[Row]:
    """Every third product is the one before it at another cost."""
    key, name = FIRST_PRODUCT, ""
    for category, (count, low, high) in CATEGORIES.items():
        for place in range(count):
            name = name if place % 3 == 2 else f'{category[:-1]} "{key}", Black'
            yield key, name, _money(low + draw.below(high - low)), "Black", f"{category} I", category
            key += 1


def _resellers(draw: _Draw) -> Iterator[Row]:
    for key in range(1, RESELLERS + 1):
        kind, country = KINDS[draw.below(len(KINDS))], COUNTRIES[draw.below(len(COUNTRIES))]
        yield key, kind, f"Shop {key}, Wheels & Co.", "Springfield", "Somewhere", country


def _lines(draw: _Draw, products: Sequence[Row]) -> Iterator[Row]:
    reseller = 1
    for order in range(ORDERS):
        day = FIRST + timedelta(days=order // 2 * DAYS // (ORDERS // 2))
        if order % 2 == 0 or draw.below(4):  # else one more order of the same reseller on the same day
            reseller = 1 + draw.below(SELLING) * draw.below(SELLING) // SELLING
        start = draw.below(len(products))
        for place in range(4 + draw.below(25)):
            product = products[(start + place) % len(products)]
            yield _line(draw, f"SO{FIRST_ORDER + order}", day.isoformat(), reseller, product)
    for place, (on, cents) in enumerate(ON_THE_BOUND):
        number, price = f"SO{FIRST_ORDER + ORDERS + place}", _money(cents)
        yield number, on, FIRST_PRODUCT, SELLING + 1, 285, 5, 1, price, "NULL", price, _money(cents // 2)


def _line(draw: _Draw, number: str, day: str, reseller: int, product: Row) -> Row:
    """The price is about the cost: some lines lose money."""
    key, _name, cost = product[:3]
    price = int(str(cost).replace(".", "")) * (90 + draw.below(60)) // 100
    quantity = 1 + draw.below(6)
    amount = price * quantity * (98 if quantity > 5 else 100) // 100
    return number, day, key, reseller, 285, 5, quantity, _money(price), "NULL", _money(amount), cost


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _write(path: Path, head: str, rows: Iterator[Row] | Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)
