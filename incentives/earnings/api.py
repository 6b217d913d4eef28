"""Calculations and entries for machines: start one, follow it, read what was earned and why.

Called by: earnings.urls."""

from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from incentives.earnings import actions, entries, queries
from incentives.earnings.serializers import (
    CalculationRead,
    CalculationWrite,
    EntryQuery,
    EntryRead,
    EntryWhole,
)
from partners.directory.queries import partner_ids_by_code
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView
from prm.kit.periods import Period

ACCEPTED = 202


class Calculations(ApiView):
    scopes: ClassVar = {"GET": "earnings:read", "POST": "calculations:write"}
    idempotent = True

    @operation("List calculations", answer=CalculationRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest first."""
        read_query(request)
        return answer_list(request, queries.list_runs(request.actor), order=("-number",), row=CalculationRead)

    @operation("Start a calculation", body=CalculationWrite, answer=CalculationRead, status=202)
    def post(self, request: ApiRequest) -> Response:
        """Of an open month; it posts what should have been earned minus what was posted before, so another one of the
        same facts posts nothing. 409 while one is going on, and where an earlier month is to be calculated first."""
        period_on = read_body(request, CalculationWrite)["period_on"]
        run = actions.start_calculation(actor=request.actor, period_on=period_on, at=request.at)
        content = CalculationRead(queries.access_run(request.actor, run.id)).data
        headers = {"Location": f"/api/v1/calculations/{run.id}"}
        return Response(content, status=ACCEPTED, headers=headers)


class OneCalculation(ApiView):
    scopes: ClassVar = {"GET": "earnings:read"}

    @operation("Read a calculation", answer=CalculationRead)
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        """How far it is; once it is calculated, what it posted and why lines earned nothing."""
        read_query(request)
        return Response(CalculationRead(queries.access_run(request.actor, run_id)).data)


class Entries(ApiView):
    scopes: ClassVar = {"GET": "earnings:read"}

    @operation("List entries", answer=EntryRead, query=EntryQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were posted. A partner's are also those of partners merged into it."""
        told = read_query(request, EntryQuery)
        wanted = entries.EntryFilter(
            period_on=Period.of(told["period_on"]).starts_on if "period_on" in told else None,
            run=told.get("calculation_id"),
        )
        rows = entries.list_entries(request.actor, wanted)
        if "partner" in told:
            rows = entries.of_partners(rows, partner_ids_by_code([told["partner"]]).values())
        return answer_list(request, entries.with_codes(rows), order=("id",), row=EntryRead)


class OneEntry(ApiView):
    scopes: ClassVar = {"GET": "earnings:read"}

    @operation("Read an entry with its explanation", answer=EntryWhole)
    def get(self, request: ApiRequest, entry_id: UUID) -> Response:
        """The same that its partner reads: which sale, which rule, which numbers."""
        read_query(request)
        explained = entries.explain_entry(request.actor, entry_id)
        entry = entries.with_codes(entries.visible_entries(request.actor)).get(id=entry_id)
        return Response(EntryWhole(entry, context={"explained": explained}).data)
