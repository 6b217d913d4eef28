"""Holds for machines: what stands is read; only people place and release. Called by holds.urls."""

from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from incentives.holds import queries
from incentives.holds.serializers import HoldQuery, HoldRead
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_query
from prm.api.views import ApiView


class Holds(ApiView):
    scopes: ClassVar = {"GET": "holds:read"}

    @operation("List holds of money", answer=HoldRead, query=HoldQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first, ended ones too."""
        code = read_query(request, HoldQuery).get("partner")
        rows = queries.visible_holds(request.actor)
        rows = rows.filter(partner__code=code) if code else rows
        return answer_list(request, rows, order=("-number",), row=HoldRead)


class OneHold(ApiView):
    scopes: ClassVar = {"GET": "holds:read"}

    @operation("Read a hold of money", answer=HoldRead)
    def get(self, request: ApiRequest, hold_id: UUID) -> Response:
        read_query(request)
        return Response(HoldRead(queries.access_hold(request.actor, hold_id)).data)
