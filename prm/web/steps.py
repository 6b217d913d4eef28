"""Where a thing stands on its way: the steps that a stepper shows.

Promise: what lies behind is done, one step is now, the rest is still to do. Called by the presentations of rooms.
"""

from collections.abc import Sequence


def steps_at(now: int, labels: Sequence[object]) -> list[dict[str, object]]:
    """Labels with their states; `now` is the place of the present step, their number when all is over."""
    return [
        {"label": label, "state": "done" if place < now else "now" if place == now else "todo"}
        for place, label in enumerate(labels)
    ]
