"""The ledger's pages: balances with control totals, months and their closing, the journal.

Called by: incentives.ledger.urls.
"""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.ledger import actions, queries
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page


@console_page("ledger.view")
def ledger(request: PageRequest) -> HttpResponse:
    content = {
        "balances": queries.named_balances(request.actor),
        "controls": queries.control_totals(),
        "periods": queries.list_periods().order_by("-starts_on")[:24],
        "next_to_close": queries.next_to_close(),
        "may_close": request.actor.can("periods.close"),
    }
    return render(request, "console/incentives/ledger/ledger.html", content)


@console_page("ledger.view")
def journal(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_transfers(request.actor), order=("-recorded_at", "-id"))
    return render(
        request,
        "console/incentives/ledger/journal.html",
        {"page": page, "rows": queries.with_partners(page.rows)},
    )


@console_page("ledger.view", post="periods.close")
def period_close(request: PageRequest, period: str) -> HttpResponse:
    try:
        period_on = date.fromisoformat(period)
    except ValueError as fault:
        raise Http404 from fault
    if request.method == "POST":
        try:
            actions.close_period(actor=request.actor, period_on=period_on, at=timezone.now())
            messages.success(request, _("The month is closed; its statements are being written."))
        except actions.PeriodIsClosed:
            messages.info(request, _("This month was closed already."))
        except actions.PeriodClosesInOrder:
            messages.error(request, _("Close the months before it first."))
        except actions.PeriodNotCalculated:
            messages.error(request, _("Calculate this month first."))
    return redirect("ledger")
