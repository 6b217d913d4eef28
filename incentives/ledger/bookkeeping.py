"""The ledger for the vendor's own bookkeeping: its numbers of our accounts, turnovers of a month, rows to load.

Promises: a month is handed over with every account numbered or not at all; turnovers of debit and credit are equal. A
move between two of our accounts that bear one number is none in the outer books: it is counted and left out.
Called by: ledger.bookkeeping_pages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied

from incentives.ledger.models import AccountCode, OuterAccount, Transfer
from incentives.ledger.rules import Kind
from incentives.ledger.wording import KIND_LABELS
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.web import format as formats

NUMBER = re.compile(r"[0-9A-Za-zА-Яа-я][0-9A-Za-zА-Яа-я.\-]{0,19}")
# As bookkeepers in Russia mostly have them; shown as an example, never taken unasked.
EXAMPLES = {
    "expense": "44.01", "funds_expense": "44.02", "adjustment_expense": "44.03", "payable_pending": "76.05",
    "payable_available": "76.05", "in_transit": "57.01", "bank": "51", "clawback_due": "76.05",
    "withholding": "68.01",
}  # fmt: skip


class NumberInvalid(Exception):
    """Not what a chart of accounts calls an account; `field` is our account."""

    code = "account_number_invalid"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class AccountsUnnumbered(Exception):
    """Accounts that the month moves have no number yet."""

    code = "accounts_unnumbered"

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


@dataclass(frozen=True)
class Turnover:
    """What a month moved on one outer account in a currency."""

    number: str
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def difference_minor(self) -> int:
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True)
class Month:
    """What a month comes to: its turnovers, how many rows go over, and how many moves stay inside one account."""

    turnovers: list[Turnover]
    row_count: int
    inner_count: int

    @property
    def totals(self) -> list[Turnover]:
        """Per currency; debit and credit are equal."""
        sums: dict[str, list[int]] = {}
        for row in self.turnovers:
            total = sums.setdefault(row.currency, [0, 0])
            total[0] += row.debit_minor
            total[1] += row.credit_minor
        return [Turnover("", currency, *total) for currency, total in sorted(sums.items())]


def outer_numbers() -> dict[str, str]:
    """By our account."""
    return dict(OuterAccount.objects.values_list("code", "number"))


def number_accounts(*, actor: Actor, numbers: Mapping[str, str], at: datetime) -> None:
    """Say what the outer books call each account; an empty number takes it away. Raises `NumberInvalid` before any
    write."""
    if not actor.can("ledger_accounts.change"):
        raise PermissionDenied("ledger_accounts.change")
    for code, number in numbers.items():
        if code not in AccountCode.values or (number and not NUMBER.fullmatch(number)):
            raise NumberInvalid(code)
    held = outer_numbers()
    changed = {code: number for code, number in numbers.items() if held.get(code, "") != number}
    for code, number in changed.items():
        told = {"number": number, "set_at": at, "set_by_label": actor.label}
        kept = OuterAccount.objects.filter(code=code)
        if number:
            row, _made = OuterAccount.objects.update_or_create(code=code, defaults=told)
        else:
            row = kept.get()
            kept.delete()
        before, after = {code: held.get(code, "")}, {code: number}
        record(actor=actor, action="ledger.account_numbered", subject=row, at=at, before=before, after=after)


def unnumbered(period_on: date) -> list[str]:
    """Accounts that the month moves and that have no number."""
    numbers = outer_numbers()
    moved = Transfer.objects.filter(period_on=period_on).order_by().values_list("debit__code", "credit__code")
    codes = {code for pair in moved.distinct() for code in pair}
    return [code for code in AccountCode.values if code in codes and code not in numbers]


def month_of(period_on: date) -> Month:
    """Raises `AccountsUnnumbered`."""
    numbers = _numbers(period_on)
    sums: dict[tuple[str, str], list[int]] = {}
    rows = inner = 0
    for transfer in _transfers(period_on):
        debit, credit = numbers[transfer.debit.code], numbers[transfer.credit.code]
        if debit == credit:
            inner += 1
            continue
        rows += 1
        sums.setdefault((debit, transfer.currency), [0, 0])[0] += transfer.amount_minor
        sums.setdefault((credit, transfer.currency), [0, 0])[1] += transfer.amount_minor
    turnovers = [Turnover(*key, *amounts) for key, amounts in sorted(sums.items())]
    return Month(turnovers, rows, inner)


HEADER = (
    "Дата", "НомерДокумента", "СчетДт", "СубконтоДт", "СчетКт", "СубконтоКт", "Валюта", "Сумма", "Содержание",
    "Идентификатор",
)  # fmt: skip


def rows_of(period_on: date) -> Iterator[tuple[Any, ...]]:
    """As 1C's loading of entries from a table takes them: typed, in the order of recording. Raises
    `AccountsUnnumbered`."""
    numbers = _numbers(period_on)
    transfers = list(_transfers(period_on))
    partners = Partner.objects.in_bulk({row.debit.partner_id for row in transfers if row.debit.partner_id})
    for transfer in transfers:
        debit, credit = numbers[transfer.debit.code], numbers[transfer.credit.code]
        if debit == credit:
            continue
        partner = partners.get(transfer.debit.partner_id) if transfer.debit.partner_id else None
        name = f"{partner.name} ({partner.code})" if partner else ""
        amount: Decimal = formats.major(transfer.amount_minor, transfer.currency)
        yield (
            transfer.effective_on,
            str(transfer.journal_id),
            debit,
            name,
            credit,
            name,
            transfer.currency,
            amount,
            str(KIND_LABELS[Kind(transfer.kind)]),
            str(transfer.id),
        )


def _numbers(period_on: date) -> dict[str, str]:
    if missing := unnumbered(period_on):
        raise AccountsUnnumbered(missing)
    return outer_numbers()


def _transfers(period_on: date) -> Any:
    rows = Transfer.objects.select_related("debit", "credit").filter(period_on=period_on)
    return rows.order_by("recorded_at", "id").iterator(chunk_size=2_000)
