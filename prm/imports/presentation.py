"""How an import is shown: the steps, the rows that were refused with words for each mistake and every cell to correct,
the file of failed rows.

Called by: prm.imports.console."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from prm.imports.kinds import ImportColumn, ImportKind
from prm.imports.models import Import, ImportRow, ImportState
from prm.imports.queries import fault_text, rows_in_error
from prm.imports.work import UNDO_REFUSED, undo_refused_in
from prm.jobs.kinds import failure_text
from prm.kit.csv import write_rows
from prm.web.steps import steps_at

CONTEXT_CELLS = 5
_PLACE_OF_STATE = {
    ImportState.UPLOADED: 0,
    ImportState.FAILED: 0,
    ImportState.CHECKING: 1,
    ImportState.CHECKED: 2,
    ImportState.APPLYING: 3,
    ImportState.APPLIED: 5,
    ImportState.UNDOING: 5,
    ImportState.UNDONE: 5,
}


@dataclass(frozen=True)
class Cell:
    """A cell to correct: its text as it stands, and what is wrong with it."""

    key: str
    label: str
    text: str
    faults: list[str]
    hint: str


@dataclass(frozen=True)
class RefusedRow:
    """A row with mistakes; `context` are some of its good cells, so that people know which row it is. `cells` are those
    to look at first, `others` the rest; what is wrong with the row as a whole stands in `faults`."""

    number: int
    context: str
    cells: list[Cell]
    others: list[Cell]
    faults: list[str]


def steps_of(batch: Import) -> list[dict[str, object]]:
    labels = [
        _("Choose columns"),
        _("Check"),
        pgettext("step of an import", "Correct"),
        pgettext("step of an import", "Apply"),
        pgettext("step of an import", "Done"),
    ]
    return steps_at(_PLACE_OF_STATE[ImportState(batch.state)], labels)


def failure_of(batch: Import) -> str:
    """Why the last work on it ended badly, in the reader's language; "" when it did not."""
    if batch.job is None:
        return ""
    told = failure_text(batch.job.failure)
    if batch.job.failure == UNDO_REFUSED:
        told += f" {batch.options[undo_refused_in(get_language() or '')]}"
    return told


def refused_row(kind: ImportKind, batch: Import, row: ImportRow) -> RefusedRow:
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for error in row.errors:
        named = kind.column(error["column"])
        faults[named.key if named else ""].append(fault_text(kind, error["code"], error["params"]))
    naming = kind.identity if any(error["code"] == "duplicate_in_file" for error in row.errors) else ()
    told = [column for column in kind.columns if column.key in {*batch.mapping, *row.values, *faults}]
    first = [column for column in told if column.key in {*faults, *naming}]

    def cell(column: ImportColumn) -> Cell:
        text = row.values.get(column.key, "")
        return Cell(column.key, str(column.label), text, faults.get(column.key, []), str(column.hint))

    good = [text for column in told if column.key not in faults and (text := row.values.get(column.key))]
    return RefusedRow(
        number=row.number,
        context=" · ".join(good[:CONTEXT_CELLS]),
        cells=[cell(column) for column in first],
        others=[cell(column) for column in told if column not in first],
        faults=faults.get("", []),
    )


def failed_rows_file(kind: ImportKind, batch: Import, *, delimiter: str) -> str:
    """The refused rows under the headers of their file, with what is wrong in a last column; it can be sent again."""
    rows = list(rows_in_error(batch).order_by("number"))
    filled = {key for row in rows for key in row.values}
    columns = [column for column in kind.columns if column.key in {*batch.mapping, *filled}]
    head = [batch.mapping.get(column.key) or column.label for column in columns]
    lines: list[list[Any]] = [[*head, _("Error")]]
    for row in rows:
        told = "; ".join(_told(kind, error) for error in row.errors)
        lines.append([*(row.values.get(column.key, "") for column in columns), told])
    return write_rows(lines, delimiter=delimiter, with_mark=True)


def _told(kind: ImportKind, error: dict[str, Any]) -> str:
    column = kind.column(error["column"])
    text = fault_text(kind, error["code"], error["params"])
    return f"{column.label}: {text}" if column else text


def template_file(kind: ImportKind, *, delimiter: str) -> str:
    """An empty file of the kind: our headers, and one row of examples."""
    return write_rows(
        [[column.label for column in kind.columns], [column.example for column in kind.columns]],
        delimiter=delimiter,
        with_mark=True,
    )
