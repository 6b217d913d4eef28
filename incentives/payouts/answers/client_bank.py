"""A bank's statement for 1C: 1CClientBankExchange, with the orders that it debited and the money that came back.

A return comes as an order of its own, whose purpose says "возврат" and names ours by number and day.
Promise: pure; called by payouts.answers.reading.
"""

import re

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

HEAD = "1CClientBankExchange"
ENCODINGS = ("utf-8-sig", "cp1251")
DOS = "Кодировка=DOS"
ROUBLE = "RUB"
BEGIN, END = "СекцияДокумент", "КонецДокумента"
_RETURN = re.compile(r"возврат", re.IGNORECASE)
_ORDER = re.compile(r"№\s*(\d{1,6})\s*от\s*(\d\d\.\d\d\.\d{4})")


def read_client_bank(content: bytes) -> list[AnswerLine]:
    """Raises `StatementUnreadable`."""
    lines = _decoded(content).splitlines()
    if not lines or lines[0].strip() != HEAD:
        raise StatementUnreadable("not_1c")
    found = []
    document: dict[str, str] | None = None
    for line in lines[1:]:
        key, _, value = line.strip().partition("=")
        if key == BEGIN:
            document = {}
        elif key == END and document is not None:
            found += _read(document)
            document = None
        elif document is not None:
            document[key] = value.strip()
    if document is not None:
        raise StatementUnreadable("cut_off")
    return found


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise StatementUnreadable("not_1c")
    in_dos = content.decode("cp866")
    return in_dos if DOS in in_dos[:400] else text


def _read(document: dict[str, str]) -> list[AnswerLine]:
    """Nothing where no money moved, or where it came in and is no return."""
    purpose = document.get("НазначениеПлатежа", "")
    if document.get("ДатаСписано"):
        return [_line(document, PAID, document.get("Номер", ""), document.get("Дата", ""), purpose)]
    ours = _ORDER.search(purpose)
    if document.get("ДатаПоступило") and _RETURN.search(purpose) and ours:
        return [_line(document, RETURNED, ours[1], ours[2], purpose)]
    return []


def _line(document: dict[str, str], outcome: str, number: str, day: str, purpose: str) -> AnswerLine:
    """The event is the bank's own order; a payment is told with the account that it went to."""
    account = document.get("ПолучательСчет") or document.get("ПолучательРасчСчет", "")
    return AnswerLine(
        outcome=outcome,
        amount_minor=minor_units(document.get("Сумма", ""), ROUBLE),
        currency=ROUBLE,
        event_ref=event_of(document.get("Номер", ""), document.get("Дата", ""), outcome),
        order_number=int(number) if number.isascii() and number.isdigit() else 0,
        order_day=day_of(day, day.split(".")[::-1]),
        account=account if outcome == PAID else "",
        note=purpose[:LONGEST_NOTE] if outcome == RETURNED else "",
        text=" ".join(part for part in (document.get("Получатель1", ""), purpose) if part)[:LONGEST_NOTE],
    )
