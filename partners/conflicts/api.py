"""Conflicts for machines, with the vendor's keys; called by partners.conflicts.urls."""

from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.conflicts import actions, queries, refusals
from partners.conflicts.models import Conflict
from partners.conflicts.serializers import ConflictQuery, ConflictRead, RulingWrite
from partners.deals.queries import access_deal
from partners.deals.refusals import ApproverConflicted, DealStepRefused, ReasonMissing, RivalNamed
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    refusals.ConflictRuled: 409,
    refusals.AppealToAnother: 403,
    refusals.AwardIncomplete: 422,
    refusals.SharesUnbalanced: 422,
    refusals.HearingOpen: 409,
    RivalNamed: 422,
    ApproverConflicted: 403,
    DealStepRefused: 409,
    ReasonMissing: 422,
}


def shown(conflict: Conflict, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/conflicts/{conflict.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    content = ConflictRead(conflict, context={"with_sides": True}).data
    return Response(content, status=status, headers=headers)


class Conflicts(ApiView):
    scopes: ClassVar = {"GET": "conflicts:read"}

    @operation("List conflicts", answer=ConflictRead, query=ConflictQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were opened; the sides are told of one conflict at a time."""
        wanted = read_query(request, ConflictQuery)
        rows = queries.list_conflicts(request.actor, wanted.get("state", ""))
        return answer_list(request, rows, order=("id",), row=ConflictRead)


class OneConflict(ApiView):
    scopes: ClassVar = {"GET": "conflicts:read"}

    @operation("Read a conflict", answer=ConflictRead)
    def get(self, request: ApiRequest, conflict_id: UUID) -> Response:
        """With its sides in the order in which they registered."""
        read_query(request)
        return shown(queries.access_conflict(request.actor, conflict_id))


class DealContest(ApiView):
    scopes: ClassVar = {"POST": "conflicts:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Open a conflict about a deal", answer=ConflictRead, status=201)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Every live claim on the customer and product line becomes a side and is asked for evidence."""
        deal = access_deal(request.actor, deal_id)
        conflict = actions.open_conflict(actor=request.actor, deal=deal, at=request.at)
        return shown(queries.access_conflict(request.actor, conflict.id), 201)


class ConflictRuling(ApiView):
    scopes: ClassVar = {"POST": "conflicts:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Rule on a conflict", body=RulingWrite, answer=ConflictRead)
    def post(self, request: ApiRequest, conflict_id: UUID) -> Response:
        """Every side reads the words: they name no partner. On appeal another person's key rules, once heard."""
        conflict = queries.access_conflict(request.actor, conflict_id)
        told = read_body(request, RulingWrite)
        shares = {share["side_id"]: share["percent"] for share in told.get("shares", [])}
        ruling = actions.Ruling(told["outcome"], told["words"], told.get("awarded"), shares)
        actions.rule(actor=request.actor, conflict=conflict, ruling=ruling, at=request.at)
        return shown(queries.access_conflict(request.actor, conflict.id))
