"""The figures of the first page: each room adds the one it owns.

Promise: a tile shows what its link shows, for the same days.
Called by: catalogues (add), analytics.dashboards (read)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from prm.accounts.actor import Actor


@dataclass(frozen=True)
class Days:
    """The days a page is about, half-open."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Tile:
    """One figure: `value` short, `exact` in full, the change to the days before with its tone (good, bad, quiet)."""

    label: str
    value: str
    url: str
    exact: str = ""
    delta: str = ""
    delta_tone: str = "quiet"
    note: str = ""


MakeTile = Callable[[Actor, Days, Days], "Tile | None"]


@dataclass(frozen=True)
class _Offer:
    permission: str
    make: MakeTile
    order: int


_offers: list[_Offer] = []


def add_tile(make: MakeTile, *, permission: str, order: int = 50) -> None:
    """`make(actor, days, days_before)` answers the tile, or None when there is nothing to say."""
    offer = _Offer(permission, make, order)
    if offer not in _offers:
        _offers.append(offer)


def tiles_for(actor: Actor, days: Days, before: Days) -> list[Tile]:
    """The tiles that the actor may see, in order."""
    offers = sorted((o for o in _offers if actor.can(o.permission)), key=lambda offer: offer.order)
    made = [offer.make(actor, days, before) for offer in offers]
    return [tile for tile in made if tile is not None]
