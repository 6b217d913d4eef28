"""A payment file for people and for banks that read tables: one CSV row per payment and a control row.

Promise: pure; a text that could run as a formula or break a line is refused, not repaired; called by
payouts.files.formats.
"""

import csv
import io

from incentives.payouts.files.payments import LONGEST_REFERENCE, Batch, Payment, require_sums, written
from incentives.payouts.files.signs import spreadsheet_text
from prm.kit.money import format_plain

COLUMNS = ("payment_id", "partner_code", "holder", "account", "bank_code", "amount", "currency", "reference")
CONTROL = "CONTROL"
LONGEST = 200
_MAY_BE_EMPTY = ("bank_code",)


def write_csv(batch: Batch) -> bytes:
    """UTF-8 with a head, the payments by partner code, and a control row: message id, number, the account that money
    leaves, total."""
    require_sums(batch)
    message_id = written(batch.message_id, spreadsheet_text, LONGEST_REFERENCE, "message_id")
    payer = ["", ""]
    if batch.payer is not None:
        payer = [
            written(batch.payer.account, spreadsheet_text, LONGEST, "payer_account"),
            spreadsheet_text(batch.payer.bank_code),
        ]
    total = format_plain(batch.total_minor, batch.currency)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(payment) for payment in batch.ordered)
    writer.writerow([CONTROL, message_id, len(batch.payments), *payer, total, batch.currency, ""])
    return out.getvalue().encode()


def _row(payment: Payment) -> list[str]:
    amount = format_plain(payment.amount_minor, payment.currency)
    texts = {**vars(payment), "amount": amount}
    return [_cell(str(texts[column]), column, payment) for column in COLUMNS]


def _cell(text: str, column: str, payment: Payment) -> str:
    if column in _MAY_BE_EMPTY and not text:
        return text
    return written(text, spreadsheet_text, LONGEST, column, payment)
