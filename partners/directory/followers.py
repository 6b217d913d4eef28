"""What follows when a partner is merged: each room says what it has of a partner, and moves what may be moved.

Promise: the directory knows none of the rooms above it; followers run in the merge's own transaction, in their order.
Called by: catalogues (register), merging (asks and runs)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.web.menu import Text

MOVES, STAYS, ENDS = "moves", "stays", "ends"


@dataclass(frozen=True)
class Merge:
    """`merged` goes into `survivor` as of `today`, the tenant's day of `at`."""

    actor: Actor
    merged: Partner
    survivor: Partner
    at: datetime
    today: date


@dataclass(frozen=True)
class Objection:
    """Why two partners must not be merged now: a code, and a sentence for people."""

    code: str
    message: Text


@dataclass(frozen=True)
class Follower:
    """Something that a room keeps of a partner.

    `fate`: MOVES with all its rows, STAYS with the merged partner and is read with the survivor's, ENDS on the day.
    `count(partner_id)` says how much there is; `follow(merge)` does it and is absent where nothing is to be done.
    """

    name: str
    label: Text
    fate: str
    count: Callable[[UUID], int]
    follow: Callable[[Merge], None] | None = None
    note: Text = ""
    order: int = 50


Guard = Callable[[Merge], Objection | None]
_followers: dict[str, Follower] = {}
_guards: list[Guard] = []


def register_follower(follower: Follower) -> None:
    if _followers.setdefault(follower.name, follower) != follower:
        raise ValueError(f"follower {follower.name} is declared twice")


def register_merge_guard(guard: Guard) -> None:
    """`guard(merge)` answers why the two must not be merged now, or None; asked before and inside the merge."""
    if guard not in _guards:
        _guards.append(guard)


def followers() -> list[Follower]:
    return sorted(_followers.values(), key=lambda follower: (follower.order, follower.name))


def objections_to(merge: Merge) -> list[Objection]:
    return [objection for guard in _guards if (objection := guard(merge)) is not None]
