"""Keyset pages: rows after (or before) a place in an order, never by offset.

Promise: a page costs the same wherever it stands; a cursor is signed and good only for its tenant, order and filters.
Called by: console and portal lists, prm.api.lists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core import signing
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from prm.tenancy.context import require_context

PAGE_ROWS = 50
CURSOR_LIFETIME = timedelta(hours=24)
Fetch = Callable[[Sequence[str] | None, bool, int], list[Any]]


class CursorInvalid(ValueError):
    """The cursor is not ours, too old, or belongs to another list."""

    code = "cursor_invalid"


@dataclass(frozen=True)
class Page:
    """Some rows in order, and where the neighbouring pages start ("" = there is none)."""

    rows: list[Any]
    next_cursor: str
    previous_cursor: str


class Follows(Func):
    """`(a, b) < (x, y)`: one comparison of rows, which an index on (tenant, a, b) answers from its place."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, names: Sequence[str], values: Sequence[Any], *, descending: bool) -> None:
        self.operator = "<" if descending else ">"
        super().__init__(*(F(name) for name in names), *values)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left = ", ".join(sql for sql, _ in parts[:half])
        right = ", ".join(sql for sql, _ in parts[half:])
        return f"({left}) {self.operator} ({right})", [value for _, values in parts for value in values]


def keyset_page(
    queryset: QuerySet[Any],
    *,
    order: Sequence[str],
    cursor: str = "",
    limit: int = PAGE_ROWS,
    filters: str = "",
) -> Page:
    """One page of `queryset` in `order`.

    `order` is a literal list of columns that are never null, the last one unique ("-occurred_on", "-id"). `filters` is
    any text that stands for the filters in use: a cursor made under others is refused with `CursorInvalid`.
    """

    def fetch(place: Sequence[str] | None, backwards: bool, most: int) -> list[Any]:
        walked = [_turned(column) for column in order] if backwards else list(order)
        rows = queryset.order_by(*walked)
        if place is not None:
            rows = rows.filter(_beyond(rows, walked, place))
        return list(rows[:most])

    return fetched_page(fetch, order=order, cursor=cursor, limit=limit, filters=filters)


def fetched_page(
    fetch: Fetch, *, order: Sequence[str], cursor: str = "", limit: int = PAGE_ROWS, filters: str = ""
) -> Page:
    """The same for rows that no queryset holds. `fetch(place, backwards, most)` answers the first `most` rows beyond
    `place` (values of `order` as text; None: from the end it starts at), walking `order` or against it."""
    salt = _salt(order, filters)
    place, backwards = _read(cursor, salt) if cursor else (None, False)
    found = fetch(place, backwards, limit + 1)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = bool(found) and (more or backwards)
    has_previous = bool(found) and (place is not None if not backwards else more)
    return Page(
        found,
        _write(found[-1], order, salt, backwards=False) if has_next else "",
        _write(found[0], order, salt, backwards=True) if has_previous else "",
    )


def page_of(
    request: HttpRequest, queryset: QuerySet[Any], *, order: Sequence[str], limit: int = PAGE_ROWS
) -> Page:
    """The page that `?cursor=` asks for; an old or foreign cursor shows the first page."""
    return _asked_page(request, keyset_page, queryset, order=order, limit=limit)


def page_of_fetched(
    request: HttpRequest, fetch: Fetch, *, order: Sequence[str], limit: int = PAGE_ROWS
) -> Page:
    """The same for rows that no queryset holds, see `fetched_page`."""
    return _asked_page(request, fetched_page, fetch, order=order, limit=limit)


def _asked_page(request: HttpRequest, make: Callable[..., Page], rows: Any, **shape: Any) -> Page:
    filters = filters_in(request.GET.dict())
    try:
        return make(rows, cursor=request.GET.get("cursor", ""), filters=filters, **shape)
    except CursorInvalid:
        return make(rows, filters=filters, **shape)


def filters_in(parameters: Mapping[str, str]) -> str:
    """The filters of an address as one text, paging aside."""
    return repr(
        sorted((name, value) for name, value in parameters.items() if name not in ("cursor", "limit"))
    )


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(rows: QuerySet[Any], order: Sequence[str], place: Sequence[str]) -> Any:
    """The condition "after `place` in `order`"."""
    names = [column.lstrip("-") for column in order]
    values = [
        Value(_column(rows, name).to_python(text), output_field=_column(rows, name))
        for name, text in zip(names, place, strict=True)
    ]
    downwards = {column.startswith("-") for column in order}
    if len(downwards) == 1:
        return Follows(names, values, descending=downwards.pop())
    condition, equal = Q(), Q()
    for column, name, value in zip(order, names, values, strict=True):
        verb = "lt" if column.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{verb}": value})
        equal &= Q(**{name: value})
    return condition


def _column(rows: QuerySet[Any], name: str) -> Any:
    """The field that a name in an order means: a column, one reached through a reference, or an annotation."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    model: type[Model] = rows.model
    *path, last = name.split(LOOKUP_SEP)
    for step in path:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _salt(order: Sequence[str], filters: str) -> str:
    text = f"{require_context()}|{','.join(order)}|{filters}"
    return f"keyset:{sha256(text.encode()).hexdigest()}"


def _write(row: Any, order: Sequence[str], salt: str, *, backwards: bool) -> str:
    values = [_plain(_value(row, column.lstrip("-"))) for column in order]
    return signing.dumps([backwards, *values], salt=salt)


def _value(row: Any, name: str) -> Any:
    if isinstance(row, Mapping):
        return row[name]
    for step in name.split(LOOKUP_SEP):
        row = getattr(row, step)
    return row


def _plain(value: Any) -> str:
    if value is None:
        raise ValueError("a list cannot be ordered by a column that is null")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _read(cursor: str, salt: str) -> tuple[list[str], bool]:
    try:
        backwards, *values = signing.loads(cursor, salt=salt, max_age=CURSOR_LIFETIME)
    except signing.BadSignature as fault:
        raise CursorInvalid("The cursor is not valid here.") from fault
    return values, backwards
