"""The menu and the home tiles: the low app owns the lists, every room adds its own lines at start.

Called by: catalogues (add), the page context (read).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor

Text = str | Promise


@dataclass(frozen=True)
class MenuItem:
    """One line of a face's menu; shown to actors that hold `permission`. `order` sorts inside its group; `at_hand`
    puts it into the bar at the bottom of a phone (four at most). `shown` leaves it out where it
    says nothing to the actor."""

    face: str
    group: str
    label: Text
    url_name: str
    icon: str
    permission: str
    order: int = 50
    badge: Callable[[Actor], int] | None = None
    at_hand: bool = False
    shown: Callable[[Actor], bool] | None = None


GROUPS: dict[str, dict[str, Text]] = {
    "console": {
        "today": "",
        "partners": _("Partners"),
        "sales": _("Sales"),
        "money": _("Money"),
        "engage": _("Engage"),
        "insights": _("Insights"),
        "system": _("System"),
    },
    "portal": {
        "home": "",
        "sell": _("Sell"),
        "earn": _("Earn"),
        "market": _("Market"),
        "learn": _("Learn"),
        "company": _("Company"),
    },
}
_items: list[MenuItem] = []


def add_menu_item(item: MenuItem) -> None:
    if item not in _items:
        _items.append(item)


def menu_for(actor: Actor, face: str, path: str) -> list[dict[str, Any]]:
    """Groups of items the actor may open; the item whose address is the longest prefix of `path` is active."""
    mine = sorted(
        (i for i in _items if i.face == face and actor.can(i.permission) and (not i.shown or i.shown(actor))),
        key=lambda i: (i.order, i.url_name),
    )
    urls = {item: reverse(item.url_name) for item in mine}
    fitting = [url for url in urls.values() if path.startswith(url)]
    active = max(fitting, key=len) if fitting else None
    groups = []
    for key, label in GROUPS[face].items():
        items = [
            {
                "label": item.label,
                "url": urls[item],
                "icon": item.icon,
                "active": urls[item] == active,
                "badge": item.badge(actor) if item.badge else 0,
                "at_hand": item.at_hand,
            }
            for item in mine
            if item.group == key
        ]
        if items:
            groups.append({"key": key, "label": label, "items": items})
    return groups
