"""The payment file: one CSV row per payment, exact, inert, never regenerated.

Promise: pure; text that could run as a formula or break a line is refused, not repaired; called by payouts.exporting.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from prm.kit.money import format_plain

COLUMNS = ("payment_id", "partner_code", "holder", "account", "bank_code", "amount", "currency", "reference")
FORMULA_STARTS = ("=", "+", "-", "@")


class UnsafeText(ValueError):
    """A field holds what a bank's or a spreadsheet's parser could take for something else."""

    code = "unsafe_text"

    def __init__(self, column: str, partner_code: str) -> None:
        super().__init__(f"{column} of {partner_code} has a control character or starts like a formula")
        self.column = column
        self.partner_code = partner_code


def is_safe_text(text: str) -> bool:
    """Whether no parser takes the text for a formula or for the end of its line."""
    return text.isprintable() and not text.lstrip().startswith(FORMULA_STARTS)


@dataclass(frozen=True)
class Payment:
    """What the bank needs of one item; the amount is in minor units."""

    payment_id: str
    partner_code: str
    holder: str
    account: str
    bank_code: str
    amount_minor: int
    currency: str
    reference: str


def write_file(payments: Sequence[Payment], *, message_id: str) -> bytes:
    """UTF-8 CSV with a head, the payments by partner code, and a control row: message id, number, total."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    ordered = sorted(payments, key=lambda payment: payment.partner_code.encode())
    for payment in ordered:
        writer.writerow(_row(payment))
    total = sum(payment.amount_minor for payment in ordered)
    currency = ordered[0].currency
    writer.writerow(
        ["CONTROL", message_id, len(ordered), "", "", format_plain(total, currency), currency, ""]
    )
    return out.getvalue().encode()


def _row(payment: Payment) -> list[str]:
    fields = {
        "payment_id": payment.payment_id,
        "partner_code": payment.partner_code,
        "holder": payment.holder,
        "account": payment.account,
        "bank_code": payment.bank_code,
        "amount": format_plain(payment.amount_minor, payment.currency),
        "currency": payment.currency,
        "reference": payment.reference,
    }
    for column, text in fields.items():
        if not is_safe_text(text):
            raise UnsafeText(column, payment.partner_code)
    return [fields[column] for column in COLUMNS]
