"""Adjustments for machines: what stands is read; only people propose and agree. Called by adjustments.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from incentives.adjustments import queries
from incentives.adjustments.serializers import AdjustmentQuery, AdjustmentRead
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_query
from prm.api.views import ApiView


class Adjustments(ApiView):
    scopes: ClassVar = {"GET": "adjustments:read"}

    @operation("List adjustments", answer=AdjustmentRead, query=AdjustmentQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first."""
        wanted: dict[str, Any] = read_query(request, AdjustmentQuery)
        code = wanted.pop("partner", None)
        rows = queries.visible_adjustments(request.actor).filter(**wanted)
        rows = rows.filter(partner__code=code) if code else rows
        return answer_list(request, rows, order=("-number",), row=AdjustmentRead)


class OneAdjustment(ApiView):
    scopes: ClassVar = {"GET": "adjustments:read"}

    @operation("Read an adjustment", answer=AdjustmentRead)
    def get(self, request: ApiRequest, adjustment_id: UUID) -> Response:
        read_query(request)
        return Response(AdjustmentRead(queries.access_adjustment(request.actor, adjustment_id)).data)
