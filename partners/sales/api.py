"""Sales for machines: the batch door, the list, one line, upsert by key, voiding; called by partners.sales.urls."""

from typing import ClassVar
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from rest_framework.response import Response

from partners.directory.queries import access_partner_by_code
from partners.sales import actions, queries
from partners.sales.batches import CREATED, RefusedRow
from partners.sales.doors import answer_result, problem_of, read_batch
from partners.sales.models import SaleLine
from partners.sales.queries import SaleFilter
from partners.sales.rows import ReadRow, read_row
from partners.sales.rules import LineInput
from partners.sales.serializers import (
    BatchQuery,
    SaleBatchBody,
    SaleFacts,
    SaleQuery,
    SaleRead,
    VoidWrite,
    shown_sale,
)
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import MEGABYTE, ApiView


class SaleBatch(ApiView):
    scopes: ClassVar = {"POST": "sales:write"}
    idempotent = True
    bucket = "bulk"
    body_limit_bytes = 20 * MEGABYTE

    @operation("Send many sales", body=SaleBatchBody, query=BatchQuery, batch=True)
    def post(self, request: ApiRequest) -> Response:
        """`{"rows": [...]}`, a bare JSON array, or NDJSON (`application/x-ndjson`) with up to 20,000 rows. A line is
        known by (source, external_id): it is created, amended where it differs, or left alone, so the same batch again
        changes nothing. `mode=atomic` takes all rows or none; `results=failed` answers only what was refused."""
        asked = read_query(request, BatchQuery)
        raw_rows, body_mode, prefix = read_batch(request)
        mode = asked.get("mode") or body_mode or "partial"
        rows = [_row(place, read_row(raw)) for place, raw in enumerate(raw_rows)]
        result = actions.record_sales(actor=request.actor, rows=rows, mode=mode, at=request.at)
        return answer_result(result, prefix, failed_only=asked.get("results") == "failed")


def _row(place: int, read: ReadRow) -> LineInput | RefusedRow:
    return read.line or RefusedRow(place, read.source, read.external_id, read.faults)


def shown(line: SaleLine, status: int = 200) -> Response:
    shares = queries.list_shares(line) if line.split_terms else []
    headers = {"Location": f"/api/v1/sales/{line.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(shown_sale(line, shares), status=status, headers=headers), line.revision)


class Sales(ApiView):
    scopes: ClassVar = {"GET": "sales:read"}

    @operation("List sales", answer=SaleRead, query=SaleQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest day first. Voided lines are listed with `voided=true` alone."""
        asked = read_query(request, SaleQuery)
        partner = access_partner_by_code(request.actor, asked["partner"]) if asked.get("partner") else None
        seller = {True: "direct", False: "partner", None: ""}[asked.get("direct")]
        wanted = SaleFilter(
            since=asked.get("occurred_from"),
            until=asked.get("occurred_until"),
            partner_id=partner.id if partner else None,
            category=asked.get("category", ""),
            kind=asked.get("kind", ""),
            source=asked.get("source", ""),
            seller=seller,
            status="voided" if asked.get("voided") else "",
        )
        rows = queries.list_sales(request.actor, wanted)
        return answer_list(request, rows, order=queries.ORDER, row=lambda line: shown_sale(line, line.shares))


class OneSale(ApiView):
    scopes: ClassVar = {"GET": "sales:read"}

    @operation("Read a sale", answer=SaleRead)
    def get(self, request: ApiRequest, line_id: UUID) -> Response:
        return shown(queries.access_line(request.actor, line_id))


class SaleByExternalId(ApiView):
    scopes: ClassVar = {"GET": "sales:read", "PUT": "sales:write"}

    @operation("Read a sale by its key", answer=SaleRead)
    def get(self, request: ApiRequest, source: str, external_id: str) -> Response:
        return shown(queries.access_line_by_external_id(request.actor, source, external_id))

    @operation("Add or amend a sale by its key", body=SaleFacts, answer=SaleRead)
    def put(self, request: ApiRequest, source: str, external_id: str) -> Response:
        """201 when it was added, 200 when it was there. What is absent is empty: the body is the whole line."""
        told = request.data
        if not isinstance(told, dict):
            raise Invalid([FieldError("invalid", _("Send an object."), "")])
        named = [
            FieldError("unknown_field", _("The address names it."), f"/{name}")
            for name in ("source", "external_id")
            if name in told
        ]
        if named:
            raise Invalid(named)
        read = read_row(msgspec.json.encode({**told, "source": source, "external_id": external_id}))
        rows = [_row(0, read)]
        result = actions.record_sales(actor=request.actor, rows=rows, mode="atomic", at=request.at)
        outcome = result.outcomes[0]
        if outcome.id is None:
            raise problem_of(outcome.faults, "")
        line = queries.access_line(request.actor, outcome.id)
        return shown(line, 201 if outcome.effect == CREATED else 200)


class SaleVoid(ApiView):
    scopes: ClassVar = {"POST": "sales:write"}
    idempotent = True
    refusals: ClassVar = {actions.SaleVoided: 409}

    @operation("Void a sale", body=VoidWrite, answer=SaleRead)
    def post(self, request: ApiRequest, line_id: UUID) -> Response:
        """From now on the line counts for nothing; it stays readable, and comes back when it is sent again."""
        line = queries.access_line(request.actor, line_id)
        reason = read_body(request, VoidWrite)["reason"]
        return shown(actions.void_sale(actor=request.actor, line=line, reason=reason, at=request.at))
