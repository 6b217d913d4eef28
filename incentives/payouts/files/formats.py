"""The kinds of payment file, by the code that an account keeps; called by payouts.

Promise: pure; one writer per kind, all from the same input."""

from collections.abc import Callable
from dataclasses import dataclass

from incentives.payouts.files.client_bank import write_client_bank
from incentives.payouts.files.csv_rows import write_csv
from incentives.payouts.files.pain001 import write_pain001
from incentives.payouts.files.payments import Batch

CSV, PAIN001, CLIENT_BANK = "csv", "pain001", "1c"


@dataclass(frozen=True)
class FileFormat:
    write: Callable[[Batch], bytes]
    extension: str
    media_type: str


FORMATS: dict[str, FileFormat] = {
    PAIN001: FileFormat(write_pain001, "xml", "application/xml"),
    CLIENT_BANK: FileFormat(write_client_bank, "txt", "text/plain"),
    CSV: FileFormat(write_csv, "csv", "text/csv"),
}
