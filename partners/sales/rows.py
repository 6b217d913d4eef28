"""Rows of the batch door: bytes of JSON or NDJSON to lines, strictly, with a fault at each wrong field.

Promise: a number is never taken for text, an amount never rounded, an unknown field never ignored; a bad row does not
touch its neighbours. Called by partners.sales.api and the tests; pure (no database)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from partners.sales.rules import MAX_PARTS, REFUND, SALE, Fault, LineInput, Share, deal_number, split_faults
from prm.kit.money import CURRENCY_EXPONENTS, AmountInvalid, is_currency, parse_amount

QUANTITY_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
PERCENT_PATTERN = r"^[0-9]{1,3}(\.[0-9]{1,6})?$"
_QUANTITY = re.compile(QUANTITY_PATTERN[1:-1])
_PERCENT = re.compile(PERCENT_PATTERN[1:-1])
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)
LENGTHS = {
    "source": 40,
    "external_id": 120,
    "order_number": 80,
    "partner": 60,
    "product": 60,
    "customer": 60,
    "refunds": 120,
    "sale": 120,
    "deal": 20,
    "subscription": 120,
}


def _plain_text(name: str, *, needed: bool = False) -> str:
    """ASCII within the length of the field, without blanks around it."""
    text = f"[!-~](?:[ -~]{{0,{LENGTHS[name] - 2}}}[!-~])?"
    return text if needed else f"(?:{text})?"


_AMOUNT = r"[0-9]{1,14}(?:\.[0-9]{1,4})?"
_PLAIN = re.compile(
    "\t".join(
        (
            *(_plain_text(name, needed=True) for name in ("source", "external_id", "product")),
            *map(_plain_text, ("order_number", "partner", "customer", "refunds", "subscription")),
            QUANTITY_PATTERN[1:-1],
            _AMOUNT,
            f"(?:{_AMOUNT})?",
            f"(?:{SALE}|{REFUND})",
        )
    )
)


class SplitRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    partner: str
    percent: str | None = None
    parts: int | None = None


class SaleRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One row as JSON; absent optional fields are empty."""

    source: str
    external_id: str
    occurred_on: str
    product: str
    amount: str
    currency: str
    kind: str = SALE
    order_number: str = ""
    partner: str | None = None
    quantity: str = "1"
    cost: str | None = None
    customer: str | None = None
    splits: list[SplitRow] | None = None
    refunds: str | None = None
    deal: str | None = None
    subscription: str | None = None
    invoiced_on: str | None = None


_CODES = tuple(name for name in SaleRow.__struct_fields__ if name in LENGTHS)
REQUIRED = ("source", "external_id", "occurred_on", "product", "amount", "currency")
NULLABLE = frozenset(
    {"partner", "cost", "customer", "splits", "refunds", "deal", "subscription", "invoiced_on"}
)
_TYPE_CODES = {
    "amount": "amount_type",
    "cost": "amount_type",
    "occurred_on": "day_format",
    "invoiced_on": "day_format",
    "paid_on": "day_format",
}
_row_decoder = msgspec.json.Decoder(SaleRow)


class ReadRow(msgspec.Struct, frozen=True, gc=False):
    """A row that was read: its key as far as it could be told, and a line or the faults."""

    source: str | None
    external_id: str | None
    line: LineInput | None
    faults: tuple[Fault, ...] = ()


def read_row(raw: bytes | msgspec.Raw) -> ReadRow:
    try:
        row = _row_decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _unreadable(raw)
    line = _plain_line(row)
    return read_line(row) if line is None else ReadRow(line.source, line.external_id, line)


