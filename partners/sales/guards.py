"""Who may forbid that an import of sales is undone: higher apps register what depends on lines.

Called by: catalogues (register_undo_guard), partners.sales.actions (asks before it undoes)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True)
class UndoForbidden:
    """Why lines must stay: a code, and a sentence for people."""

    code: str
    message: str | Promise


Guard = Callable[[Sequence[UUID]], UndoForbidden | None]
_guards: list[Guard] = []


def register_undo_guard(guard: Guard) -> None:
    """`guard(line_ids)` answers why these lines may not be taken back, or None; asked inside the undo's transaction."""
    if guard not in _guards:
        _guards.append(guard)


def find_objection(line_ids: Sequence[UUID]) -> UndoForbidden | None:
    """The first objection of any guard."""
    for guard in _guards:
        objection = guard(line_ids)
        if objection is not None:
            return objection
    return None
