"""The import of sales: what its columns are, and how rows become lines.

Promise: a file and the batch door write by the same action, so both mean the same; called by sales catalogue."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.sales.actions import ImportInUse, record_sales, void_import
from partners.sales.batches import RefusedRow
from partners.sales.faults import FAULT_TEXTS, params_for_people
from partners.sales.rows import LENGTHS
from partners.sales.rules import MAX_PARTS, REFUND, SALE, Fault, LineInput, Share, deal_number, split_faults
from prm.imports import cells
from prm.imports.cells import CellInvalid
from prm.imports.kinds import (
    AppliedRow,
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    Reading,
    RowError,
    RowResult,
    UndoRefused,
)

ROWS_AT_ONCE = 20_000
_SHARE = re.compile(r"(?P<partner>.+?)\s*[:=]?\s+(?P<weight>\d+(?:[.,]\d{1,6})?)\s*(?P<percent>%?)")


def _code(name: str) -> Any:
    return cells.text(LENGTHS[name])


def split_cell(cell: str, reading: Reading) -> tuple[Share, ...]:
    """`NW 60%; SW 40%` or `NW 1; SW 1`."""
    shares = []
    for part in cell.split(";"):
        if not part.strip():
            continue
        match = _SHARE.fullmatch(part.strip())
        if match is None:
            raise CellInvalid("split_format")
        weight = match["weight"].replace(",", ".")
        if match["percent"]:
            shares.append(Share(match["partner"].strip(), percent=Decimal(weight)))
        elif weight.isdigit() and int(weight) <= MAX_PARTS:
            shares.append(Share(match["partner"].strip(), parts=int(weight)))
        else:
            raise CellInvalid("split_parts_format")
    faults = split_faults(shares)
    if faults:
        raise CellInvalid(faults[0].code, **faults[0].params)
    return tuple(shares)


def deal_cell(cell: str, reading: Reading) -> int:
    number = deal_number(cell)
    if number is None:
        raise CellInvalid("deal_format")
    return number


COLUMNS = (
    ImportColumn(
        "external_id",
        _("Line id"),
        _code("external_id"),
        hint=_("Left out, it is made of order number and product."),
        aliases=(
            "external id",
            "invoice line",
            "line",
            "id",
            "ид",
            "код строки",
            "номер строки",
            "идентификатор",
        ),
        example="SO-1001-1",
    ),
    ImportColumn(
        "order_number",
        _("Order number"),
        _code("order_number"),
        aliases=(
            "order",
            "sales order number",
            "invoice",
            "document",
            "заказ",
            "номер заказа",
            "документ",
            "счет",
        ),
        example="SO-1001",
    ),
    ImportColumn(
        "occurred_on",
        _("Date"),
        cells.day(),
        required=True,
        aliases=("order date", "invoice date", "sale date", "дата", "дата продажи", "дата заказа", "период"),
        example="2026-03-31",
    ),
    ImportColumn(
        "partner",
        _("Partner code"),
        _code("partner"),
        hint=_("Empty is a direct sale."),
        aliases=(
            "partner",
            "reseller",
            "reseller key",
            "dealer",
            "партнер",
            "код партнера",
            "дилер",
            "контрагент",
        ),
        example="NW",
    ),
    ImportColumn(
        "product",
        _("Product code"),
        _code("product"),
        required=True,
        aliases=("product", "sku", "item", "product key", "товар", "код товара", "артикул", "номенклатура"),
        example="BIKE-1",
    ),
    ImportColumn(
        "quantity",
        _("Quantity"),
        cells.decimal(places=6),
        hint=_("1 where the file does not say."),
        aliases=("qty", "order quantity", "units", "количество", "кол-во"),
        example="2",
    ),
    ImportColumn(
        "amount",
        _("Net amount"),
        cells.amount("currency"),
        required=True,
        aliases=("amount", "sales amount", "net", "revenue", "sum", "сумма", "сумма без ндс", "выручка"),
        example="1234.50",
    ),
    ImportColumn(
        "currency",
        _("Currency"),
        cells.currency(),
        required=True,
        aliases=("currency code", "валюта", "код валюты"),
        example="EUR",
    ),
    ImportColumn(
        "cost",
        _("Cost"),
        cells.amount("currency"),
        aliases=("total cost", "cogs", "себестоимость", "затраты"),
        example="900.00",
    ),
    ImportColumn(
        "customer",
        _("Customer code"),
        _code("customer"),
        aliases=("customer", "end customer", "покупатель", "клиент", "код клиента", "код покупателя"),
        example="ROAD",
    ),
    ImportColumn(
        "kind",
        _("Kind"),
        cells.choice(
            {
                SALE: ("продажа", "реализация", "invoice"),
                REFUND: ("return", "credit note", "возврат", "сторно"),
            }
        ),
        hint=_("sale or refund; a sale where the file does not say."),
        aliases=("type", "вид", "тип", "вид операции"),
        example="sale",
    ),
    ImportColumn(
        "refunds",
        _("Refunds line"),
        _code("refunds"),
        hint=_("The line id of the sale that is refunded."),
        aliases=("refunded line", "original line", "возврат по", "исходная строка"),
    ),
    ImportColumn(
        "splits",
        _("Split"),
        split_cell,
        hint=_("Several partners: NW 60%; SW 40%, or in parts: NW 1; SW 1."),
        aliases=("shares", "доли", "разделение"),
    ),
    ImportColumn(
        "deal",
        _("Registered deal"),
        deal_cell,
        hint=_("Its number, such as D-1042. Left out, the deal is found by customer and product line."),
        aliases=("deal", "deal number", "registration", "сделка", "номер сделки", "регистрация"),
    ),
    ImportColumn(
        "subscription",
        _("Subscription"),
        _code("subscription"),
        hint=_("The same reference on every line of one subscription."),
        aliases=(
            "subscription",
            "contract",
            "subscription ref",
            "подписка",
            "договор подписки",
            "номер подписки",
        ),
    ),
    ImportColumn(
        "invoiced_on",
        _("Invoiced on"),
        cells.day(),
        hint=_("Left out while nothing is invoiced."),
        aliases=("invoiced on", "invoiced", "дата счета", "дата выставления счета"),
    ),
    ImportColumn(
        "source",
        _("Source"),
        _code("source"),
        hint=_("The system that gives the line ids; the source of the file where the file does not say."),
        aliases=("system", "источник", "система"),
    ),
)
_COLUMN_OF_FIELD = {column.key for column in COLUMNS}


def identify(texts: Mapping[str, str]) -> tuple[str, ...] | None:
    """Source and line id as they will be recorded."""
    found = _external_id(texts.get("external_id"), texts.get("order_number"), texts.get("product"))
    return (texts.get("source", "").strip(), found) if found else None


def _external_id(given: str | None, order_number: str | None, product: str | None) -> str:
    if given and given.strip():
        return given.strip()
    return f"{order_number.strip()}-{product.strip()}" if order_number and product else ""


def apply_rows(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    """Record the rows in one batch; what one row is refused for does not touch the others."""
    lines = [_line(scope, place, row) for place, row in enumerate(rows)]
    result = record_sales(
        actor=scope.actor,
        rows=lines,
        mode="partial",
        at=scope.at,
        import_batch=scope.import_id,
        rehearsal=scope.rehearsal,
    )
    return [
        RowResult(outcome.effect, outcome.id, errors=tuple(_error(fault) for fault in outcome.faults))
        for outcome in result.outcomes
    ]


def _line(scope: ImportScope, place: int, row: ParsedRow) -> LineInput | RefusedRow:
    values = {key: value for key, value in row.values.items() if value is not None}
    source = values.get("source") or scope.source
    external_id = _external_id(values.get("external_id"), values.get("order_number"), values.get("product"))
    kind = values.get("kind", SALE)
    faults = []
    if not external_id:
        faults.append(Fault("external_id", "line_id_missing"))
    elif len(external_id) > LENGTHS["external_id"]:
        faults.append(Fault("external_id", "max_length", {"limit": LENGTHS["external_id"]}))
    if kind == SALE and values.get("refunds"):
        faults.append(Fault("refunds", "refunds_on_sale"))
    if faults:
        return RefusedRow(place, source, external_id or None, tuple(faults))
    return LineInput(
        source=source,
        external_id=external_id,
        kind=kind,
        occurred_on=values["occurred_on"],
        product=values["product"],
        quantity=values.get("quantity", Decimal(1)),
        amount_minor=values["amount"],
        currency=values["currency"],
        order_number=values.get("order_number", ""),
        partner=values.get("partner"),
        customer=values.get("customer"),
        cost_minor=values.get("cost"),
        splits=values.get("splits", ()),
        refunds=values.get("refunds", ""),
        deal=values.get("deal"),
        subscription=values.get("subscription", ""),
        invoiced_on=values.get("invoiced_on"),
    )


def _error(fault: Fault) -> RowError:
    column = fault.field.split("/", 1)[0]
    return RowError(column if column in _COLUMN_OF_FIELD else "", fault.code, params_for_people(fault.params))


def undo(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    try:
        void_import(actor=scope.actor, import_id=scope.import_id, at=scope.at)
    except ImportInUse as objection:
        raise UndoRefused(objection.code, objection.message) from objection


SALES = ImportKind(
    key="sales",
    label=_("Sales"),
    permission="sales.import",
    columns=COLUMNS,
    apply=apply_rows,
    identity=("external_id", "order_number", "product", "source"),
    identify=identify,
    undo=undo,
    fault_texts={code: text for code, text in FAULT_TEXTS.items() if code not in cells.FAULT_TEXTS},
    rows_at_once=ROWS_AT_ONCE,
    records_url_name="sale-list",
    hint=_("Lines of orders and refunds; the same line again changes nothing."),
)
