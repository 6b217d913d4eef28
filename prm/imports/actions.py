"""Writes of imports: taking a file, choosing columns, correcting a row or leaving it out, applying, undoing.

Promise: nothing reaches a record before "apply"; each step is audited; the work itself is rung through the outbox.
Called by: imports interfaces."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.imports import queries, work
from prm.imports.kinds import ImportKind, ImportScope, import_kind
from prm.imports.models import LEFT_OUT, Import, ImportRow, ImportState, RowState
from prm.imports.reading import read_table
from prm.jobs.actions import start_job
from prm.outbox.actions import enqueue
from prm.tenancy.models import next_number

CHECK, APPLY, UNDO = "prm.imports.check", "prm.imports.apply", "prm.imports.undo"
TASKS = {ImportState.CHECKING: CHECK, ImportState.APPLYING: APPLY, ImportState.UNDOING: UNDO}
PURPOSE = "import"
OPEN = (ImportState.CHECKED, ImportState.APPLIED)  # refused rows may be corrected, good ones applied


class ImportNotInState(Exception):
    """The step does not fit where the import stands; somebody else may have been quicker."""

    code = "import_not_in_state"
    message = _("The import has moved on since you opened this page.")


class ColumnsMissing(Exception):
    """Required columns were given no column of the file; `labels` names them."""

    code = "columns_missing"

    def __init__(self, labels: list[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


class RowsHaveErrors(Exception):
    """All-or-nothing was asked for while rows are refused."""

    code = "rows_have_errors"
    message = _("Some rows have errors: correct them, or apply the good rows alone.")


class NothingToApply(Exception):
    """No row would change anything."""

    code = "nothing_to_apply"
    message = _("No row of this file would change anything.")


class UndoNotOffered(Exception):
    """This kind of import cannot be taken back as a whole."""

    code = "undo_not_offered"
    message = _("What this import wrote cannot be taken back as a whole.")


def take_file(
    *, actor: Actor, kind: ImportKind, source: str, name: str, content: bytes, at: datetime
) -> Import:
    """Keep a file and read its header. Raises FileUnreadable, or what `store_file` raises."""
    table = read_table(name, content)
    stored = store_file(actor=actor, purpose=PURPOSE, name=name, content=content, at=at)
    source = source.strip()[:40] or "file"
    batch = Import.objects.create(
        number=next_number("import"),
        kind=kind.key,
        file=stored,
        source=source,
        headers=table.headers,
        mapping=queries.suggested_mapping(kind, source, table.headers),
        options={
            "owner": str(actor.id),
            "rows": len(table.rows),
            "samples": queries.sample_rows(table.rows, table.headers),
        },
        created_by_label=actor.label,
        created_at=at,
    )
    record(
        actor=actor,
        action="import.started",
        subject=batch,
        at=at,
        after={"kind": kind.key, "file": stored.name, "rows": len(table.rows)},
    )
    return batch


def start_check(
    *, actor: Actor, batch: Import, mapping: Mapping[str, str], decimal: str, at: datetime
) -> Import:
    """Fix the columns and try every row. Rows that were corrected in place before are read from the file anew."""
    batch = _locked(batch, ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
    kind = import_kind(batch.kind)
    missing = [str(column.label) for column in kind.columns if column.required and column.key not in mapping]
    if missing:
        raise ColumnsMissing(missing)
    if ImportRow.objects.filter(batch=batch, state=RowState.APPLIED).exists():
        raise ImportNotInState
    batch.mapping = dict(mapping)
    batch.options |= {"decimal": decimal, "staged": False}
    _ring(actor, batch, ImportState.CHECKING, at)
    return batch


def correct_row(
    *, actor: Actor, batch: Import, number: int, cells: Mapping[str, str], at: datetime
) -> ImportRow:
    """Write other text into cells of one row and try it again, with the rows that it named twice or names twice now.

    A column that the file does not have may be filled for this row alone."""
    batch = _locked(batch, *OPEN)
    kind = import_kind(batch.kind)
    row = _refused(batch, number)
    known = {column.key for column in kind.columns}
    told = {key: text for key, text in cells.items() if key in known and (text or key in row.values)}
    row.values |= told
    row.save(update_fields=["values"])
    _try_again(actor, batch, kind, at, row)
    after = {"row": number, "cells": told}
    record(actor=actor, action="import.row_corrected", subject=batch, at=at, after=after)
    return queries.access_row(batch, number)


def leave_row_out(*, actor: Actor, batch: Import, number: int, at: datetime) -> ImportRow:
    """Decide that a refused row is not taken; a row that only this one stood in the way of is tried again."""
    batch = _locked(batch, *OPEN)
    row = _refused(batch, number)
    row.state, row.effect, row.errors = RowState.UNCHANGED, LEFT_OUT, []
    row.save(update_fields=["state", "effect", "errors"])
    _try_again(actor, batch, import_kind(batch.kind), at)
    record(actor=actor, action="import.row_left_out", subject=batch, at=at, after={"row": number})
    return queries.access_row(batch, number)


def take_row_in(*, actor: Actor, batch: Import, number: int, at: datetime) -> ImportRow:
    """Take a row that was left out after all: it is tried like any other."""
    batch = _locked(batch, *OPEN)
    row = queries.access_row(batch, number)
    if row.effect != LEFT_OUT:
        raise ImportNotInState
    row.state, row.effect = RowState.ERROR, ""
    row.save(update_fields=["state", "effect"])
    _try_again(actor, batch, import_kind(batch.kind), at, row)
    record(actor=actor, action="import.row_taken_in", subject=batch, at=at, after={"row": number})
    return queries.access_row(batch, number)


def _refused(batch: Import, number: int) -> ImportRow:
    row = queries.access_row(batch, number)
    if row.state != RowState.ERROR:
        raise ImportNotInState
    return row


def _try_again(actor: Actor, batch: Import, kind: ImportKind, at: datetime, *rows: ImportRow) -> None:
    """Try rows, and those whose record another row names no longer or since now."""
    twins = queries.twins_of(batch, kind)
    again = {row.number: row for row in (*queries.rows_to_try_again(batch, twins), *rows)}
    scope = ImportScope(actor, at, batch.id, batch.source, rehearsal=True)
    work.try_rows(batch, kind, scope, list(again.values()), twins)
    batch.counts = queries.counts_of(batch)
    batch.save(update_fields=["counts"])


def start_applying(*, actor: Actor, batch: Import, whole: bool, at: datetime) -> Import:
    """Apply the good rows, or all rows or none; also those that were corrected after the others were applied. Raises
    RowsHaveErrors, NothingToApply, ImportNotInState."""
    batch = _locked(batch, *OPEN)
    rows = ImportRow.objects.filter(batch=batch)
    if whole and rows.filter(state=RowState.ERROR).exists():
        raise RowsHaveErrors
    ready = rows.filter(state=RowState.READY).count()
    if not ready:
        raise NothingToApply
    batch.options["whole"] = whole
    _ring(actor, batch, ImportState.APPLYING, at, total=ready)
    return batch


def start_undo(*, actor: Actor, batch: Import, at: datetime) -> Import:
    """Let a worker take back what the import wrote, all or nothing. Raises UndoNotOffered, ImportNotInState."""
    batch = _locked(batch, ImportState.APPLIED)
    if import_kind(batch.kind).undo is None:
        raise UndoNotOffered
    applied = ImportRow.objects.filter(batch=batch, state=RowState.APPLIED).count()
    _ring(actor, batch, ImportState.UNDOING, at, total=applied)
    return batch


def resume_imports() -> int:
    """Ring again for imports that are under way and held by no worker; returns how many."""
    rung = 0
    for batch in queries.waiting_for_work().select_for_update(skip_locked=True):
        enqueue(TASKS[ImportState(batch.state)], import_id=batch.id)
        rung += 1
    return rung


def _locked(batch: Import, *states: str) -> Import:
    held = Import.objects.select_for_update(of=("self",)).select_related("file").get(id=batch.id)
    if held.state not in states:
        raise ImportNotInState
    return held


def _ring(actor: Actor, batch: Import, state: ImportState, at: datetime, *, total: int | None = None) -> None:
    """Put the import into its working state with a job to watch, and ring the worker."""
    total = batch.options["rows"] if total is None else total
    batch.options |= {"membership_id": str(actor.id), "done": 0, "total": total}
    label = f"{batch} · {batch.file.name}"
    batch.job = start_job(
        actor=actor,
        kind=TASKS[state],
        at=at,
        label=label,
        path=f"/m/imports/{batch.id}/",
        subject_id=batch.id,
        total=total,
    )
    batch.state = state
    batch.save()
    told: dict[ImportState, dict[str, Any]] = {
        ImportState.CHECKING: {"mapping": batch.mapping},
        ImportState.APPLYING: {"whole": batch.options.get("whole", False)},
        ImportState.UNDOING: {"rows": total},
    }
    record(actor=actor, action=f"import.{state.value}", subject=batch, at=at, after=told[state])
    enqueue(TASKS[state], import_id=batch.id)
