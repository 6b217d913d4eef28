"""Pages of exchange rates for the vendor's staff; called by prm.currencies.urls."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from prm.currencies import actions, queries
from prm.currencies.actions import FAULT_TEXTS, PublishedRate
from prm.currencies.forms import RateFilterForm, RateForm
from prm.currencies.rules import OLDEST_RATE
from prm.kit.currencies import CURRENCY_EXPONENTS
from prm.tenancy.queries import current_tenant
from prm.web.downloads import csv_answer
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

NEWEST_FIRST = ("-published_on", "-id")


@console_page("rates.view")
def rate_list(request: PageRequest) -> HttpResponse:
    latest = queries.list_latest_rates()
    filters = RateFilterForm(request, pairs=[(row.base, row.quote) for row in latest])
    page = page_of(request, queries.list_rates(**filters.wanted), order=NEWEST_FIRST)
    today = timezone.localtime(timezone=current_tenant().zone).date()
    context = {
        "page": page,
        "latest": [{"rate": row, "stale": today - row.published_on > OLDEST_RATE} for row in latest],
        "superseded": queries.superseded_ids(page.rows),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_change": request.actor.can("rates.change"),
    }
    return render(request, "console/currencies/list.html", context)


@console_page("rates.view")
def rate_export(request: PageRequest) -> HttpResponse:
    pairs = [(row.base, row.quote) for row in queries.list_latest_rates()]
    filters = RateFilterForm(request, pairs=pairs)
    rows = queries.list_rates(**filters.wanted).order_by(*NEWEST_FIRST)
    header = [
        _("Day"),
        _("From currency"),
        _("To currency"),
        pgettext("exchange rate", "Rate"),
        _("Source"),
        _("Recorded at"),
    ]
    lines = (
        [
            row.published_on.isoformat(),
            row.base,
            row.quote,
            f"{row.rate.normalize():f}",
            row.source,
            row.recorded_at.isoformat(),
        ]
        for row in rows.iterator()
    )
    return csv_answer("rates.csv", header, lines)


@console_page("rates.change", post="rates.change")
def rate_create(request: PageRequest) -> HttpResponse:
    today = timezone.localtime(timezone=current_tenant().zone).date()
    form = RateForm(posted(request), initial={"published_on": today, "quote": current_tenant().currency})
    if form.is_valid() and _publish(request, form):
        return redirect("rate-list")
    context = {"form": form, "currencies": sorted(CURRENCY_EXPONENTS)}
    return render(request, "console/currencies/form.html", context, status=status_of(form))


def _publish(request: PageRequest, form: RateForm) -> bool:
    try:
        _row, added = actions.publish_rate(
            actor=request.actor, rate=PublishedRate(**form.facts()), at=timezone.now()
        )
    except actions.RateInvalid as refusal:
        for field, code in refusal.faults.items():
            form.add_error(field, FAULT_TEXTS[code])
        return False
    if added:
        messages.success(request, _("The rate was published."))
    else:
        messages.info(request, _("This rate was published already; nothing was added."))
    return True
