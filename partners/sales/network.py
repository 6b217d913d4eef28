"""The partners below the reader's own, and what they sold on the days on which they stood there.

Called by: partners.sales.urls."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.directory.below import PartnerBelow, access_place_below, partners_below
from partners.sales import below
from partners.sales.forms import DaysForm
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant
from prm.web.forms import reader_countries
from prm.web.pages import PageRequest, portal_page

A_YEAR = timedelta(days=365)


@require_safe
@portal_page("own_network.view")
def network(request: PageRequest) -> HttpResponse:
    """Partners that stand below today; with the money right, what was sold below in the chosen days."""
    days, first, last = _days(request)
    partners = partners_below(_today())
    names = {partner.partner_id: partner.name for partner in partners}
    sees_sales = request.actor.can("own_sales.view")
    totals = below.totals_below(first, last) if sees_sales else []
    content = {
        "below": [_told(partner, above=names.get(partner.parent_id, "")) for partner in partners],
        "sees_sales": sees_sales,
        "totals": totals,
        "sums": below.sums_below(totals),
        **days,
    }
    return render(request, "portal/partners/sales/network.html", content)


@require_safe
@portal_page("own_network.view")
def network_partner(request: PageRequest, below_id: UUID) -> HttpResponse:
    """One partner that stands or stood below: its public facts while it does, its days there, its sales of them."""
    days, first, last = _days(request)
    today = _today()
    place = access_place_below(below_id, today)
    sees_sales = request.actor.can("own_sales.view")
    months = below.months_below(first, last, below_id) if sees_sales else []
    content = {
        "place": place,
        "facts": _told(place.partner, above="") if place.partner else None,
        "stays": [{"stay": stay, "today": stay.covers(today)} for stay in place.stays],
        "own_id": request.actor.partner_id,
        "sees_sales": sees_sales,
        "months": [{"total": month, **_span(month.month_on, first, last)} for month in months],
        "sums": below.sums_below(months),
        **days,
    }
    return render(request, "portal/partners/sales/network_partner.html", content)


@require_safe
@portal_page("own_sales.view")
def network_sales(request: PageRequest, below_id: UUID) -> HttpResponse:
    """The lines behind one total."""
    days, first, last = _days(request)
    place = access_place_below(below_id, _today())
    lines = below.lines_below(first, last, below_id)
    content = {
        "place": place,
        "lines": lines,
        "most": below.LINES_SHOWN,
        "sums": below.sums_below(below.months_below(first, last, below_id)),
        "first": first,
        "last": last,
        **days,
    }
    return render(request, "portal/partners/sales/network_sales.html", content)


def _told(partner: PartnerBelow, *, above: str) -> dict[str, Any]:
    country = reader_countries().get(partner.country, partner.country)
    return {"partner": partner, "above": above, "country": country}


def _span(month_on: date, first: date, last: date) -> dict[str, str]:
    """The days of a month that lie in the chosen ones, as the lines' page takes them."""
    ends_on = Period.of(month_on).ends_on - timedelta(days=1)
    return {"since": max(month_on, first).isoformat(), "until": min(ends_on, last).isoformat()}


def _days(request: PageRequest) -> tuple[dict[str, Any], date, date]:
    """The chosen days, by default the last twelve months."""
    form = DaysForm(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    last = told.get("until") or _today()
    first = told.get("since") or last - A_YEAR
    shown = DaysForm({"since": first, "until": last}, auto_id="filter_%s")
    return {"form": shown, "since": first.isoformat(), "until": last.isoformat()}, first, last


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
