"""What stands against closing a month, and what should be looked at before: higher rooms register both.

Called by: catalogues (register_closing_guard, register_closing_note), ledger.actions and its page (ask before closing).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from prm.accounts.actor import Actor


@dataclass(frozen=True)
class ClosingForbidden:
    """Why a month must stay open: a code, and a sentence for people."""

    code: str
    message: str | Promise


@dataclass(frozen=True)
class ClosingNote:
    """What does not forbid the closing and is worth a look: a sentence, and the page that lists it."""

    message: str
    url: str


Guard = Callable[[date], ClosingForbidden | None]
Note = Callable[[Actor, date], ClosingNote | None]
_guards: list[Guard] = []
_notes: list[Note] = []


def register_closing_guard(guard: Guard) -> None:
    """`guard(period_on)` answers why the month may not be closed now, or None; asked inside the closing transaction."""
    if guard not in _guards:
        _guards.append(guard)


def find_closing_objection(period_on: date) -> ClosingForbidden | None:
    """The first objection of any guard."""
    for guard in _guards:
        objection = guard(period_on)
        if objection is not None:
            return objection
    return None


def register_closing_note(note: Note) -> None:
    """`note(actor, period_on)` answers what is open as far as the actor sees it, or None."""
    if note not in _notes:
        _notes.append(note)


def closing_notes(actor: Actor, period_on: date) -> list[ClosingNote]:
    found = [note(actor, period_on) for note in _notes]
    return [note for note in found if note is not None]
