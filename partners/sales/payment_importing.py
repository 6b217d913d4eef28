"""The import of payments: what its columns are, and how rows become payments.

Promise: a file and the batch door write by the same action, so both mean the same; called by sales catalogue."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from partners.sales.actions import ImportInUse
from partners.sales.batches import RefusedRow
from partners.sales.faults import FAULT_TEXTS, params_for_people
from partners.sales.payments import record_payments, void_payment_import
from partners.sales.rows import LENGTHS
from partners.sales.rules import Fault, PaymentInput
from prm.imports import cells
from prm.imports.kinds import (
    AppliedRow,
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    RowError,
    RowResult,
    UndoRefused,
)

ROWS_AT_ONCE = 20_000

COLUMNS = (
    ImportColumn(
        "external_id",
        _("Payment id"),
        cells.text(LENGTHS["external_id"]),
        required=True,
        aliases=("external id", "payment", "payment number", "id", "ид", "номер платежа", "платеж"),
        example="PAY-2001",
    ),
    ImportColumn(
        "sale",
        _("Line id of the sale"),
        cells.text(LENGTHS["sale"]),
        required=True,
        hint=_("As it was sent with the sale."),
        aliases=("sale", "line", "line id", "invoice line", "строка", "код строки", "номер строки"),
        example="SO-1001-1",
    ),
    ImportColumn(
        "paid_on",
        _("Paid on"),
        cells.day(),
        required=True,
        aliases=("payment date", "date", "дата", "дата платежа", "дата оплаты"),
        example="2026-04-15",
    ),
    ImportColumn(
        "amount",
        _("Amount paid"),
        cells.amount("currency"),
        required=True,
        aliases=("amount", "paid", "sum", "сумма", "сумма платежа", "оплачено"),
        example="500.00",
    ),
    ImportColumn(
        "currency",
        _("Currency"),
        cells.currency(),
        required=True,
        hint=_("That of the sale."),
        aliases=("currency code", "валюта", "код валюты"),
        example="EUR",
    ),
    ImportColumn(
        "source",
        _("Source"),
        cells.text(LENGTHS["source"]),
        hint=_("The system that gives the ids; the source of the file where the file does not say."),
        aliases=("system", "источник", "система"),
    ),
)
_KEYS = frozenset(column.key for column in COLUMNS)


def identify(texts: Mapping[str, str]) -> tuple[str, ...] | None:
    """Source and payment id as they will be recorded."""
    found = texts.get("external_id", "").strip()
    return (texts.get("source", "").strip(), found) if found else None


def apply_rows(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    """Record the rows in one batch; what one row is refused for does not touch the others."""
    told: list[PaymentInput | RefusedRow] = [_payment(scope, row) for row in rows]
    result = record_payments(
        actor=scope.actor, rows=told, mode="partial", at=scope.at, import_batch=scope.import_id
    )
    return [
        RowResult(outcome.effect, outcome.id, errors=tuple(_error(fault) for fault in outcome.faults))
        for outcome in result.outcomes
    ]


def _payment(scope: ImportScope, row: ParsedRow) -> PaymentInput:
    values = row.values
    return PaymentInput(
        source=values.get("source") or scope.source,
        external_id=values["external_id"],
        sale=values["sale"],
        paid_on=values["paid_on"],
        amount_minor=values["amount"],
        currency=values["currency"],
    )


def _error(fault: Fault) -> RowError:
    return RowError(fault.field if fault.field in _KEYS else "", fault.code, params_for_people(fault.params))


def undo(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    try:
        void_payment_import(actor=scope.actor, import_id=scope.import_id, at=scope.at)
    except ImportInUse as objection:
        raise UndoRefused(objection.code, objection.message) from objection


PAYMENTS = ImportKind(
    key="sale_payments",
    label=_("Payments of sales"),
    permission="sales.import",
    columns=COLUMNS,
    apply=apply_rows,
    identity=("external_id", "source"),
    identify=identify,
    undo=undo,
    fault_texts={code: text for code, text in FAULT_TEXTS.items() if code not in cells.FAULT_TEXTS},
    rows_at_once=ROWS_AT_ONCE,
    hint=_("What customers paid of sales, part by part; the same payment again changes nothing."),
)
