"""Rows of the door of payments: bytes to payments, strictly, with a fault at each wrong field.

Promise: as `sales.rows`; called by partners.sales.payment_api. Pure (no database)."""

from dataclasses import dataclass

import msgspec

from partners.sales.rows import read_amount, read_code, read_day, why_unreadable
from partners.sales.rules import Fault, PaymentInput
from prm.kit.money import is_currency


class PaymentRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row as JSON."""

    source: str
    external_id: str
    sale: str
    paid_on: str
    amount: str
    currency: str


FIELDS = PaymentRow.__struct_fields__
_decoder = msgspec.json.Decoder(PaymentRow)


@dataclass(frozen=True, slots=True)
class ReadPayment:
    """A row that was read: its key as far as it could be told, and a payment or the faults."""

    source: str | None
    external_id: str | None
    payment: PaymentInput | None
    faults: tuple[Fault, ...] = ()


def read_payment(raw: bytes | msgspec.Raw) -> ReadPayment:
    try:
        row = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        source, external_id, faults = why_unreadable(raw, PaymentRow, FIELDS)
        return ReadPayment(source, external_id, None, faults)
    return read_told(row)


def read_told(row: PaymentRow) -> ReadPayment:
    """A typed row as a payment, with every fault that its values have."""
    faults: list[Fault] = []
    texts = {}
    for name in ("source", "external_id", "sale"):
        texts[name] = read_code(name, getattr(row, name), faults)
        if not texts[name] and not any(fault.field == name for fault in faults):
            faults.append(Fault(name, "required"))
    paid_on = read_day("paid_on", row.paid_on, faults)
    amount_minor = 0
    if is_currency(row.currency):
        amount_minor = read_amount("amount", row.amount, row.currency, faults)
    else:
        faults.append(Fault("currency", "currency_unknown"))
    if faults:
        return ReadPayment(texts["source"], texts["external_id"], None, tuple(faults))
    told = PaymentInput(**texts, paid_on=paid_on, amount_minor=amount_minor, currency=row.currency)
    return ReadPayment(told.source, told.external_id, told)
