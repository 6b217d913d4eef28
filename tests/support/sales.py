"""Lines as a source would send them, and the products and customers that they name.

Called by: tests of sales, imports and facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from partners.customers.models import Customer
from partners.products.models import Product, ProductCategory
from partners.sales.actions import record_sales
from partners.sales.batches import BatchResult
from partners.sales.models import SaleLine
from partners.sales.rows import SaleRow, SplitRow, read_line
from partners.sales.rules import LineInput
from prm.accounts.actor import Actor
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


def stock(cast: Cast) -> None:
    """Acme sells BIKE (category bikes) and HELMET to the customer ROAD; Zenith sells STAR."""
    with tenant_context(cast.acme.id):
        bikes = ProductCategory.objects.create(code="bikes", name="Bikes")
        Product.objects.create(code="BIKE", name="Bike", category=bikes, changed_at=NOW)
        Product.objects.create(code="HELMET", name="Helmet", changed_at=NOW)
        Customer.objects.create(code="ROAD", name="Road Club", changed_at=NOW)
    with tenant_context(cast.zenith.id):
        Product.objects.create(code="STAR", name="Star", changed_at=NOW)


def row(external_id: str, amount: str = "100.00", **fields: Any) -> dict[str, Any]:
    """A row as JSON has it."""
    return {
        "source": "erp",
        "external_id": external_id,
        "occurred_on": "2026-03-10",
        "partner": "NW",
        "product": "BIKE",
        "amount": amount,
        "currency": "EUR",
        **fields,
    }


def line(external_id: str, amount: str = "100.00", **fields: Any) -> LineInput:
    """The same row, read; it must have no faults."""
    content = row(external_id, amount, **fields)
    if "splits" in content:
        content["splits"] = [SplitRow(**share) for share in content["splits"]]
    read = read_line(SaleRow(**content))
    assert read.line is not None, read.faults
    return read.line


def record(
    actor: Actor, lines: Sequence[LineInput], *, mode: str = "partial", at: datetime = NOW, **more: Any
) -> BatchResult:
    return record_sales(actor=actor, rows=lines, mode=mode, at=at, **more)


def effects(result: BatchResult) -> list[str]:
    return [outcome.effect or outcome.faults[0].code for outcome in result.outcomes]


def sold(external_id: str) -> SaleLine:
    return SaleLine.objects.get(external_id=external_id)
