"""A statement to take away: a workbook, a table and the canonical JSON, whose lines can be calculated again.

Promise: made of the kept content, entries, plan versions and exchange rates, none of which changes: the same statement
gives the same bytes (the workbook in the reader's language). Text is never a formula. Called by: payouts pages, API.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from incentives.earnings.entry_facts import EntryFacts
from incentives.earnings.models import Entry
from incentives.earnings.recomputing import facts_of
from incentives.earnings.wording import CAUSE_WORDS
from incentives.payouts.models import Statement
from incentives.payouts.statement_lines import calculated_from
from prm.kit.csv import write_rows
from prm.kit.money import exponent_of
from prm.web import format as formats
from prm.web.downloads import WORKBOOK

DAY_FORMAT = "yyyy-mm-dd"
# Name in the table, heading in the workbook.
COLUMNS = {
    "occurred_on": gettext_lazy("Date"),
    "belongs_to": gettext_lazy("Belongs to"),
    "source": gettext_lazy("Source"),
    "sale": gettext_lazy("Sale"),
    "plan": gettext_lazy("Plan"),
    "version": gettext_lazy("Version"),
    "component": gettext_lazy("Component"),
    "cause": gettext_lazy("Why"),
    "base": gettext_lazy("Base"),
    "base_currency": gettext_lazy("Currency of the base"),
    "share": gettext_lazy("Share"),
    "exchange_rate": gettext_lazy("Exchange rate"),
    "exchange_on": gettext_lazy("Rate of"),
    "rates": gettext_lazy("Basis × rate"),
    "cut": gettext_lazy("Cut by limits"),
    "posted_before": gettext_lazy("Posted before"),
    "earned": gettext_lazy("Earned, plan currency"),
    "plan_currency": gettext_lazy("Plan currency"),
    "payout_rate": gettext_lazy("Payout rate"),
    "payout_on": gettext_lazy("Payout rate of"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "formula": gettext_lazy("Formula"),
}
WIDTHS = {"rates": 34, "formula": 16, "sale": 18}


@dataclass(frozen=True)
class Line:
    """One line of the content with what it was calculated from; no facts for a shared cost."""

    told: dict[str, Any]
    facts: EntryFacts | None
    currency: str

    def cells(self) -> dict[str, Any]:
        """Typed: days, numbers, text."""
        amount = formats.major(self.told["amount_minor"], self.currency)
        cells: dict[str, Any] = {
            **{name: self.told[name] for name in ("belongs_to", "source", "sale", "plan", "component")},
            "occurred_on": date.fromisoformat(self.told["occurred_on"]),
            "cause": self.told["cause"],
            "amount": amount,
            "currency": self.currency,
            "formula": "",
        }
        return cells | (calculated_from(self.facts) if self.facts else {})


def lines_of(content: dict[str, Any]) -> Iterator[Line]:
    told = content["lines"]
    entries = list(Entry.objects.filter(id__in=[UUID(line["entry"]) for line in told]))
    facts = facts_of(entries)
    for line in told:
        yield Line(line, facts.get(UUID(line["entry"])), content["currency"])


def as_json(statement: Statement) -> bytes:
    """The text that the hash is taken over, byte for byte."""
    return statement.content.encode()


def as_csv(statement: Statement) -> bytes:
    """For machines: names in English, commas, decimal points; the formula without a sign of equality."""
    content = json.loads(statement.content)
    rows = ([line.cells().get(name) for name in COLUMNS] for line in lines_of(content))
    return write_rows([list(COLUMNS), *rows], with_mark=True).encode()


def as_workbook(statement: Statement) -> bytes:
    """Three sheets: the sums, the lines with their formulas, the payments."""
    content = json.loads(statement.content)
    out = io.BytesIO()
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties(
        {"title": content["document"], "created": statement.closed_at.astimezone(UTC).replace(tzinfo=None)}
    )
    styles = _Styles(book, content["currency"])
    lines = book.add_worksheet(_("Lines"))
    total_row = _write_lines(lines, styles, content)
    sums = book.add_worksheet(_("Statement"))
    _write_sums(sums, styles, content, lines=lines.get_name(), total_row=total_row)
    _write_payments(book.add_worksheet(_("Payments")), styles, content)
    book.close()
    return out.getvalue()


class _Styles:
    def __init__(self, book: Workbook, currency: str) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": DAY_FORMAT})
        places = exponent_of(currency)
        number = "#,##0" + ("." + "0" * places if places else "")
        self.money = book.add_format({"num_format": number})
        self.total = book.add_format({"num_format": number, "bold": True, "top": 1})


def _write_lines(sheet: Worksheet, styles: _Styles, content: dict[str, Any]) -> int:
    """Returns the row of the totals, counted from one."""
    sheet.freeze_panes(1, 4)
    names = list(COLUMNS)
    amount, recomputed, difference = names.index("amount"), names.index("formula"), len(names)
    for column, heading in enumerate([*COLUMNS.values(), _("Difference")]):
        sheet.write_string(0, column, str(heading), styles.head)
        name = names[column] if column < difference else ""
        sheet.set_column(column, column, WIDTHS.get(name, 12))
    row = 0
    for row, line in enumerate(lines_of(content), 1):
        cells = line.cells()
        cells["cause"] = str(CAUSE_WORDS.get(cells["cause"], cells["cause"]))
        for column, name in enumerate(names[:-1]):
            _write(sheet, row, column, cells.get(name), styles, is_money=name == "amount")
        formula = cells["formula"] or f"{_letter(amount)}{row + 1}"
        sheet.write_formula(row, recomputed, f"={formula}", styles.money, cells["amount"])
        cell = f"={_letter(recomputed)}{row + 1}-{_letter(amount)}{row + 1}"
        sheet.write_formula(row, difference, cell, styles.money, 0)
    total = row + 1
    earned = formats.major(content["earned_minor"], content["currency"])
    for column, value in ((amount, earned), (recomputed, earned), (difference, 0)):
        letter = _letter(column)
        formula = f"=SUM({letter}2:{letter}{total})" if row else "=0"
        sheet.write_formula(total, column, formula, styles.total, value)
    return total + 1


def _write_sums(
    sheet: Worksheet, styles: _Styles, content: dict[str, Any], *, lines: str, total_row: int
) -> None:
    """Parties, and the balance as a formula over its parts."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 34)
    partner = content["partner"]
    facts = [
        (_("Document"), content["document"]),
        (_("Month"), content["period"]),
        (_("Vendor"), content["tenant"]["name"]),
        (_("Partner"), f"{partner['name']} ({partner['code']})"),
        (_("Tax id"), partner["tax_id"]),
        (_("Currency"), content["currency"]),
        (_("Closed"), content["closed_at"]),
    ]
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label, styles.bold)
        sheet.write_string(row, 1, value)
    top = len(facts) + 1
    earned = f"='{lines}'!{_letter(list(COLUMNS).index('amount'))}{total_row}"
    sums: list[tuple[str, str, str]] = [
        (_("Opening balance"), "opening_minor", ""),
        (_("Earned"), "earned_minor", earned),
        (_("Paid"), "paid_minor", ""),
        (_("Tax withheld"), "withheld_minor", ""),
        (_("Closing balance"), "closing_minor", f"=B{top + 1}+B{top + 2}-B{top + 3}-B{top + 4}"),
    ]
    for row, (label, name, formula) in enumerate(sums, top):
        value = formats.major(content[name], content["currency"])
        sheet.write_string(row, 0, label, styles.bold)
        if formula:
            sheet.write_formula(row, 1, formula, styles.money, value)
        else:
            sheet.write_number(row, 1, value, styles.money)