def _plain_line(row: SaleRow) -> LineInput | None:
    """What most rows are, told by one pattern for all their texts: nothing in it that could be refused. None leaves the
    judgement to `read_line`, which means the same and says why."""
    partner, customer, refunds = row.partner or "", row.customer or "", row.refunds or ""
    subscription = row.subscription or ""
    texts = (
        f"{row.source}\t{row.external_id}\t{row.product}\t{row.order_number}\t{partner}\t{customer}\t{refunds}"
        f"\t{subscription}\t{row.quantity}\t{row.amount}\t{row.cost or ''}\t{row.kind}"
    )
    occurred_on, invoiced_on = _plain_day(row.occurred_on), _plain_day(row.invoiced_on)
    exponent = CURRENCY_EXPONENTS.get(row.currency)
    if (
        exponent is None
        or not _PLAIN.fullmatch(texts)
        or occurred_on is None
        or (invoiced_on is None and row.invoiced_on is not None)
        or row.splits
        or row.deal
        or (refunds and row.kind == SALE)
    ):
        return None
    amount = _plain_amount(row.amount, exponent)
    cost = _plain_amount(row.cost, exponent) if row.cost else None
    if amount is None or (cost is None and row.cost is not None):
        return None
    return LineInput(
        row.source,
        row.external_id,
        row.kind,
        occurred_on,
        row.product,
        Decimal(row.quantity),
        amount,
        row.currency,
        row.order_number,
        partner or None,
        customer or None,
        cost,
        (),
        refunds,
        None,
        subscription,
        invoiced_on,
    )


@lru_cache(maxsize=4096)
def _plain_day(text: str | None) -> date | None:
    day = parse_day(text) if text else None
    return day if day is not None and _EARLIEST <= day <= _LATEST else None


def _plain_amount(text: str, exponent: int) -> int | None:
    whole, _point, fraction = text.partition(".")
    return int(whole + fraction.ljust(exponent, "0")) if len(fraction) <= exponent else None


def read_line(row: SaleRow) -> ReadRow:
    """A typed row as a line, with every fault that its values have."""
    faults: list[Fault] = []
    texts = {name: read_code(name, getattr(row, name), faults) for name in _CODES}
    for name in ("source", "external_id", "product"):
        if not texts[name] and not any(fault.field == name for fault in faults):
            faults.append(Fault(name, "required"))
    occurred_on = read_day("occurred_on", row.occurred_on, faults)
    invoiced_on = None if row.invoiced_on is None else read_day("invoiced_on", row.invoiced_on, faults)
    quantity = _quantity(row.quantity, faults)
    currency, amount, cost = _money(row, faults)
    if row.kind not in (SALE, REFUND):
        faults.append(Fault("kind", "choice_unknown"))
    elif row.kind == SALE and texts["refunds"]:
        faults.append(Fault("refunds", "refunds_on_sale"))
    shares = _shares(row.splits or [], faults)
    deal = deal_number(texts["deal"])
    if texts["deal"] and deal is None:
        faults.append(Fault("deal", "deal_format"))
    if faults:
        return ReadRow(texts["source"], texts["external_id"], None, tuple(faults))
    line = LineInput(
        source=texts["source"],
        external_id=texts["external_id"],
        kind=row.kind,
        occurred_on=occurred_on,
        product=texts["product"],
        quantity=quantity,
        amount_minor=amount,
        currency=currency,
        order_number=texts["order_number"],
        partner=texts["partner"] or None,
        customer=texts["customer"] or None,
        cost_minor=cost,
        splits=shares,
        refunds=texts["refunds"],
        deal=deal,
        subscription=texts["subscription"],
        invoiced_on=invoiced_on,
    )
    return ReadRow(line.source, line.external_id, line)


def read_code(name: str, value: str | None, faults: list[Fault], *, at: str = "") -> str:
    """The text in NFC; blanks around it, control characters and over-length are refused."""
    if not value:
        return ""
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    place = at or name
    if value != value.strip() or _CONTROL.search(value):
        faults.append(Fault(place, "code_format"))
    elif len(value) > LENGTHS[name]:
        faults.append(Fault(place, "max_length", {"limit": LENGTHS[name]}))
    return value


