"""Files as rows of text: CSV in the encodings and dialects people have, and XLSX.

Promise: a cell is the text a person sees, with a point for decimals and ISO days where the file holds typed values.
Called by: prm.imports.actions and the work on an import; pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from prm.kit.csv import EncodingUnknown, read_rows

EXTENSIONS = frozenset({"csv", "tsv", "txt", "xlsx"})
MOST_ROWS = 200_000
MOST_COLUMNS = 200
LONGEST_CELL = 2_000


class FileUnreadable(Exception):
    """The content is not a table that can be taken; `code` says why."""

    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Table:
    """The header of a file, each name once, and its rows, as long as the header."""

    headers: list[str]
    rows: list[list[str]]


def read_table(name: str, content: bytes) -> Table:
    """The first sheet of a workbook, or a CSV whose encoding and delimiter are found out."""
    extension = name.lower().rpartition(".")[2]
    if extension not in EXTENSIONS:
        raise FileUnreadable("file_kind_refused")
    found = _workbook_rows(content) if extension == "xlsx" else _text_rows(content)
    if not found:
        raise FileUnreadable("file_without_rows")
    header, *rows = found
    width = max(len(row) for row in found)
    if width > MOST_COLUMNS:
        raise FileUnreadable("too_many_columns")
    if len(rows) > MOST_ROWS:
        raise FileUnreadable("too_many_rows")
    if not rows:
        raise FileUnreadable("file_without_rows")
    return Table(_header_names(header, width), [_fitted(row, width) for row in rows])


def _text_rows(content: bytes) -> list[list[str]]:
    try:
        return read_rows(content)
    except EncodingUnknown as fault:
        raise FileUnreadable("encoding_unknown") from fault
    except (csv.Error, UnicodeDecodeError, ValueError) as fault:
        raise FileUnreadable("file_damaged") from fault


def _workbook_rows(content: bytes) -> list[list[str]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = workbook.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, OSError, ValueError, IndexError) as fault:
        raise FileUnreadable("file_damaged") from fault
    rows = ([_text_of(cell) for cell in row] for row in cells)
    return [row for row in rows if any(row)]


def _text_of(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{Decimal(f'{cell:.15g}'):f}"  # what the spreadsheet shows, not the binary neighbour
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell).strip()


def _header_names(header: Sequence[str], width: int) -> list[str]:
    """Every column has a name of its own: empty ones get a number, repeated ones a suffix."""
    names: list[str] = []
    for place in range(width):
        wanted = (header[place].strip() if place < len(header) else "")[:200] or f"#{place + 1}"
        name, suffix = wanted, 2
        while name in names:
            name, suffix = f"{wanted} ({suffix})", suffix + 1
        names.append(name)
    return names


def _fitted(row: Sequence[str], width: int) -> list[str]:
    cells = [cell.replace("\x00", "")[:LONGEST_CELL] for cell in row]
    return cells + [""] * (width - len(cells))
