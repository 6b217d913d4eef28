"""Writes of imports: taking a file, choosing columns, correcting a row, applying, undoing.

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
from prm.imports.kinds import AppliedRow, ImportKind, ImportScope, UndoRefused, import_kind
from prm.imports.models import Import, ImportRow, ImportState, RowState
from prm.imports.reading import read_table
from prm.jobs.actions import start_job
from prm.outbox.actions import enqueue
from prm.tenancy.models import next_number

CHECK, APPLY = "prm.imports.check", "prm.imports.apply"
PURPOSE = "import"


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
    _ring(actor, batch, ImportState.CHECKING, CHECK, at)
    return batch


def correct_row(
    *, actor: Actor, batch: Import, number: int, cells: Mapping[str, str], at: datetime
) -> ImportRow:
    """Write other text into cells of one row and try it again, with the rows that it named twice or names twice now."""
    batch = _locked(batch, ImportState.CHECKED)
    kind = import_kind(batch.kind)
    row = queries.access_row(batch, number)
    if row.state != RowState.ERROR:
        raise ImportNotInState
    row.values |= {key: cells[key] for key in batch.mapping if key in cells}
    row.save(update_fields=["values"])
    twins = queries.twins_of(batch, kind)
    freed = [
        other
        for other in queries.rows_in_error(batch).filter(errors__contains=[{"code": "duplicate_in_file"}])
        if other.number not in twins or other.number == number
    ]
    caught = ImportRow.objects.filter(batch=batch, number__in=twins).exclude(state=RowState.ERROR)
    again = {other.number: other for other in (row, *freed, *caught)}
    scope = ImportScope(actor, at, batch.id, batch.source, rehearsal=True)
    work.try_rows(batch, kind, scope, list(again.values()), twins)
    batch.counts = queries.counts_of(batch)
    batch.save(update_fields=["counts"])
    record(
        actor=actor,
        action="import.row_corrected",
        subject=batch,
        at=at,
        after={"row": number, "cells": dict(cells)},
    )
    return queries.access_row(batch, number)


def start_applying(*, actor: Actor, batch: Import, whole: bool, at: datetime) -> Import:
    """Apply the good rows, or all rows or none. Raises RowsHaveErrors, NothingToApply, ImportNotInState."""
    batch = _locked(batch, ImportState.CHECKED)
    rows = ImportRow.objects.filter(batch=batch)
    if whole and rows.filter(state=RowState.ERROR).exists():
        raise RowsHaveErrors
    ready = rows.filter(state=RowState.READY).count()
    if not ready:
        raise NothingToApply
    batch.options["whole"] = whole
    _ring(actor, batch, ImportState.APPLYING, APPLY, at, total=ready)
    return batch


def undo_import(*, actor: Actor, batch: Import, at: datetime) -> Import:
    """Take back what the import wrote. Raises UndoRefused with the reason when something depends on it."""
    batch = _locked(batch, ImportState.APPLIED)
    kind = import_kind(batch.kind)
    if kind.undo is None:
        raise UndoRefused("undo_not_offered", _("What this import wrote cannot be taken back as a whole."))
    applied = ImportRow.objects.filter(batch=batch, state=RowState.APPLIED)
    rows = [AppliedRow(row.number, row.effect, row.record_id, row.undo) for row in applied.order_by("number")]
    kind.undo(ImportScope(actor, at, batch.id, batch.source), rows)
    applied.update(state=RowState.UNDONE)
    batch.state, batch.undone_at = ImportState.UNDONE, at
    batch.save(update_fields=["state", "undone_at"])
    record(actor=actor, action="import.undone", subject=batch, at=at, after={"rows": len(rows)})
    return batch


def resume_imports() -> int:
    """Ring again for imports that are under way and held by no worker; returns how many."""
    rung = 0
    for batch in queries.waiting_for_work().select_for_update(skip_locked=True):
        enqueue(CHECK if batch.state == ImportState.CHECKING else APPLY, import_id=batch.id)
        rung += 1
    return rung


def _locked(batch: Import, *states: str) -> Import:
    held = Import.objects.select_for_update(of=("self",)).select_related("file").get(id=batch.id)
    if held.state not in states:
        raise ImportNotInState
    return held


def _ring(
    actor: Actor, batch: Import, state: str, task: str, at: datetime, *, total: int | None = None
) -> None:
    """Put the import into its working state with a job to watch, and ring the worker."""
    total = batch.options["rows"] if total is None else total
    batch.options |= {"membership_id": str(actor.id), "done": 0, "total": total}
    label = f"{batch} · {batch.file.name}"
    batch.job = start_job(
        actor=actor,
        kind=task,
        at=at,
        label=label,
        path=f"/m/imports/{batch.id}/",
        subject_id=batch.id,
        total=total,
    )
    batch.state = state
    batch.save()
    after: dict[str, Any] = (
        {"whole": batch.options.get("whole", False)} if task == APPLY else {"mapping": batch.mapping}
    )
    record(actor=actor, action=f"import.{state}", subject=batch, at=at, after=after)
    enqueue(task, import_id=batch.id)
