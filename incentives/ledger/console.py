"""The ledger's pages: balances with control totals, months and their closing, the journal.

Called by: incentives.ledger.urls.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.ledger import actions, queries
from incentives.ledger.forms import ANY, BalanceFilterForm, JournalFilterForm
from incentives.ledger.guards import closing_notes, find_closing_objection
from incentives.ledger.models import Transfer
from incentives.ledger.payable import ORDER, payable_rows, payable_sums, with_names
from incentives.ledger.wording import CLOSING_REFUSALS, KIND_LABELS
from prm.web import format as formats
from prm.web.downloads import long_csv_answer
from prm.web.forms import FilterForm
from prm.web.keyset import Page, keyset_page, page_of, page_of_fetched
from prm.web.pages import PageRequest, console_page

MONTHS_SHOWN = 24
ROWS_AT_ONCE = 2_000
JOURNAL_HEADER = (
    "transfer", "recorded_at", "effective_on", "month", "kind", "partner", "debit", "credit", "amount", "currency",
)  # fmt: skip
CLOSING_FAULTS = (
    actions.PeriodIsClosed,
    actions.PeriodClosesInOrder,
    actions.PeriodNotOver,
    actions.PeriodNotCalculated,
)


@console_page("ledger.view")
def ledger(request: PageRequest) -> HttpResponse:
    following, sums = queries.next_to_close(), queries.purse_sums()
    form = BalanceFilterForm(request)
    partners = queries.partners_with_purse(form.wanted.get("partner", ""))
    page = page_of(request, partners, order=("name_key", "id"))
    content = {
        **_listed(form, page),
        "balances": queries.balances_of(page.rows),
        "totals": queries.balance_totals(sums),
        "controls": queries.control_totals(sums),
        "periods": queries.list_periods().order_by("-starts_on")[:MONTHS_SHOWN],
        "following": following,
        "may_close": request.actor.can("periods.close"),
        "sealed": queries.find_sealed(),
        "why_open": _why_open(following) if following else "",
        "notes": closing_notes(request.actor, following.starts_on) if following else [],
    }
    return render(request, "console/incentives/ledger/ledger.html", content)


def _listed(form: FilterForm, page: Page) -> dict[str, Any]:
    return {"form": form, "page": page, "chips": form.chips(), "filtered": form.wanted}


def _why_open(period: Any) -> Any:
    """What stands against closing the month now, in words; "" when nothing does."""
    refusal = queries.closing_refusal(period, today=timezone.localdate())
    if refusal:
        return CLOSING_REFUSALS[refusal]
    objection = find_closing_objection(period.starts_on)
    return objection.message if objection else ""


@console_page("payable.view")
def payable_list(request: PageRequest) -> HttpResponse:
    """What each partner is owed by now, with the sums of the first page's figure."""
    form = BalanceFilterForm(request)
    partner = form.wanted.get("partner", "")
    page = page_of_fetched(request, payable_rows(request.actor, partner), order=ORDER)
    content = {
        **_listed(form, page),
        "rows": with_names(page.rows),
        "sums": payable_sums(request.actor, partner),
    }
    return render(request, "console/incentives/ledger/payable.html", content)


@console_page("ledger.view")
def journal(request: PageRequest) -> HttpResponse:
    form, wanted = _filter(request)
    page = page_of(request, queries.list_transfers(request.actor, wanted), order=("-recorded_at", "-id"))
    rows = queries.with_partners(page.rows)
    for row in rows:
        row["kind"] = KIND_LABELS[row["transfer"].kind]
    content = {"page": page, "rows": rows, "form": form, "chips": form.chips(), "filtered": form.wanted}
    return render(request, "console/incentives/ledger/journal.html", content)


@console_page("ledger.view")
def journal_export(request: PageRequest) -> Any:
    """The filtered journal, whole, as a file for the vendor's bookkeeping."""
    _form, wanted = _filter(request)
    transfers = queries.list_transfers(request.actor, wanted)
    return long_csv_answer("journal.csv", JOURNAL_HEADER, _journal_rows(transfers))


def _journal_rows(transfers: QuerySet[Transfer]) -> Iterator[list[list[object]]]:
    """All of them, oldest first, a part at a time."""
    cursor = ""
    while True:
        page = keyset_page(transfers, order=("recorded_at", "id"), cursor=cursor, limit=ROWS_AT_ONCE)
        yield [_cells(row) for row in queries.with_partners(page.rows)]
        cursor = page.next_cursor
        if not cursor:
            return


def _cells(row: dict[str, Any]) -> list[object]:
    transfer = row["transfer"]
    return [
        transfer.id,
        transfer.recorded_at.isoformat(),
        transfer.effective_on,
        f"{transfer.period_on:%Y-%m}",
        transfer.kind,
        row["partner"].code if row["partner"] else "",
        transfer.debit.code,
        transfer.credit.code,
        formats.major(transfer.amount_minor, transfer.currency),
        transfer.currency,
    ]


def _filter(request: PageRequest) -> tuple[JournalFilterForm, queries.TransferFilter]:
    form = JournalFilterForm(request)
    form.set_choices("partner", [("", ANY), *queries.partner_choices()])
    months = [(month.isoformat(), formats.month(month)) for month in queries.posting_months()]
    form.set_choices("period", [("", ANY), *months])
    given = form.wanted
    return form, queries.TransferFilter(
        partner=UUID(given["partner"]) if "partner" in given else None,
        period_on=date.fromisoformat(given["period"]) if "period" in given else None,
        kind=given.get("kind", ""),
    )


@console_page("ledger.view", post="periods.close", fresh=True)
def period_close(request: PageRequest, period: str) -> HttpResponse:
    try:
        period_on = date.fromisoformat(period)
    except ValueError as fault:
        raise Http404 from fault
    if request.method == "POST":
        try:
            actions.close_period(actor=request.actor, period_on=period_on, at=timezone.now())
            messages.success(request, _("The month is closed; its statements are being written."))
        except CLOSING_FAULTS as refusal:
            messages.error(request, str(CLOSING_REFUSALS[refusal.code]))
        except actions.ClosingRefused as refusal:
            messages.error(request, str(refusal.message))
    return redirect("ledger")
