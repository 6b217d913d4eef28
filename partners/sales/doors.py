"""A door for many rows: bytes of JSON or NDJSON to raw rows, and the answer with a line for each; called by the APIs of
sales and of their payments."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from rest_framework.response import Response

from partners.sales.batches import MODES, BatchResult, RowOutcome
from partners.sales.faults import text_of
from partners.sales.rules import Fault
from prm.api.batches import STATUS_OF_EFFECT, answer_lines
from prm.api.problems import FieldError, Invalid, Problem
from prm.api.requests import ApiRequest

MOST_ROWS = 20_000
JSON, NDJSON = "application/json", ("application/x-ndjson", "application/ndjson")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A body that is an object."""

    rows: list[msgspec.Raw]
    mode: str | None = None


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
    if envelope.mode not in (None, *MODES):
        raise Invalid([FieldError("choice_unknown", _("mode is partial or atomic."), "/mode")])
    return envelope.rows, envelope.mode, "/rows"


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
        line["id"] = outcome.id
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
