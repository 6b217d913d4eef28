"""Payout runs and statements for machines, to read; no key prepares, approves or exports. Called by payouts.urls."""

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework.response import Response

from incentives.payouts import queries
from incentives.payouts.serializers import (
    ItemRead,
    PayoutQuery,
    PayoutRead,
    StatementQuery,
    StatementRead,
    StatementWhole,
)
from incentives.payouts.statement_files import WRITERS, statement_answer
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_query
from prm.api.views import ApiView


class Payouts(ApiView):
    scopes: ClassVar = {"GET": "payouts:read"}

    @operation("List payout runs", answer=PayoutRead, query=PayoutQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first."""
        rows = queries.list_runs(request.actor).filter(**read_query(request, PayoutQuery))
        return answer_list(request, rows, order=("-number",), row=PayoutRead)


class OnePayout(ApiView):
    scopes: ClassVar = {"GET": "payouts:read"}

    @operation("Read a payout run", answer=PayoutRead)
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        read_query(request)
        return Response(PayoutRead(queries.access_run(request.actor, run_id)).data)


class PayoutItems(ApiView):
    scopes: ClassVar = {"GET": "payouts:read"}

    @operation("List the payments of a run and the balances held out", answer=ItemRead, listed=True)
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        read_query(request)
        rows = queries.list_items(queries.access_run(request.actor, run_id))
        return answer_list(request, rows, order=("id",), row=ItemRead)


class Statements(ApiView):
    scopes: ClassVar = {"GET": "statements:read"}

    @operation("List statements", answer=StatementRead, query=StatementQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest month first."""
        rows = queries.list_statements(request.actor)
        wanted = read_query(request, StatementQuery)
        if "partner_code" in wanted:
            wanted["partner__code"] = wanted.pop("partner_code")
        return answer_list(request, rows.filter(**wanted), order=("-period_on", "-id"), row=StatementRead)


class OneStatement(ApiView):
    scopes: ClassVar = {"GET": "statements:read"}

    @operation("Read a statement with its lines", answer=StatementWhole)
    def get(self, request: ApiRequest, statement_id: UUID) -> Response:
        read_query(request)
        return Response(StatementWhole(queries.access_statement(request.actor, statement_id)).data)


class StatementFile(ApiView):
    scopes: ClassVar = {"GET": "statements:read"}

    @operation("Download a statement as a workbook, a table or its canonical JSON", answer=bytes)
    def get(self, request: ApiRequest, statement_id: UUID, file_kind: str) -> HttpResponse:
        """`xlsx`, `csv` or `json`. Lines of the first two carry what they were calculated from, and the formula."""
        read_query(request)
        statement = queries.access_statement(request.actor, statement_id)
        if file_kind not in WRITERS:
            raise Http404
        return statement_answer(statement, file_kind)