def read_day(name: str, text: str, faults: list[Fault]) -> date:
    day = parse_day(text)
    if day is None:
        faults.append(Fault(name, "day_format"))
        return _EARLIEST
    if not _EARLIEST <= day <= _LATEST:
        faults.append(Fault(name, "day_range"))
    return day


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """`YYYY-MM-DD`, or None."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _quantity(text: str, faults: list[Fault]) -> Decimal:
    if not _QUANTITY.fullmatch(text):
        faults.append(Fault("quantity", "quantity_format"))
        return Decimal(0)
    return Decimal(text)


def _money(row: SaleRow, faults: list[Fault]) -> tuple[str, int, int | None]:
    if not is_currency(row.currency):
        faults.append(Fault("currency", "currency_unknown"))
        return row.currency, 0, None
    amount = read_amount("amount", row.amount, row.currency, faults)
    cost = None if row.cost is None else read_amount("cost", row.cost, row.currency, faults)
    return row.currency, amount, cost


def read_amount(name: str, text: str, currency: str, faults: list[Fault]) -> int:
    try:
        minor = parse_amount(text, currency)
    except AmountInvalid as invalid:
        faults.append(Fault(name, invalid.code, invalid.params))
        return 0
    if minor < 0:
        faults.append(Fault(name, "amount_negative"))
    return minor


def _shares(rows: list[SplitRow], faults: list[Fault]) -> tuple[Share, ...]:
    shares = []
    before = len(faults)
    for place, row in enumerate(rows):
        at = f"splits/{place}"
        partner = read_code("partner", row.partner, faults, at=f"{at}/partner")
        if not partner:
            faults.append(Fault(f"{at}/partner", "required"))
        if row.percent is not None and not _PERCENT.fullmatch(row.percent):
            faults.append(Fault(f"{at}/percent", "split_percent_format"))
        if row.parts is not None and not 0 <= row.parts <= MAX_PARTS:
            faults.append(Fault(f"{at}/parts", "split_parts_format"))
        if len(faults) == before:
            percent = None if row.percent is None else Decimal(row.percent)
            shares.append(Share(partner, percent, row.parts))
    if len(faults) == before:
        faults += split_faults(shares)
    return tuple(shares)


def _unreadable(raw: bytes | msgspec.Raw) -> ReadRow:
    source, external_id, faults = why_unreadable(raw, SaleRow, REQUIRED)
    return ReadRow(source, external_id, None, faults)


def why_unreadable(
    raw: bytes | msgspec.Raw, shape: type[msgspec.Struct], required: Sequence[str]
) -> tuple[str | None, str | None, tuple[Fault, ...]]:
    """Of a row whose JSON is not of the shape its key, as far as it can be told; every field of a wrong type is named,
    not only the first."""
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, None, (Fault("", "malformed_json"),)
    if not isinstance(content, dict):
        return None, None, (Fault("", "row_type"),)
    faults = _shape_faults(content, shape.__struct_fields__, required)
    source, external_id = content.get("source"), content.get("external_id")
    return (
        source if isinstance(source, str) else None,
        external_id if isinstance(external_id, str) else None,
        tuple(faults) or (Fault("", "row_type"),),
    )


def _shape_faults(content: Mapping[str, Any], known: Sequence[str], required: Sequence[str]) -> list[Fault]:
    faults = [Fault(_escaped(name), "unknown_field") for name in content if name not in known]
    faults += [Fault(name, "required") for name in required if name not in content]
    for name in known:
        value = content.get(name)
        if name not in content or (value is None and name in NULLABLE):
            continue
        if name == "splits":
            faults += _split_shape_faults(value)
        elif not isinstance(value, str):
            faults.append(Fault(name, _TYPE_CODES.get(name, "text_type")))
    return faults


def _split_shape_faults(rows: Any) -> list[Fault]:
    if not isinstance(rows, list):
        return [Fault("splits", "list_type")]
    faults = []
    for place, row in enumerate(rows):
        at = f"splits/{place}"
        if not isinstance(row, dict):
            faults.append(Fault(at, "row_type"))
            continue
        faults += [
            Fault(f"{at}/{_escaped(name)}", "unknown_field")
            for name in row
            if name not in SplitRow.__struct_fields__
        ]
        if not isinstance(row.get("partner"), str):
            faults.append(Fault(f"{at}/partner", "text_type" if "partner" in row else "required"))
        if not isinstance(row.get("percent"), str | None):
            faults.append(Fault(f"{at}/percent", "split_percent_format"))
        if row.get("parts") is not None and type(row["parts"]) is not int:
            faults.append(Fault(f"{at}/parts", "split_parts_format"))
    return faults


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
