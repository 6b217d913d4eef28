"""Who works with a customer, for machines; called by partners.coverage.urls."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.coverage.queries import Coverage, who_works_with
from partners.coverage.serializers import CoverageRead, shown_coverage
from partners.customers.queries import access_customer
from prm.api.lists import answer_fetched
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_query
from prm.api.views import ApiView
from prm.tenancy.queries import current_tenant


class CustomerPartners(ApiView):
    scopes: ClassVar = {"GET": "customers:read"}

    @operation("List who works with a customer", answer=CoverageRead, listed=True)
    def get(self, request: ApiRequest, customer_id: UUID) -> Response:
        """Whoever was credited with a sale or has a claim that was not refused; the vendor itself comes first."""
        read_query(request)
        today = request.at.astimezone(current_tenant().zone).date()
        told = who_works_with(request.actor, access_customer(customer_id), today)
        in_order = sorted(told, key=lambda row: row.key)

        def fetch(place: Sequence[str] | None, backwards: bool, most: int) -> list[Coverage]:
            walked = in_order[::-1] if backwards else in_order
            if place is not None:
                walked = [row for row in walked if (row.key < place[0] if backwards else row.key > place[0])]
            return walked[:most]

        return answer_fetched(request, fetch, order=("key",), row=shown_coverage)
