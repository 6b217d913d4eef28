"""Kinds of first steps: each room declares what it can see done, at start.

Promise: a step is done when its room's data says so, never by ticking; one question per kind whatever the number of
partners; called by catalogues of this room and those above (register_step), journeys (read)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from prm.web.menu import Text

DoneBy = Callable[[Collection[UUID]], Mapping[UUID, bool]]


@dataclass(frozen=True)
class StepKind:
    """`done(partner_ids)` answers who has done it, from what the context shows; `url_name` is a page of the portal
    where it is done, shown to people who hold `permission`."""

    code: str
    label: Text
    hint: Text
    url_name: str
    permission: str
    minutes: int
    done: DoneBy
    order: int = 50


_kinds: dict[str, StepKind] = {}


def register_step(kind: StepKind) -> None:
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"first step {kind.code} is declared twice")


def step_kinds() -> dict[str, StepKind]:
    """All kinds by code, in their usual order."""
    return {kind.code: kind for kind in sorted(_kinds.values(), key=lambda kind: (kind.order, kind.code))}
