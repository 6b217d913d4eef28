"""Who hears what became of an adjustment: higher rooms whose decision waits for it.

Called by: catalogues (register_listener), adjustments.actions, inside the step's own transaction."""

from collections.abc import Callable
from datetime import datetime

from incentives.adjustments.models import Adjustment
from prm.accounts.actor import Actor

Listener = Callable[[Adjustment, Actor, datetime], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """`listener(adjustment, actor, at)` is told when one is posted, refused or withdrawn."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_outcome(adjustment: Adjustment, actor: Actor, at: datetime) -> None:
    for listener in _listeners:
        listener(adjustment, actor, at)
