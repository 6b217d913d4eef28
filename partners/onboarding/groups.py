"""Groups of partners that may have first steps of their own; the room that knows them offers them at start.

Promise: without such a room there are none; called by journeys and their pages (read), segments (offer)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Groups:
    """`choices()` are (code, name); `belonging(partner_id, codes, day)` says in which of the codes a partner is."""

    choices: Callable[[], Sequence[tuple[str, str]]]
    belonging: Callable[[UUID, Collection[str], date], set[str]]


_none = Groups(list, lambda partner_id, codes, day: set())
_offered: list[Groups] = []


def offer_groups(groups: Groups) -> None:
    if groups not in _offered:
        _offered.append(groups)


def offered_groups() -> Groups:
    return _offered[-1] if _offered else _none
