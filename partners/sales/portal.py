"""The own credited sales of a partner: those it sold, its shares of those that others sold.

Called by: partners.sales.urls."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.sales import queries
from partners.sales.forms import PortalSaleFilterForm, filter_of
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
    content = {
        "page": page_of(request, rows, order=queries.ORDER),
        "totals": queries.totals_of(rows),
        "form": form,
        "tab": tab,
        "filtered": wanted.is_set,
    }
    return render(request, "portal/partners/sales/list.html", content)
