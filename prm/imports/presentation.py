"""How an import is shown: the steps, the rows that were refused with words for each mistake, the file of failed rows.

Called by: prm.imports.console."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from prm.imports.kinds import ImportKind
from prm.imports.models import Import, ImportRow, ImportState
from prm.imports.queries import fault_text, rows_in_error
from prm.kit.csv import write_rows

CONTEXT_CELLS = 5
_PLACE_OF_STATE = {
    ImportState.UPLOADED: 0,
    ImportState.FAILED: 0,
    ImportState.CHECKING: 1,
    ImportState.CHECKED: 2,
    ImportState.APPLYING: 3,
    ImportState.APPLIED: 4,
    ImportState.UNDONE: 4,
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
    """A row with mistakes; `context` are some of its good cells, so that people know which row it is."""

    number: int
    context: str
    cells: list[Cell]
    faults: list[str]


def steps_of(batch: Import) -> list[dict[str, str]]:
    labels = [
        _("Choose columns"),
        _("Check"),
        pgettext("step of an import", "Correct"),
        pgettext("step of an import", "Apply"),
        pgettext("step of an import", "Done"),
    ]
    now = _PLACE_OF_STATE[ImportState(batch.state)]
    over = batch.state in (ImportState.APPLIED, ImportState.UNDONE)
    return [
        {"label": label, "state": "done" if place < now or over else "now" if place == now else "todo"}
        for place, label in enumerate(labels)
    ]


def refused_row(kind: ImportKind, batch: Import, row: ImportRow) -> RefusedRow:
    by_column: dict[str, list[str]] = {}
    for error in row.errors:
        column = error["column"] if error["column"] in batch.mapping else ""
        text = fault_text(kind, error["code"], error["params"])
        if not column and error["column"]:
            named = kind.column(error["column"])
            text = f"{named.label}: {text}" if named else text
        by_column.setdefault(column, []).append(text)
    faults = by_column.pop("", [])
    cells = [
        Cell(
            column.key,
            str(column.label),
            row.values.get(column.key, ""),
            by_column[column.key],
            str(column.hint),
        )
        for column in kind.columns
        if column.key in by_column
    ]
    good = [
        row.values[column.key]
        for column in kind.columns
        if row.values.get(column.key) and column.key not in by_column
    ]
    return RefusedRow(row.number, " · ".join(good[:CONTEXT_CELLS]), cells, faults)


def failed_rows_file(kind: ImportKind, batch: Import, *, delimiter: str) -> str:
    """The refused rows under the headers of their file, with what is wrong in a last column; it can be sent again."""
    columns = [column for column in kind.columns if column.key in batch.mapping]
    lines: list[list[Any]] = [[*(batch.mapping[column.key] for column in columns), _("Error")]]
    for row in rows_in_error(batch).order_by("number"):
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
