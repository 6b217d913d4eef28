"""CSV as people send it, and cells that a spreadsheet will not execute.

Promise: UTF-8 and CP1251, `;`, `,` and tab are told apart, no written cell is a formula; called by imports, exports."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

DELIMITERS = (";", ",", "\t")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")
_SAMPLE_ROWS = 20


class EncodingUnknown(ValueError):
    """The bytes are neither UTF-8 nor CP1251."""

    code = "encoding_unknown"


def detect_encoding(content: bytes) -> str:
    """`utf-8-sig` (with or without its mark), else `cp1251`.

    Bytes that decode as UTF-8 are UTF-8: Cyrillic in CP1251 practically never forms valid sequences.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise EncodingUnknown("the file is neither UTF-8 nor Windows-1251")


def detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of columns, the most columns winning."""

    def quality(delimiter: str) -> tuple[int, int, int]:
        widths = [len(row) for row in _sample(text, delimiter)]
        if not widths or widths[0] == 1:
            return (0, 0, 0)
        agreeing = sum(1 for width in widths if width == widths[0])
        return (1, agreeing * 100 // len(widths), widths[0])

    return max(DELIMITERS, key=quality)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if any(cell.strip() for cell in row):
            rows.append(row)
        if len(rows) >= _SAMPLE_ROWS:
            break
    return rows


def read_rows(
    content: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> list[list[str]]:
    """All rows that hold something, header first, cells without surrounding blanks."""
    text = content.decode(encoding or detect_encoding(content))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or detect_delimiter(text))
    return [row for row in ([cell.strip() for cell in cells] for cells in reader) if any(row)]


def neutralise_formula(value: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet could run it; plain numbers stay numbers."""
    if value.lstrip(" \u00a0").startswith(_STARTS_FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def write_rows(rows: Iterable[Sequence[object]], *, delimiter: str = ",", with_mark: bool = False) -> str:
    """RFC 4180 text, formula cells neutralised; `with_mark` puts the byte order mark that Excel wants."""
    out = io.StringIO(newline="")
    if with_mark:
        out.write("\ufeff")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if cell is None else neutralise_formula(str(cell)) for cell in row])
    return out.getvalue()
