"""Lists: `{"data": [], "next_cursor": null, "has_more": false}`, by cursor, without offsets and totals.

Promise: at most 200 rows an answer; a cursor made under other filters is refused; called by every api.py.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.web.keyset import CursorInvalid, Fetch, Page, fetched_page, filters_in, keyset_page

DEFAULT_ROWS = 50
MOST_ROWS = 200
Row = type[BaseSerializer[Any]] | Callable[[Any], dict[str, Any]]


def answer_list(request: ApiRequest, queryset: QuerySet[Any], *, order: Sequence[str], row: Row) -> Response:
    """One page of `queryset`, each row shown by a serializer class or a function; see `keyset_page` for `order`."""
    return _answer(request, keyset_page, queryset, order=order, row=row)


def answer_fetched(request: ApiRequest, fetch: Fetch, *, order: Sequence[str], row: Row) -> Response:
    """The same for rows that no queryset holds; see `fetched_page`."""
    return _answer(request, fetched_page, fetch, order=order, row=row)


def _answer(
    request: ApiRequest, make: Callable[..., Page], rows: Any, *, order: Sequence[str], row: Row
) -> Response:
    filters = filters_in(request.query_params.dict())
    cursor = request.query_params.get("cursor", "")
    try:
        page = make(rows, order=order, cursor=cursor, limit=limit_of(request), filters=filters)
    except CursorInvalid as fault:
        detail = _("This cursor is too old or belongs to another list; start again without it.")
        raise Invalid([FieldError("cursor_invalid", detail, parameter="cursor")]) from fault
    return Response(
        {
            "data": shown(request, page.rows, row),
            "next_cursor": page.next_cursor or None,
            "has_more": bool(page.next_cursor),
        }
    )


def shown(request: ApiRequest, rows: Sequence[Any], row: Row) -> list[Any]:
    if isinstance(row, type):
        shape: type[BaseSerializer[Any]] = row
        return list(shape(rows, many=True, context={"request": request}).data)
    return [row(item) for item in rows]


def limit_of(request: ApiRequest) -> int:
    text = request.query_params.get("limit", str(DEFAULT_ROWS))
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ROWS)) and 1 <= int(text) <= MOST_ROWS
    ):
        detail = _("limit is a whole number from 1 to %(most)s.") % {"most": MOST_ROWS}
        raise Invalid([FieldError("limit_range", detail, parameter="limit")])
    return int(text)
