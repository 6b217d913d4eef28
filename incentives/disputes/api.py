"""Disputes for machines: read, opened and written in for partners; only people decide. Called by disputes.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.disputes import actions, queries, refusals
from incentives.disputes.serializers import DisputeQuery, DisputeRead, DisputeWrite, MessageWrite
from incentives.earnings.entries import visible_entries
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    refusals.DisputedAlready: 409,
    refusals.StepRefused: 409,
    refusals.WordsMissing: 422,
}


class Disputes(ApiView):
    scopes: ClassVar = {"GET": "disputes:read", "POST": "disputes:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List disputes", answer=DisputeRead, query=DisputeQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first."""
        wanted: dict[str, Any] = read_query(request, DisputeQuery)
        code = wanted.pop("partner", None)
        rows = queries.visible_disputes(request.actor).filter(**wanted)
        rows = rows.filter(partner__code=code) if code else rows
        return answer_list(request, rows, order=("-number",), row=DisputeRead)

    @operation("Open a dispute", body=DisputeWrite, answer=DisputeRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """The entry waits until people have decided."""
        told: Any = read_body(request, DisputeWrite)
        entry = visible_entries(request.actor).filter(id=told["entry_id"]).first()
        if entry is None:
            raise Invalid([FieldError("entry_unknown", _("There is no entry with this id."), "/entry_id")])
        partner = queries.partner_of_entry(entry)
        question = actions.Question(partner=partner, body=told["message"], entry=entry)
        row = actions.open_dispute(actor=request.actor, question=question, at=request.at)
        answer = DisputeRead(queries.access_dispute(request.actor, row.id)).data
        return Response(answer, status=201, headers={"Location": f"/api/v1/disputes/{row.id}"})


class OneDispute(ApiView):
    scopes: ClassVar = {"GET": "disputes:read"}

    @operation("Read a dispute", answer=DisputeRead)
    def get(self, request: ApiRequest, dispute_id: UUID) -> Response:
        read_query(request)
        return Response(DisputeRead(queries.access_dispute(request.actor, dispute_id)).data)


class DisputeMessages(ApiView):
    scopes: ClassVar = {"POST": "disputes:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Write in a dispute", body=MessageWrite, answer=DisputeRead, status=201)
    def post(self, request: ApiRequest, dispute_id: UUID) -> Response:
        """The partner's next word; the vendor has its days again."""
        row = queries.access_dispute(request.actor, dispute_id)
        told: Any = read_body(request, MessageWrite)
        actions.ask_again(actor=request.actor, dispute=row, body=told["message"], at=request.at)
        return Response(DisputeRead(queries.access_dispute(request.actor, row.id)).data, status=201)
