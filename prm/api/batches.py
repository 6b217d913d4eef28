"""Batches: many rows in one request, each with its own answer.

Promise: never 200 with hidden failures: all good 200, some refused 207, none written 422; in `atomic` mode one refusal
writes nothing. Called by `…:batch` resources.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from prm.api.problems import FieldError, Invalid, Problem, as_problem, errors_of
from prm.api.requests import ApiRequest

MOST_ROWS = 500
MODES = ("partial", "atomic")
STATUS_OF_EFFECT = {"created": 201, "updated": 200, "unchanged": 200}


@dataclass(frozen=True)
class RowWritten:
    """What one accepted row did: `effect` is created, updated or unchanged."""

    effect: str
    id: UUID
    version: int | None = None


@dataclass(frozen=True)
class RowAnswer:
    """One line of `results`."""

    index: int
    key: str | None
    written: RowWritten | None = None
    problem: Problem | None = None

    def as_json(self, key_name: str) -> dict[str, Any]:
        line: dict[str, Any] = {"index": self.index, key_name: self.key}
        if self.written is None:
            assert self.problem is not None
            return {**line, "status": self.problem.status, "problem": self.problem.as_json()}
        line |= {"status": STATUS_OF_EFFECT[self.written.effect], "effect": self.written.effect}
        line["id"] = str(self.written.id)
        if self.written.version is not None:
            line["version"] = self.written.version
        return line


class ManyLines(Response):
    """An answer of plain values alone, which may have tens of thousands of lines: encoding those with every kind of
    value in mind takes five times as long."""

    @property
    def rendered_content(self) -> str:
        self["Content-Type"] = "application/json"
        return msgspec.json.encode(self.data).decode()


def read_rows(request: ApiRequest, *, name: str = "rows", most: int = MOST_ROWS) -> tuple[list[Any], str]:
    """`{"mode": "partial", "<name>": [...]}` as rows and mode; the rows themselves are checked one by one later."""
    body = request.data
    if not isinstance(body, Mapping):
        raise Invalid([FieldError("invalid", _("Send an object."), "")])
    known = {"mode", name}
    errors = [
        FieldError("unknown_field", _("This field is not known here."), f"/{key}")
        for key in body
        if key not in known
    ]
    rows, mode = body.get(name), body.get("mode", "partial")
    if mode not in MODES:
        errors.append(FieldError("choice_unknown", _("mode is partial or atomic."), "/mode"))
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        detail = _("Send from 1 to %(most)s rows.") % {"most": most}
        errors.append(FieldError("row_count", detail, f"/{name}"))
    if errors:
        raise Invalid(errors)
    assert isinstance(rows, list)
    return rows, mode


def write_rows(
    rows: Sequence[Any],
    write: Callable[[dict[str, Any]], RowWritten],
    *,
    shape: type[Serializer[Any]],
    key_name: str = "external_id",
    refusals: Mapping[type[Exception], int] | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[RowAnswer]:
    """Validate and write each row behind a savepoint of its own; a key that comes twice is refused both times."""
    keys = [_key(row, key_name) for row in rows]
    twice = {key for key, count in Counter(keys).items() if key is not None and count > 1}
    answers = []
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        try:
            if key in twice:
                raise duplicate_in_batch(key_name)
            form = shape(data=row, context=dict(context or {}))
            if not form.is_valid():
                raise Invalid(errors_of(form.errors))
            with transaction.atomic():
                answers.append(RowAnswer(index, key, written=write(dict(form.validated_data))))
        except Exception as fault:
            answers.append(RowAnswer(index, key, problem=_row_problem(fault, refusals)))
    return answers


def duplicate_in_batch(key_name: str) -> Invalid:
    detail = _("This key stands in the batch more than once; none of its rows was taken.")
    return Invalid([FieldError("duplicate_in_batch", detail, f"/{key_name}")])


def answer_batch(
    answers: Sequence[RowAnswer], *, mode: str = "partial", key_name: str = "external_id"
) -> Response:
    """The 200, 207 or 422 of a whole batch (ApiView takes everything back at 422)."""
    failed = sum(answer.problem is not None for answer in answers)
    if mode == "atomic" and failed:
        answers = [_not_applied(answer) for answer in answers]
    return answer_lines(
        [answer.as_json(key_name) for answer in answers],
        Counter(answer.written.effect for answer in answers if answer.written),
        received=len(answers),
    )


def answer_lines(lines: list[dict[str, Any]], effects: Mapping[str, int], *, received: int) -> Response:
    """The same answer from counts and prepared lines, for a set-based bulk that lists only what it refused."""
    written = sum(effects.values())
    summary = {"received": received, **{name: effects.get(name, 0) for name in STATUS_OF_EFFECT}}
    summary["failed"] = received - written
    status = HTTPStatus.MULTI_STATUS
    if written in (0, received):
        status = HTTPStatus.OK if written == received else HTTPStatus.UNPROCESSABLE_ENTITY
    return ManyLines({"summary": summary, "results": lines}, status=status)


def _not_applied(answer: RowAnswer) -> RowAnswer:
    if answer.problem is not None:
        return answer
    detail = _("Another row was refused, so this one was not applied.")
    return RowAnswer(answer.index, answer.key, problem=Problem(424, "not_applied", detail))


def _row_problem(fault: Exception, refusals: Mapping[type[Exception], int] | None) -> Problem:
    """What one row is told; a fault of ours or a busy database stops the whole batch."""
    problem = as_problem(fault, refusals)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise fault
    return problem


def _key(row: Any, key_name: str) -> str | None:
    key = row.get(key_name) if isinstance(row, Mapping) else None
    return key if isinstance(key, str) else None