def _write_payments(sheet: Worksheet, styles: _Styles, content: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 2, 18)
    for column, heading in enumerate([_("Date"), _("Payout run"), _("What"), _("Amount")]):
        sheet.write_string(0, column, heading, styles.head)
    for row, payment in enumerate(content["payments"], 1):
        _write(sheet, row, 0, date.fromisoformat(payment["on"]), styles)
        sheet.write_string(row, 1, payment["run"])
        sheet.write_string(row, 2, _payment_words(payment))
        amount = formats.major(payment["amount_minor"], content["currency"])
        sheet.write_number(row, 3, amount, styles.money)


def _payment_words(payment: dict[str, Any]) -> str:
    if payment["kind"] == "tax":
        return _("Tax withheld")
    return _("Sent to the bank") if payment["amount_minor"] > 0 else _("Returned by the bank")


def _write(
    sheet: Worksheet, row: int, column: int, value: Any, styles: _Styles, *, is_money: bool = False
) -> None:
    """A cell of its own type; text stays text, whatever it starts with."""
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), styles.day)  # noqa: DTZ001
    elif isinstance(value, Decimal | int):
        sheet.write_number(row, column, value, styles.money if is_money else None)
    else:
        sheet.write_string(row, column, str(value))


def _letter(column: int) -> str:
    """Columns up to Z: a statement has fewer."""
    return chr(ord("A") + column)


WRITERS: dict[str, tuple[Callable[[Statement], bytes], str]] = {
    "xlsx": (as_workbook, WORKBOOK),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
}


def statement_answer(statement: Statement, kind: str) -> HttpResponse:
    """The file as an attachment, called as its document is."""
    write, media_type = WRITERS[kind]
    name = f"{json.loads(statement.content)['document']}.{kind}"
    return HttpResponse(
        write(statement),
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
