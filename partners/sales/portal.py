"""The own credited sales of a partner: those it sold, its shares of those that others sold.

Called by: partners.sales.urls."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.sales import queries
from partners.sales.forms import PortalSaleFilterForm, filter_of
from partners.sales.models import SaleLine, SaleSplit
from partners.sales.payment_queries import own_paid_shares
from prm.web.columns import columns_for
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page


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
    page = page_of(request, rows, order=queries.ORDER)
    line_ids = [_line_id(row) for row in page.rows]
    content = {
        "page": page,
        "columns": columns_for("portal-sale", request.actor, line_ids),
        "paid": own_paid_shares(line_ids),
        "totals": queries.totals_of(rows),
        "form": form,
        "tab": tab,
        "filtered": wanted.is_set,
        "customer_id": wanted.customer_id,
    }
    return render(request, "portal/partners/sales/list.html", content)


def _line_id(row: SaleLine | SaleSplit) -> UUID:
    return row.line_id if isinstance(row, SaleSplit) else row.id
