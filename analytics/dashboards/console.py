"""The first page of the vendor's people, and the two lists that its figures open.

Called by: analytics.dashboards.urls."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import today
from analytics.facts.queries import compare, joined_between, partner_figures, sums_of
from partners.directory.queries import visible_partners
from prm.kit.money import format_plain
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant
from prm.web.downloads import csv_answer
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.queue import queue_for

PARTNERS_SHOWN = 200


@require_safe
@console_page("today.view")
def today_page(request: PageRequest) -> HttpResponse:
    tenant, outlook = _chosen(request)
    figures = compare(request.actor, outlook.span, outlook.before)
    content = {
        "currency": tenant.currency,
        "queue": queue_for(request.actor),
        "tiles": today.tiles_of(request.actor, tenant, outlook, figures),
        "chart": today.chart_of(request.actor, tenant, outlook),
        "movers": figures.movers,
        "has_partners": visible_partners(request.actor).exists(),
        "may_import": request.actor.can("imports.change") and request.actor.can("sales.import"),
        **_periods(outlook),
    }
    return render(request, "console/analytics/dashboards/today.html", content)


@require_safe
@console_page("today.view")
def partner_sales(request: PageRequest) -> HttpResponse:
    """Sales by partner in the span, the largest first, with their change."""
    tenant, outlook = _chosen(request)
    now, before = sums_of(request.actor, outlook.span), sums_of(request.actor, outlook.before)
    rows = partner_figures(now, before)
    if request.GET.get("format") == "csv":
        cells = (
            [
                mover.partner.code,
                mover.partner.name,
                format_plain(mover.now_minor, tenant.currency),
                format_plain(mover.before_minor, tenant.currency),
                tenant.currency,
            ]
            for mover in rows
        )
        header = [_("Partner code"), _("Partner"), _("Sales"), _("Before"), _("Currency")]
        return csv_answer("sales-by-partner.csv", header, cells)
    content = {
        "currency": tenant.currency,
        "rows": rows[:PARTNERS_SHOWN],
        "left_out": max(len(rows) - PARTNERS_SHOWN, 0),
        "total": now.through_partners,
        "total_before": before.through_partners,
        **_periods(outlook),
    }
    return render(request, "console/analytics/dashboards/partner_sales.html", content)


@require_safe
@console_page("today.view")
def new_partner_list(request: PageRequest) -> HttpResponse:
    _tenant, outlook = _chosen(request)
    rows = joined_between(request.actor, outlook.span).select_related("manager__user")
    content = {"page": page_of(request, rows, order=("-joined_on", "-id")), **_periods(outlook)}
    return render(request, "console/analytics/dashboards/new_partners.html", content)


def _chosen(request: PageRequest) -> tuple[Tenant, today.Outlook]:
    tenant = current_tenant()
    day = timezone.localdate(timezone=tenant.zone)
    return tenant, today.outlook_of(request.GET.get("period"), tenant, day)


def _periods(outlook: today.Outlook) -> dict[str, Any]:
    return {
        "outlook": outlook,
        "periods": [
            {"code": code, "label": label, "chosen": code == outlook.code}
            for code, label in today.PERIODS.items()
        ],
    }
