"""Sales for machines: the batch door, the list, one line, upsert by key, voiding; called by partners.sales.urls."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from rest_framework.response import Response

from partners.directory.queries import access_partner_by_code
from partners.sales import actions, queries
from partners.sales.actions import BatchResult, RefusedRow, RowOutcome
from partners.sales.faults import text_of
from partners.sales.models import SaleLine
from partners.sales.queries import SaleFilter
from partners.sales.rows import ReadRow, read_row
from partners.sales.rules import Fault, LineInput
from partners.sales.serializers import (
    BatchQuery,
    SaleBatchBody,
    SaleFacts,
    SaleQuery,
    SaleRead,
    VoidWrite,
    shown_sale,
)
from prm.api.batches import STATUS_OF_EFFECT, answer_lines
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid, Problem
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import MEGABYTE, ApiView

MOST_ROWS = 20_000
JSON, NDJSON = "application/json", ("application/x-ndjson", "application/ndjson")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A body that is an object."""

    rows: list[msgspec.Raw]
    mode: str | None = None


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


def read_batch(request: ApiRequest) -> tuple[Sequence[bytes | msgspec.Raw], str | None, str]:
    """The raw rows of a body, the mode if it names one, and the pointer under which rows stand."""
    media_type = request.content_type.partition(";")[0].strip().lower()
    body = request.raw_body.removeprefix(BYTE_ORDER_MARK)
    rows: Sequence[bytes | msgspec.Raw]
    mode, prefix = None, ""
    if media_type in NDJSON:
        rows = [line for line in body.split(b"\n") if line.strip()]
    elif media_type == JSON:
        rows, mode, prefix = _json_rows(body)
    else:
        raise Problem(415, "media_type_unsupported", _("Send application/json or application/x-ndjson."))
    if not 1 <= len(rows) <= MOST_ROWS:
        detail = _("Send from 1 to %(most)s rows.") % {"most": MOST_ROWS}
        raise Invalid([FieldError("row_count", detail, prefix)])
    return rows, mode, prefix


def _json_rows(body: bytes) -> tuple[list[msgspec.Raw], str | None, str]:
    try:
        if body.lstrip()[:1] == b"[":
            return msgspec.json.decode(body, type=list[msgspec.Raw]), None, ""
        envelope = msgspec.json.decode(body, type=Envelope)
    except msgspec.ValidationError as fault:
        detail = _('Send {"rows": [...]}, perhaps with "mode", or a list of rows.')
        raise Invalid([FieldError("body_shape", detail, "")]) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Problem(400, "malformed_json", _("The body is not valid JSON.")) from fault
    except RecursionError:
        raise Problem(400, "nested_too_deep", _("The body is nested too deeply.")) from None
    if envelope.mode not in (None, *actions.MODES):
        raise Invalid([FieldError("choice_unknown", _("mode is partial or atomic."), "/mode")])
    return envelope.rows, envelope.mode, "/rows"


def _row(place: int, read: ReadRow) -> LineInput | RefusedRow:
    return read.line or RefusedRow(place, read.source, read.external_id, read.faults)


def answer_result(result: BatchResult, prefix: str, *, failed_only: bool = False) -> Response:
    """200, 207 or 422 with a line for each row (or each refused one); ApiView takes everything back at 422."""
    effects = Counter(outcome.effect for outcome in result.outcomes if outcome.effect)
    lines = [
        _answered(outcome, f"{prefix}/{outcome.place}")
        for outcome in result.outcomes
        if not failed_only or not outcome.effect
    ]
    return answer_lines(lines, effects, received=len(result.outcomes))


def _answered(outcome: RowOutcome, pointer: str) -> dict[str, Any]:
    line: dict[str, Any] = {"index": outcome.place, "external_id": outcome.external_id}
    if outcome.effect:
        line["status"] = STATUS_OF_EFFECT[outcome.effect]
        line["effect"] = outcome.effect
        line["id"] = str(outcome.line_id)
        line["version"] = outcome.revision
        return line
    problem = problem_of(outcome.faults, pointer)
    return {**line, "status": problem.status, "problem": problem.as_json()}


def problem_of(faults: Sequence[Fault], pointer: str) -> Problem:
    if [fault.code for fault in faults] == ["not_applied"]:
        return Problem(424, "not_applied", text_of(faults[0]))
    return Invalid(
        [
            FieldError(fault.code, text_of(fault), f"{pointer}/{fault.field}" if fault.field else pointer)
            for fault in faults
        ]
    )


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
        return answer_list(
            request, rows, order=queries.ORDER, row=lambda line: shown_sale(line, list(line.splits.all()))
        )


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
        if outcome.line_id is None:
            raise problem_of(outcome.faults, "")
        line = queries.access_line(request.actor, outcome.line_id)
        return shown(line, 201 if outcome.effect == actions.CREATED else 200)


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
