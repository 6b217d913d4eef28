"""Panels on a record's page that another room fills: what a sale earned, on the page of the sale.

Promise: the low app owns the place, the high app its content; called by catalogues (add) and record pages (read)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prm.accounts.actor import Actor
from prm.web.menu import Text


@dataclass(frozen=True)
class Panel:
    """A title and a template that is included with `content` as `panel`."""

    title: Text
    template: str
    content: Mapping[str, Any]


MakePanel = Callable[[Actor, UUID], Panel | None]
_panels: defaultdict[str, list[tuple[int, str, MakePanel]]] = defaultdict(list)


def add_panel(place: str, make: MakePanel, *, permission: str, order: int = 50) -> None:
    """`make(actor, record_id)` answers the panel for a record of the place ("sale"), or None to stay away."""
    entry = (order, permission, make)
    if entry not in _panels[place]:
        _panels[place].append(entry)


def panels_for(place: str, actor: Actor, record_id: UUID) -> list[Panel]:
    """The panels that the actor may see, in order."""
    entries = sorted(_panels[place], key=lambda entry: entry[0])
    made = [make(actor, record_id) for _order, permission, make in entries if actor.can(permission)]
    return [panel for panel in made if panel is not None]
