"""The staged rows of an import, written in bulk: one statement whatever their count.

Called by: prm.imports.work and prm.imports.actions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from prm.imports.models import ImportRow
from prm.tenancy.context import require_context

STAGED_AT_ONCE = 10_000
_STAGE = """
INSERT INTO prm_importrow (tenant_id, id, batch_id, number, "values", state, errors, effect)
SELECT %(tenant)s, uuidv7(), %(batch)s, number, cells, 'waiting', '[]', ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS staged(number int, cells jsonb) ORDER BY number
"""
_SETTLE = """
UPDATE prm_importrow AS line SET state = told.state, errors = told.errors, effect = told.effect,
    record_id = told.record_id, undo = told.undo
FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS told(number int, state text, errors jsonb, effect text, record_id uuid, undo jsonb)
WHERE line.tenant_id = %(tenant)s AND line.batch_id = %(batch)s AND line.number = told.number
"""


def stage_rows(batch_id: UUID, rows: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    """Replace the rows of an import by these (number, cells), all of them waiting."""
    ImportRow.objects.filter(batch_id=batch_id).delete()
    for start in range(0, len(rows), STAGED_AT_ONCE):
        portion = [{"number": n, "cells": cells} for n, cells in rows[start : start + STAGED_AT_ONCE]]
        _run(_STAGE, batch_id, portion)


def settle_rows(batch_id: UUID, verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Write what became of rows: {number, state, errors, effect, record_id, undo}."""
    _run(_SETTLE, batch_id, list(verdicts))


def _run(statement: str, batch_id: UUID, rows: list[Any]) -> None:
    content = json.dumps(rows, default=str, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": require_context().tenant_id, "batch": batch_id, "rows": content})
