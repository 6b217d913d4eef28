"""The tiers as the programme's page shows them: the room above that knows tiers offers them at start.

Promise: without such a room, or without tiers, the page has no table; called by presentation (read), tiers (offer)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rung:
    """One tier in the reader's language; `conditions` is a group of sentences for components/rule.html."""

    name: str
    conditions: Any
    benefits: str


ReadRungs = Callable[[], Sequence[Rung]]
_offered: list[ReadRungs] = []


def offer_ladder(read: ReadRungs) -> None:
    """`read()` answers the tiers from the lowest, as the context of a stranger shows them."""
    _offered[:] = [read]


def public_ladder() -> list[Rung]:
    return [rung for read in _offered for rung in read()]
