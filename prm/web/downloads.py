"""Files that a page hands out.

Promise: a CSV opens in a spreadsheet with its letters right and no cell executed; called by console.py and portal.py.
"""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import translation

from prm.kit.csv import write_rows


def csv_answer(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download called `name`; Russian spreadsheets split cells at semicolons."""
    delimiter = ";" if (translation.get_language() or "").startswith("ru") else ","
    text = write_rows([header, *rows], delimiter=delimiter, with_mark=True)
    return HttpResponse(
        text.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
