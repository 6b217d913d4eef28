"""The work on an import: staging, the dry run, applying, taking it back; in portions, each a transaction of its own.

Promise: a second worker, or a second ring, does nothing twice; what the dry run says was really tried and taken back.
Called by: prm.imports.tasks."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation

from prm.audit.actions import record
from prm.files.queries import read_file
from prm.imports import queries, staging
from prm.imports.cells import CellInvalid
from prm.imports.kinds import (
    AppliedRow,
    ImportKind,
    ImportScope,
    ParsedRow,
    Reading,
    RowError,
    RowResult,
    Style,
    UndoRefused,
    import_kind,
)
from prm.imports.models import Import, ImportRow, ImportState, RowState
from prm.imports.reading import read_table
from prm.jobs.actions import advance_job, fail_job, finish_job, stop_job
from prm.kit.failpoints import failpoint
from prm.tenancy.context import tenant_context

log = logging.getLogger("prm.imports")
Now = Callable[[], datetime]
FIRST_ROW = 2  # as spreadsheets count: the header is row 1
ROWS_REFUSED, NO_LONGER_ALLOWED, BROKE = "import.rows_refused", "import.no_longer_allowed", "import.broke"
UNDO_REFUSED = "import.undo_refused"
SETTLED = {RowState.READY: RowState.APPLIED, RowState.UNCHANGED: RowState.UNCHANGED}


class NoLongerAllowed(Exception):
    """The person who started the import has lost the right to it."""


class SomeRowsRefused(Exception):
    """All-or-nothing met a row that cannot be applied."""

    def __init__(self, verdicts: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(verdicts)} rows")
        self.verdicts = verdicts


_REFUSALS: dict[type[Exception], str] = {
    SomeRowsRefused: ROWS_REFUSED,
    NoLongerAllowed: NO_LONGER_ALLOWED,
    UndoRefused: UNDO_REFUSED,
}


def work_on_check(*, tenant_id: UUID, import_id: UUID, now: Now) -> None:
    """Stage the file and try every row."""
    _until_done(tenant_id, import_id, ImportState.CHECKING, _check_portion, now)


def work_on_applying(*, tenant_id: UUID, import_id: UUID, now: Now) -> None:
    """Apply the rows that were found good."""
    _until_done(tenant_id, import_id, ImportState.APPLYING, _apply_portion, now)


def work_on_undoing(*, tenant_id: UUID, import_id: UUID, now: Now) -> None:
    """Take back what was applied: all of it, or nothing and the words of what stands in the way."""
    _until_done(tenant_id, import_id, ImportState.UNDOING, _undo, now)


def _until_done(
    tenant_id: UUID,
    import_id: UUID,
    state: str,
    step: Callable[[Import, ImportScope, datetime], bool],
    now: Now,
) -> None:
    """Portion after portion while the import is in `state` and nobody else holds it; a failure ends the job."""
    try:
        more = True
        while more:
            with tenant_context(tenant_id):
                batch = _claim(import_id, state)
                more = batch is not None and step(batch, _scope(batch, now()), now())
                failpoint("import.before_commit")
            failpoint("import.portion")
    except Exception as failure:
        if type(failure) not in _REFUSALS:
            log.exception("import failed")
        with tenant_context(tenant_id):
            _give_up(import_id, state, failure, at=now())


def _claim(import_id: UUID, state: str) -> Import | None:
    rows = Import.objects.select_for_update(skip_locked=True, of=("self",)).select_related("file", "job")
    return rows.filter(id=import_id, state=state).first()


def _scope(batch: Import, at: datetime) -> ImportScope:
    actor = queries.importing_actor(batch)
    if actor is None:
        raise NoLongerAllowed
    return ImportScope(actor, at, batch.id, batch.source, rehearsal=batch.state == ImportState.CHECKING)


def _check_portion(batch: Import, scope: ImportScope, at: datetime) -> bool:
    """One portion of the dry run; True while rows wait."""
    kind = import_kind(batch.kind)
    if not batch.options.get("staged"):
        _stage(batch)
    waiting = ImportRow.objects.filter(batch=batch, state=RowState.WAITING).order_by("number")
    rows = list(waiting[: kind.rows_at_once])
    if not rows:
        return _finish(batch, ImportState.CHECKED, at)
    try_rows(batch, kind, scope, rows, queries.twins_of(batch, kind))
    return _report(batch, at, back_to=ImportState.UPLOADED, settled=rows)


def _stage(batch: Import) -> None:
    table = read_table(batch.file.name, read_file(batch.file))
    places = {key: table.headers.index(header) for key, header in batch.mapping.items()}
    staging.stage_rows(
        batch.id,
        [
            (number, {key: row[place] for key, place in places.items()})
            for number, row in enumerate(table.rows, FIRST_ROW)
        ],
    )
    batch.options["staged"] = True
    batch.save(update_fields=["options"])


def try_rows(
    batch: Import, kind: ImportKind, scope: ImportScope, rows: Sequence[ImportRow], twins: set[int]
) -> None:
    """Apply rows, take everything back, and write what would become of each."""
    parsed, verdicts = read_cells(kind, rows, queries.style_of(batch), twins)
    with transaction.atomic():
        results = list(kind.apply(scope, parsed)) if parsed else []
        transaction.set_rollback(True)
    for row, result in zip(parsed, results, strict=True):
        verdicts.append(_verdict(row.number, result, applied=False))
    staging.settle_rows(batch.id, verdicts)


def read_cells(
    kind: ImportKind, rows: Iterable[ImportRow], style: Style, twins: set[int]
) -> tuple[list[ParsedRow], list[dict[str, Any]]]:
    """Rows whose cells can be read, and the verdicts over the others."""
    parsed, refused = [], []
    for row in rows:
        values, errors = _parse(kind, row.values, style)
        if row.number in twins:
            errors.append(RowError(_naming_column(kind, row.values), "duplicate_in_file"))
        if errors:
            refused.append(_verdict(row.number, RowResult(errors=tuple(errors)), applied=False))
        else:
            parsed.append(ParsedRow(row.number, values))
    return parsed, refused


def _naming_column(kind: ImportKind, cells: dict[str, str]) -> str:
    """The first column of the identity that the row fills; "" where the kind does not name its columns."""
    filled = (key for key in kind.identity if cells.get(key, "").strip())
    return next(filled, kind.identity[0] if kind.identity else "")


def _parse(kind: ImportKind, cells: dict[str, str], style: Style) -> tuple[dict[str, Any], list[RowError]]:
    values: dict[str, Any] = {}
    errors = []
    reading = Reading(cells, style)
    for column in kind.columns:
        cell = cells.get(column.key, "").strip()
        if not cell:
            if column.required:
                errors.append(RowError(column.key, "required"))
            elif column.key in cells:
                values[column.key] = None
            continue
        try:
            values[column.key] = column.parse(cell, reading)
        except CellInvalid as fault:
            errors.append(RowError(column.key, fault.code, fault.params))
    return values, errors


def _verdict(number: int, result: RowResult, *, applied: bool) -> dict[str, Any]:
    state = RowState.UNCHANGED if result.effect == "unchanged" else RowState.READY
    return {
        "number": number,
        "state": RowState.ERROR if result.errors else SETTLED[state] if applied else state,
        "errors": [
            {"column": error.column, "code": error.code, "params": dict(error.params)}
            for error in result.errors
        ],
        "effect": "" if result.errors else result.effect,
        "record_id": result.record_id if applied else None,
        "undo": result.undo if applied else None,
    }


def _apply_portion(batch: Import, scope: ImportScope, at: datetime) -> bool:
    """One portion of the good rows (all of them, when it is all or nothing); True while some are left."""
    kind = import_kind(batch.kind)
    whole = bool(batch.options.get("whole"))
    ready = ImportRow.objects.filter(batch=batch, state=RowState.READY).order_by("number")
    rows = list(ready if whole else ready[: kind.rows_at_once])
    if not rows:
        return _finish(batch, ImportState.APPLIED, at)
    parsed, verdicts = read_cells(kind, rows, queries.style_of(batch), set())
    results = kind.apply(scope, parsed)
    for row, result in zip(parsed, results, strict=True):
        verdicts.append(_verdict(row.number, result, applied=True))
    refused = [verdict for verdict in verdicts if verdict["errors"]]
    if whole and refused:
        raise SomeRowsRefused(refused)
    staging.settle_rows(batch.id, verdicts)
    return _report(batch, at, back_to=ImportState.CHECKED, settled=rows)


def _undo(batch: Import, scope: ImportScope, at: datetime) -> bool:
    """All rows in one portion: what was written for one may stand on what was written for another."""
    if batch.job_id is not None and not advance_job(job_id=batch.job_id, at=at, done=0):
        return _leave_applied(batch, at)
    undo = import_kind(batch.kind).undo
    assert undo is not None
    applied = ImportRow.objects.filter(batch=batch, state=RowState.APPLIED)
    rows = [AppliedRow(row.number, row.effect, row.record_id, row.undo) for row in applied.order_by("number")]
    undo(scope, rows)
    applied.update(state=RowState.UNDONE)
    batch.state, batch.undone_at = ImportState.UNDONE, at
    batch.save(update_fields=["state", "undone_at"])
    record(actor=scope.actor, action="import.undone", subject=batch, at=at, after={"rows": len(rows)})
    if batch.job_id is not None:
        finish_job(job_id=batch.job_id, at=at, counts={"taken_back": len(rows)})
    return False


def _leave_applied(batch: Import, at: datetime) -> bool:
    """Somebody asked to stop before anything was taken back."""
    assert batch.job_id is not None
    stop_job(job_id=batch.job_id, at=at)
    batch.state = ImportState.APPLIED
    batch.save(update_fields=["state"])
    return False


def _report(batch: Import, at: datetime, *, back_to: str, settled: Sequence[ImportRow]) -> bool:
    """Tell the job how far it is; True to go on, False when somebody asked to stop."""
    if batch.job_id is None:
        return True
    done = batch.options.get("done", 0) + len(settled)
    batch.options["done"] = done
    batch.save(update_fields=["options"])
    line = ("job.chunk", {"done": done, "total": batch.options.get("total", done)})
    if advance_job(job_id=batch.job_id, at=at, done=done, line=line):
        return True
    stop_job(job_id=batch.job_id, at=at)
    _settle(batch, back_to, at)
    return False


def _settle(batch: Import, state: str, at: datetime) -> None:
    """Where the import stands now. What was written stands: then it is applied, with rows left to decide."""
    batch.counts = queries.counts_of(batch)
    if state == ImportState.CHECKED and batch.counts["applied"]:
        state = ImportState.APPLIED
    batch.state = state
    if state == ImportState.APPLIED:
        batch.applied_at = at
    batch.save(update_fields=["state", "counts", "applied_at"])


def _finish(batch: Import, state: str, at: datetime) -> bool:
    _settle(batch, state, at)
    if batch.job_id is not None:
        counts = {name: batch.counts[name] for name in ("created", "updated", "unchanged")}
        counts["failed"] = batch.counts["error"]
        finish_job(job_id=batch.job_id, at=at, counts=counts, partly=bool(counts["failed"]))
    return False


def _give_up(import_id: UUID, state: str, failure: Exception, *, at: datetime) -> None:
    """The portion was taken back; what earlier ones did stands, and the import can be tried again."""
    batch = Import.objects.select_for_update(of=("self",)).get(id=import_id)
    if isinstance(failure, SomeRowsRefused):
        staging.settle_rows(batch.id, failure.verdicts)
    if state == ImportState.UNDOING:
        _keep(batch, failure)
    else:
        _settle(batch, ImportState.FAILED if state == ImportState.CHECKING else ImportState.CHECKED, at)
    if batch.job_id is not None:
        fail_job(job_id=batch.job_id, at=at, failure=_told(failure))


def _keep(batch: Import, failure: Exception) -> None:
    """It stays applied. Why, in the words of its room, is kept in each language: who reads it is not known yet."""
    batch.state = ImportState.APPLIED
    if isinstance(failure, UndoRefused):
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                batch.options[undo_refused_in(language)] = str(failure.message)
    batch.save(update_fields=["state", "options"])


def undo_refused_in(language: str) -> str:
    """The option of an import that says, in this language, why it was not taken back."""
    return f"undo_refused_{language}"


def _told(failure: Exception) -> str:
    """The failure as a code of jobs.kinds, so that each reader meets it in the own language."""
    return _REFUSALS.get(type(failure), f"{BROKE}: {type(failure).__name__}")
