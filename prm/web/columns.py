"""Columns of a list that another room fills: what each sale earned, in the list of sales.

Promise: the low app owns the place, the high app its content; a column is made once for the page, whatever its length.
Called by: catalogues (add), list pages (read)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from prm.accounts.actor import Actor
from prm.web.menu import Text


@dataclass(frozen=True)
class Cell:
    """One line of a cell: its text, and where it leads ("" nowhere)."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Column:
    """A head, and the cells by the id of their row."""

    title: Text
    cells: Mapping[UUID, Sequence[Cell]]


MakeColumn = Callable[[Actor, Collection[UUID]], Column]
_columns: defaultdict[str, list[tuple[int, str, MakeColumn]]] = defaultdict(list)


def add_column(place: str, make: MakeColumn, *, permission: str, order: int = 50) -> None:
    """`make(actor, row_ids)` answers the column for the rows of a page of the place ("portal-sale")."""
    entry = (order, permission, make)
    if entry not in _columns[place]:
        _columns[place].append(entry)


def columns_for(place: str, actor: Actor, row_ids: Collection[UUID]) -> list[Column]:
    """The columns that the actor may see, in order; none of an empty page."""
    entries = sorted(_columns[place], key=lambda entry: entry[0]) if row_ids else []
    return [make(actor, row_ids) for _order, permission, make in entries if actor.can(permission)]
