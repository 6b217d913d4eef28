"""A bank's statement in ISO 20022, camt.053 of any version: booked entries, one by one or for a whole file.

Promise: pure; no entity of a document is expanded and none is fetched (defusedxml); called by payouts.answers.reading.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from incentives.payouts.answers.lines import (
    LONGEST_NOTE,
    PAID,
    RETURNED,
    AnswerLine,
    StatementUnreadable,
    day_of,
    event_of,
    minor_units,
)

FAMILY = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001."
BOOKED, DEBIT = "BOOK", "DBIT"
AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
UNNAMED = "NOTPROVIDED"


def read_camt053(content: bytes) -> list[AnswerLine]:
    """Raises `StatementUnreadable`."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise StatementUnreadable("not_xml") from fault
    if not root.tag.startswith(FAMILY):
        raise StatementUnreadable("not_camt053")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return [line for entry in root.findall("BkToCstmrStmt/Stmt/Ntry") for line in _lines_of(entry)]


def _lines_of(entry: Any) -> Iterator[AnswerLine]:
    details = entry.findall("NtryDtls/TxDtls")
    if not details:
        yield _line(entry, entry, _amount(entry), batch=entry.find("NtryDtls/Btch"))
        return
    for told in details:
        amount = _amount(told)
        if amount is None and len(details) == 1:
            amount = _amount(entry)
        yield _line(entry, told, amount)


def _line(entry: Any, told: Any, amount: Any, *, batch: Any = None) -> AnswerLine:
    if amount is None:
        raise StatementUnreadable("amount", text=_text(told, "Refs/EndToEndId"))
    currency = amount.get("Ccy", "")
    direction = _text(told, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    outcome = PAID if direction == DEBIT else RETURNED
    payment_id = _text(told, "Refs/EndToEndId")
    reference = (
        _text(told, "Refs/AcctSvcrRef")
        or _text(entry, "AcctSvcrRef")
        or payment_id
        or _text(entry, "NtryRef")
    )
    return AnswerLine(
        outcome=outcome if _is_booked(entry, direction) else "",
        amount_minor=minor_units(amount.text or "", currency),
        currency=currency,
        event_ref=event_of(reference, f"{_day(entry):%Y%m%d}", direction),
        payment_id="" if payment_id == UNNAMED else payment_id,
        message_id="" if batch is None else _text(batch, "MsgId") or _text(batch, "PmtInfId"),
        count=0 if batch is None else _number(_text(batch, "NbOfTxs")),
        note=_reason(told),
        text=_told(told, entry),
    )


def _is_booked(entry: Any, direction: str) -> bool:
    """A reversed debit would be a return that was taken back: people decide that."""
    state = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return state == BOOKED and not (direction == DEBIT and _text(entry, "RvslInd") == "true")


def _amount(of: Any) -> Any:
    found = (of.find(path) for path in AMOUNTS)
    return next((amount for amount in found if amount is not None), None)


def _day(entry: Any) -> Any:
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt")
    return day_of(text, text[:10].split("-"))


def _reason(told: Any) -> str:
    parts = [_text(told, "RtrInf/Rsn/Cd"), *(part.text or "" for part in told.findall("RtrInf/AddtlInf"))]
    return " ".join(part for part in parts if part)[:LONGEST_NOTE]


def _told(told: Any, entry: Any) -> str:
    """What a person may know the booking by."""
    found = [
        _text(told, "RltdPties/Cdtr/Pty/Nm") or _text(told, "RltdPties/Cdtr/Nm"),
        _text(told, "RmtInf/Ustrd") or _text(entry, "AddtlNtryInf"),
    ]
    return " ".join(part for part in found if part)[:LONGEST_NOTE]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _text(of: Any, path: str) -> str:
    return (of.findtext(path) or "").strip()
