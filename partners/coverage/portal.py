"""The customers of a partner, for its people; called by partners.coverage.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.coverage import own
from partners.coverage.forms import CompanyFilterForm
from partners.coverage.rules import quarters_until
from partners.segments.rules import MONTHS_IN_QUARTER
from partners.segments.spans import span_words
from prm.tenancy.queries import current_tenant
from prm.web.keyset import page_of_fetched
from prm.web.pages import PageRequest, portal_page
from prm.web.panels import panels_for

BY_NAME = ("name_key", "key")
DEALS_SHOWN = 100
NOTHING_SOLD = own.OwnSales()


@require_safe
@portal_page("own_customers.view")
def customer_list(request: PageRequest) -> HttpResponse:
    """By name; sales for those who may see money."""
    filters, today = CompanyFilterForm(request), _today()
    companies = own.Companies(request.actor, filters.as_filter(), today)
    page = page_of_fetched(request, companies.fetch, order=BY_NAME)
    sees_sales = request.actor.can("own_sales.view")
    known = [row.customer_id for row in page.rows if row.customer_id]
    sales = own.own_sales(known, today) if sees_sales else {}
    content = {
        "page": page,
        "rows": [(row, sales.get(row.customer_id, NOTHING_SOLD)) for row in page.rows],
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "sees_sales": sees_sales,
        "may_register": request.actor.can("own_deals.register"),
    }
    return render(request, "portal/partners/coverage/list.html", content)


@require_safe
@portal_page("own_customers.view")
def customer_detail(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """What the vendor shares of a customer, and the partner's own deals, protections and sales."""
    customer, today = own.access_own_customer(customer_id), _today()
    sees_sales = request.actor.can("own_sales.view")
    content: dict[str, Any] = {
        "customer": customer,
        "deals": own.own_deals(request.actor, customer)[:DEALS_SHOWN],
        "protections": own.own_protections(request.actor, customer)[:DEALS_SHOWN],
        "today": today,
        "sees_sales": sees_sales,
        "panels": panels_for("own_customer", request.actor, customer.id),
        "may_register": request.actor.can("own_deals.register"),
    }
    if sees_sales:
        content |= {
            "sales": own.own_sales([customer.id], today).get(customer.id, NOTHING_SOLD),
            **_quarters(customer.id, today),
        }
    return render(request, "portal/partners/coverage/detail.html", content)


def _quarters(customer_id: UUID, today: date) -> dict[str, Any]:
    """A row for each quarter that sold, and for each currency the amounts of all, the oldest first, as a line."""
    sold, days = own.own_quarters(customer_id, today), quarters_until(today)
    rows = [(_quarter_said(day), [row for row in sold if row.starts_on == day]) for day in days]
    lines = []
    for currency in sorted({row.currency for row in sold}):
        sums = {row.starts_on: row.amount_minor for row in sold if row.currency == currency}
        lines.append((currency, [sums.get(day, 0) for day in reversed(days)]))
    return {"quarters": [(said, sums) for said, sums in rows if sums], "lines": lines}


def _quarter_said(starts_on: date) -> str:
    return span_words(f"{starts_on.year}-Q{starts_on.month // MONTHS_IN_QUARTER + 1}")


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
