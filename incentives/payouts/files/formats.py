"""The kinds of payment file, by the code that an account keeps; called by payouts.

Promise: pure; one writer per kind, all from the same input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from incentives.payouts.files.client_bank import write_client_bank
from incentives.payouts.files.csv_rows import write_csv
from incentives.payouts.files.pain001 import write_pain001
from incentives.payouts.files.payments import Batch, Payer, Payment, PaymentRefused
from incentives.payouts.files.signs import Unwritable, sepa_text, spreadsheet_text, windows_text

CSV, PAIN001, CLIENT_BANK = "csv", "pain001", "1c"


@dataclass(frozen=True)
class FileFormat:
    """`letters` writes a text as the file takes it, or raises `Unwritable`."""

    write: Callable[[Batch], bytes]
    letters: Callable[[str], str]
    extension: str
    media_type: str


FORMATS: dict[str, FileFormat] = {
    PAIN001: FileFormat(write_pain001, sepa_text, "xml", "application/xml"),
    CLIENT_BANK: FileFormat(write_client_bank, windows_text, "txt", "text/plain"),
    CSV: FileFormat(write_csv, spreadsheet_text, "csv", "text/csv"),
}


def can_write(kind: str, text: str) -> bool:
    try:
        FORMATS[kind].letters(text)
    except Unwritable:
        return False
    return True


def require_payer(kind: str, payer: Payer) -> None:
    """Raise `PaymentRefused` unless files of this kind can be written from the account: one with a payment to itself
    is."""
    trial = Payment(
        payment_id="1",
        partner_code="1",
        holder=payer.name,
        account=payer.account,
        bank_code=payer.bank_code,
        amount_minor=1,
        currency=payer.currency,
        reference=payer.reference("PR-1 1"),
        city=payer.city,
        country=payer.country,
        tax_id=payer.tax_id,
        number=1,
    )
    try:
        _try_on(kind, payer, [trial])
    except PaymentRefused as refusal:
        if refusal.field != "reference":
            raise
        raise PaymentRefused(refusal.code, "payer_purpose", None, **refusal.params) from refusal


def faults_of(kind: str, payer: Payer, payments: Sequence[Payment]) -> dict[str, PaymentRefused]:
    """By payment id, why a payment could not go into a file of this kind. They are tried together first, for mostly all
    can; what is wrong with the account, or with all of them together, is no fault of one."""
    if _refusal_of(kind, payer, payments) is None:
        return {}
    each = {payment.payment_id: _refusal_of(kind, payer, [payment]) for payment in payments}
    return {key: refusal for key, refusal in each.items() if refusal is not None and refusal.partner_code}


def _refusal_of(kind: str, payer: Payer, payments: Sequence[Payment]) -> PaymentRefused | None:
    try:
        _try_on(kind, payer, payments)
    except PaymentRefused as refusal:
        return refusal
    return None


def _try_on(kind: str, payer: Payer, payments: Sequence[Payment]) -> None:
    at = datetime(2000, 1, 1, tzinfo=UTC)
    FORMATS[kind].write(Batch("1", at, at.date(), tuple(payments), payer))
