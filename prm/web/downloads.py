"""Files that a page hands out.

Promise: a CSV or a workbook opens in a spreadsheet with its letters right and no cell executed; called by console.py
and portal.py.
"""

import io
from collections.abc import Iterable, Sequence
from itertools import chain
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse
from django.utils import translation
from xlsxwriter import Workbook

from prm.kit.csv import write_rows

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_answer(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download called `name`; Russian spreadsheets split cells at semicolons."""
    text = write_rows([header, *rows], delimiter=_delimiter(), with_mark=True)
    return HttpResponse(
        text.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def long_csv_answer(
    name: str, header: Sequence[object], parts: Iterable[Iterable[Sequence[object]]]
) -> FileResponse:
    """The same for more rows than memory should hold: written part by part to a file of the disk, which is read while
    it is sent and is gone with it."""
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    for place, rows in enumerate(chain([[header]], parts)):
        file.write(write_rows(rows, delimiter=_delimiter(), with_mark=place == 0).encode())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _delimiter() -> str:
    return ";" if (translation.get_language() or "").startswith("ru") else ","


def workbook_answer(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The same as an Excel file: every cell is text, so that codes keep their zeros and nothing is a formula."""
    out = io.BytesIO()
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, cells in enumerate(chain([header], rows)):
        for column, cell in enumerate(cells):
            sheet.write_string(
                place, column, str(cell if cell is not None else ""), bold if place == 0 else None
            )
    book.close()
    return HttpResponse(
        out.getvalue(),
        content_type=WORKBOOK,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
