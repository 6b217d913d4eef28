"""Marketing funds for machines: read what stands, ask on behalf of a partner. No key decides. Called by funds.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.funds import actions, queries, refusals
from incentives.funds.serializers import (
    AllocationQuery,
    AllocationRead,
    ClaimQuery,
    ClaimRead,
    ClaimWhole,
    RequestQuery,
    RequestRead,
    RequestWrite,
)
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    refusals.DeadlinePassed: 409,
    refusals.DaysDisordered: 422,
    refusals.DaysOutside: 422,
    refusals.ShareIsNothing: 422,
}


class FundsAllocations(ApiView):
    scopes: ClassVar = {"GET": "funds:read"}

    @operation(
        "List allocations of marketing funds", answer=AllocationRead, query=AllocationQuery, listed=True
    )
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were given."""
        wanted = _by_partner(read_query(request, AllocationQuery))
        rows = queries.visible_allocations(request.actor).filter(**wanted)
        return answer_list(request, rows, order=("id",), row=AllocationRead)


class FundsRequests(ApiView):
    scopes: ClassVar = {"GET": "funds:read", "POST": "funds:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List funds requests", answer=RequestRead, query=RequestQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first."""
        wanted = _by_partner(read_query(request, RequestQuery))
        rows = queries.visible_requests(request.actor).filter(**wanted)
        return answer_list(request, rows, order=("-number",), row=RequestRead)

    @operation("Ask for marketing funds", body=RequestWrite, answer=RequestRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """It waits for a decision by people; whoever made the key cannot decide about it."""
        told: Any = read_body(request, RequestWrite)
        allocation = queries.visible_allocations(request.actor).filter(id=told.pop("allocation_id")).first()
        if allocation is None:
            missing = _("There is no allocation with this id.")
            raise Invalid([FieldError("allocation_unknown", missing, "/allocation_id")])
        if told.pop("currency") != allocation.currency:
            wrong = _("The allocation is in %(currency)s.") % {"currency": allocation.currency}
            raise Invalid([FieldError("currency_differs", wrong, "/currency")])
        facts: Any = {"expected_leads": None, **told, "planned_minor": told["planned"]}
        del facts["planned"]
        asked = actions.ask_for_funds(actor=request.actor, allocation=allocation, facts=facts, at=request.at)
        answer = RequestRead(queries.access_request(request.actor, asked.id)).data
        return Response(answer, status=201, headers={"Location": f"/api/v1/funds-requests/{asked.id}"})


class OneFundsRequest(ApiView):
    scopes: ClassVar = {"GET": "funds:read"}

    @operation("Read a funds request", answer=RequestRead)
    def get(self, request: ApiRequest, request_id: UUID) -> Response:
        read_query(request)
        return Response(RequestRead(queries.access_request(request.actor, request_id)).data)


class FundsClaims(ApiView):
    scopes: ClassVar = {"GET": "funds:read"}

    @operation("List funds claims", answer=ClaimRead, query=ClaimQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first; without those that a partner is still filling."""
        wanted = _by_partner(read_query(request, ClaimQuery))
        rows = queries.visible_claims(request.actor).exclude(state="draft").filter(**wanted)
        return answer_list(request, rows, order=("-number",), row=ClaimRead)


class OneFundsClaim(ApiView):
    scopes: ClassVar = {"GET": "funds:read"}

    @operation("Read a funds claim", answer=ClaimWhole)
    def get(self, request: ApiRequest, claim_id: UUID) -> Response:
        """With its costs."""
        read_query(request)
        return Response(ClaimWhole(queries.access_claim(request.actor, claim_id)).data)


def _by_partner(wanted: dict[str, Any]) -> dict[str, Any]:
    code = wanted.pop("partner", None)
    return {**wanted, "partner__code": code} if code else wanted
