"""The work queue of the first page: each room adds what waits for somebody, with its count and its list.

Promise: a line is shown to actors that hold its permission, and its link opens exactly what was counted.
Called by: catalogues (add), analytics.dashboards (read)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from prm.accounts.actor import Actor
from prm.web.menu import Text


@dataclass(frozen=True)
class QueueItem:
    """`count(actor)` rows wait at `url_name`?`query`; `order` sorts, the lowest first."""

    label: Text
    count: Callable[[Actor], int]
    url_name: str
    permission: str
    query: str = ""
    order: int = 50


_items: list[QueueItem] = []


def add_queue_item(item: QueueItem) -> None:
    if item not in _items:
        _items.append(item)


def queue_for(actor: Actor) -> list[dict[str, Any]]:
    """What waits for this actor: lines with a count above zero, in order."""
    lines = []
    for item in sorted(_items, key=lambda item: (item.order, item.url_name)):
        count = item.count(actor) if actor.can(item.permission) else 0
        if count:
            url = reverse(item.url_name) + (f"?{item.query}" if item.query else "")
            lines.append({"label": item.label, "count": count, "url": url})
    return lines
