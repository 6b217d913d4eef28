"""The least that Django does for a list: the last fifty sales of a partner as a page and as JSON, with no session, no
tenant, no row policies and no middleware.

Called by: tests.bench.site_urls.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine

ROWS = 50
COLUMNS = (
    "id", "external_id", "order_number", "kind", "occurred_on", "partner__code", "product__code", "product__name",
    "quantity", "amount_minor", "currency",
)  # fmt: skip
PAGE = Engine().from_string("""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sales</title></head><body><h1>Sales</h1>
<table><thead><tr><th>Date</th><th>Order</th><th>Product</th><th>Quantity</th><th>Amount</th></tr></thead>
<tbody>{% for row in rows %}<tr><td>{{ row.occurred_on }}</td><th>{{ row.order_number|default:row.external_id }}</th>
<td>{{ row.product__name }}</td><td>{{ row.quantity }}</td>
<td>{{ row.amount_minor }} {{ row.currency }}</td></tr>{% endfor %}</tbody></table></body></html>""")


def _rows(tenant_id: UUID, partner_id: UUID) -> list[dict[str, Any]]:
    from partners.sales.models import SaleLine

    lines: QuerySet[SaleLine] = QuerySet(SaleLine, using="bare")
    mine = lines.filter(tenant_id=tenant_id, partner_id=partner_id, voided=False)
    return list(mine.order_by("-occurred_on", "-id").values(*COLUMNS)[:ROWS])


@transaction.non_atomic_requests
def page(_request: HttpRequest, tenant_id: UUID, partner_id: UUID) -> HttpResponse:
    return HttpResponse(PAGE.render(Context({"rows": _rows(tenant_id, partner_id)})))


@transaction.non_atomic_requests
def listed(_request: HttpRequest, tenant_id: UUID, partner_id: UUID) -> JsonResponse:
    return JsonResponse({"data": _rows(tenant_id, partner_id)})
