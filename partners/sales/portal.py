"""The own credited sales of a partner: those it sold, its shares of those that others sold; the partners below it.

Called by: partners.sales.urls."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.directory.below import partners_below
from partners.sales import queries
from partners.sales.below import LINES_SHOWN, lines_below, totals_below
from partners.sales.forms import DaysForm, PortalSaleFilterForm, filter_of
from prm.tenancy.queries import current_tenant
from prm.web.forms import reader_countries
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

A_YEAR = timedelta(days=365)


@require_safe
@portal_page("own_sales.view")
def sale_list(request: PageRequest) -> HttpResponse:
    form = PortalSaleFilterForm(request.GET)
    wanted = filter_of(form)
    tab = "shared" if request.GET.get("tab") == "shared" else "sold"
    rows: QuerySet[Any] = (
        queries.list_shared_with(request.actor, wanted)
        if tab == "shared"
        else queries.list_sales(request.actor, wanted)
    )
    content = {
        "page": page_of(request, rows, order=queries.ORDER),
        "totals": queries.totals_of(rows),
        "form": form,
        "tab": tab,
        "filtered": wanted.is_set,
    }
    return render(request, "portal/partners/sales/list.html", content)


@require_safe
@portal_page("own_network.view")
def network(request: PageRequest) -> HttpResponse:
    """Partners that stand below today; with the money right, what was sold below in the chosen days."""
    form, first, last = _days(request)
    below = partners_below(_today())
    names = {partner.partner_id: partner.name for partner in below}
    countries = reader_countries()
    sees_sales = request.actor.can("own_sales.view")
    content = {
        "below": [
            {
                "partner": one,
                "above": names.get(one.parent_id, ""),
                "country": countries.get(one.country, one.country),
            }
            for one in below
        ],
        "sees_sales": sees_sales,
        "totals": totals_below(first, last) if sees_sales else [],
        "form": form,
        "since": first.isoformat(),
        "until": last.isoformat(),
    }
    return render(request, "portal/partners/sales/network.html", content)


@require_safe
@portal_page("own_sales.view")
def network_sales(request: PageRequest) -> HttpResponse:
    """The lines behind one total; of a partner that never stood below there are none."""
    _form, first, last = _days(request)
    try:
        lines = lines_below(first, last, UUID(request.GET.get("partner", "")))
    except ValueError:
        lines = []
    content = {
        "lines": lines,
        "most": LINES_SHOWN,
        "first": first,
        "last": last,
        "since": first.isoformat(),
        "until": last.isoformat(),
    }
    return render(request, "portal/partners/sales/network_sales.html", content)


def _days(request: PageRequest) -> tuple[DaysForm, date, date]:
    """The chosen days, by default the last twelve months."""
    today = _today()
    form = DaysForm(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    last = told.get("until") or today
    first = told.get("since") or last - A_YEAR
    shown = DaysForm({"since": first, "until": last}, auto_id="filter_%s")
    return shown, first, last


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
