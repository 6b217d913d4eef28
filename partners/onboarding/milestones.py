"""Milestones of the funnel after approval: each room declares the one it can date, at start.

Promise: one question per milestone whatever the number of partners; called by catalogues of this room and those above
(register_milestone), funnel (read)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prm.web.menu import Text

ReachedBy = Callable[[Collection[UUID]], Mapping[UUID, datetime]]


@dataclass(frozen=True)
class Milestone:
    """`reached(partner_ids)` answers when each first got there; partners that have not are left out."""

    code: str
    label: Text
    reached: ReachedBy
    order: int = 50


_milestones: dict[str, Milestone] = {}


def register_milestone(code: str, *, label: Text, reached: ReachedBy, order: int = 50) -> None:
    milestone = Milestone(code, label, reached, order)
    if _milestones.setdefault(code, milestone) != milestone:
        raise ValueError(f"milestone {code} is declared twice")


def milestones() -> list[Milestone]:
    return sorted(_milestones.values(), key=lambda milestone: (milestone.order, milestone.code))
