"""What rooms above know of a partner besides its record: filters of the list, and columns of files of partners.

Promise: the directory knows none of them; what a file brings is written in the row's own savepoint and taken back with
it. Called by: catalogues (register), directory's lists and files."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.imports.kinds import ImportColumn
from prm.web.menu import Text


@dataclass(frozen=True)
class ListFilter:
    """One more filter of the list of partners: `matching(code)` of one of the choices."""

    name: str
    label: Text
    choices: list[tuple[str, str]]
    matching: Callable[[str], Q]


@dataclass(frozen=True)
class TrailWords:
    """What entries of a partner's trail are called, and the values of those that are codes."""

    labels: Mapping[str, Text] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    """`read(ids)`: the cells of partners by column key, for export. `write(actor, partner, values, at)` takes the
    values of a row's columns; `refusals` are what it raises, with `fault_texts` by code. `snapshot(id)` as JSON is what
    `restore(actor, partner, snapshot, at)` puts back. `trail()` says what the room writes into a partner's trail."""

    name: str
    filters: Callable[[], list[ListFilter]]
    columns: Callable[[], list[ImportColumn]]
    read: Callable[[Collection[UUID]], dict[UUID, dict[str, str]]]
    write: Callable[[Actor, Partner, Mapping[str, Any], datetime], None]
    snapshot: Callable[[UUID], Any]
    restore: Callable[[Actor, Partner, Any, datetime], None]
    trail: Callable[[], TrailWords] = TrailWords
    refusals: tuple[type[Exception], ...] = ()
    fault_texts: Mapping[str, Text] = field(default_factory=dict)


_extras: dict[str, Extra] = {}


def register_extra(extra: Extra) -> None:
    if _extras.setdefault(extra.name, extra) != extra:
        raise ValueError(f"extra {extra.name} is declared twice")


def extras() -> list[Extra]:
    return list(_extras.values())


def list_filters() -> list[ListFilter]:
    return [one for extra in _extras.values() for one in extra.filters()]


def matching(told: Mapping[str, str]) -> tuple[Q, ...]:
    """The conditions of the filters that are told by name."""
    return tuple(one.matching(told[one.name]) for one in list_filters() if told.get(one.name))


def trail_words() -> TrailWords:
    """Those of all extras together."""
    told = [extra.trail() for extra in _extras.values()]
    labels = {name: label for one in told for name, label in one.labels.items()}
    return TrailWords(labels, {name: values for one in told for name, values in one.values.items()})


def extra_columns() -> list[ImportColumn]:
    return [column for extra in _extras.values() for column in extra.columns()]


def extra_cells(partner_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """The cells of all extra columns by partner and column key."""
    found: dict[UUID, dict[str, str]] = {key: {} for key in partner_ids}
    for extra in _extras.values():
        for partner_id, cells in extra.read(partner_ids).items():
            found[partner_id] |= cells
    return found
