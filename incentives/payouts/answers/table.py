"""A bank's answers as a table (CSV) that finance makes where the bank sends neither of the others.

Columns: payment_id (as in the payment file), outcome (paid, returned, unknown), amount, currency, bank_reference, and
note if there is one. Promise: pure; called by payouts.answers.reading.
"""

import csv

from incentives.payouts.answers.lines import (
    LONGEST_EVENT,
    LONGEST_NOTE,
    PAID,
    RETURNED,
    UNKNOWN,
    AnswerLine,
    StatementUnreadable,
)
from prm.kit.csv import EncodingUnknown, read_rows
from prm.kit.money import AmountInvalid, CurrencyUnknown, parse_human_amount

NEEDED = ("payment_id", "outcome", "amount", "currency", "bank_reference")
OUTCOMES = frozenset({PAID, RETURNED, UNKNOWN})


def read_table(content: bytes) -> list[AnswerLine]:
    """Raises `StatementUnreadable`."""
    try:
        rows = read_rows(content)
    except (EncodingUnknown, UnicodeDecodeError, csv.Error) as fault:
        raise StatementUnreadable("not_table") from fault
    head = [cell.lower() for cell in rows[0]] if rows else []
    missing = [name for name in NEEDED if name not in head]
    if missing:
        raise StatementUnreadable("columns", names=", ".join(missing))
    return [
        _line(dict(zip(head, row + [""] * len(head), strict=False)), str(number))
        for number, row in enumerate(rows[1:], 2)
    ]


def _line(row: dict[str, str], number: str) -> AnswerLine:
    outcome = row["outcome"].lower()
    if outcome not in OUTCOMES:
        raise StatementUnreadable("outcome", row=number)
    if not 0 < len(row["bank_reference"]) <= LONGEST_EVENT:
        raise StatementUnreadable("bank_reference", row=number)
    try:
        amount_minor = parse_human_amount(row["amount"], row["currency"].upper())
    except (AmountInvalid, CurrencyUnknown) as fault:
        raise StatementUnreadable("amount", text=f"{row['amount']} {row['currency']}") from fault
    return AnswerLine(
        outcome=outcome,
        amount_minor=amount_minor,
        currency=row["currency"].upper(),
        event_ref=row["bank_reference"],
        payment_id=row["payment_id"],
        note=row.get("note", "")[:LONGEST_NOTE],
        text=row["payment_id"][:LONGEST_NOTE],
    )
