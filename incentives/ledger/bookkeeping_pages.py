"""The page of the vendor's bookkeeping: numbers of accounts, a month's turnovers, its rows as a file.

Called by: incentives.ledger.urls.
"""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from incentives.ledger import bookkeeping, queries
from incentives.ledger.models import AccountCode
from prm.kit.csv import write_rows
from prm.web import format as formats
from prm.web.downloads import WORKBOOK
from prm.web.forms import posted
from prm.web.pages import PageRequest, console_page


class AccountsForm(forms.Form):
    """One field per account of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in AccountCode.choices:
            example = bookkeeping.EXAMPLES[code]
            self.fields[code] = forms.CharField(
                label=label,
                max_length=20,
                required=False,
                help_text=_("For example %(number)s.") % {"number": example},
            )


@console_page("ledger.view", post="ledger_accounts.change")
def ledger_accounts(request: PageRequest) -> HttpResponse:
    form = AccountsForm(posted(request), initial=bookkeeping.outer_numbers())
    if form.is_valid():
        try:
            bookkeeping.number_accounts(actor=request.actor, numbers=form.cleaned_data, at=timezone.now())
        except bookkeeping.NumberInvalid as refusal:
            form.add_error(
                refusal.field, _("Write a number such as 76.05: digits, letters, dots and dashes.")
            )
        else:
            messages.success(request, _("Saved. The next files carry these numbers."))
            return redirect("ledger-accounts")
    months = queries.posting_months()
    period_on = _asked(request, months)
    content = {
        "form": form,
        "may_change": request.actor.can("ledger_accounts.change"),
        "months": [(month.isoformat(), formats.month(month)) for month in months],
        "period_on": period_on,
        **(_month(period_on) if period_on else {}),
    }
    status = 422 if form.errors else 200
    return render(request, "console/incentives/ledger/accounts.html", content, status=status)


def _month(period_on: date) -> dict[str, Any]:
    labels = dict(AccountCode.choices)
    try:
        return {"month": bookkeeping.month_of(period_on)}
    except bookkeeping.AccountsUnnumbered as refusal:
        return {"unnumbered": [labels[code] for code in refusal.codes]}


@console_page("ledger.view")
def ledger_accounts_file(request: PageRequest, file_kind: str) -> HttpResponse:
    """The rows of a month, as 1C loads them from a table."""
    period_on = _asked(request, queries.posting_months())
    if file_kind not in ("csv", "xlsx") or period_on is None:
        raise Http404
    try:
        rows = list(bookkeeping.rows_of(period_on))
    except bookkeeping.AccountsUnnumbered:
        messages.error(request, _("Number all accounts that the month moves first."))
        return redirect("ledger-accounts")
    write, media_type = (_table, "text/csv; charset=utf-8") if file_kind == "csv" else (_workbook, WORKBOOK)
    name = f"entries-{period_on:%Y-%m}.{file_kind}"
    return HttpResponse(
        write(rows),
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(request: HttpRequest, months: list[date]) -> date | None:
    """The month that was asked for, else the newest that holds transfers."""
    asked = request.GET.get("period", "")
    return next((month for month in months if month.isoformat() == asked), months[0] if months else None)


def _table(rows: list[tuple[Any, ...]]) -> bytes:
    """Semicolons and decimal commas, as Russian spreadsheets and 1C read them."""
    told = [[_russian(cell) for cell in row] for row in rows]
    return write_rows([bookkeeping.HEADER, *told], delimiter=";", with_mark=True).encode()


def _russian(cell: Any) -> str:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)


def _workbook(rows: list[tuple[Any, ...]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    day, bold = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"bold": True})
    for column, heading in enumerate(bookkeeping.HEADER):
        sheet.write_string(0, column, heading, bold)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(place, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
            elif isinstance(cell, Decimal):
                sheet.write_number(place, column, cell)
            else:
                sheet.write_string(place, column, cell)
    book.close()
    return out.getvalue()
