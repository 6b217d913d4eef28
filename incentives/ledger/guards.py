"""Who may forbid that a month is closed: higher rooms register what must be done first.

Called by: catalogues (register_closing_guard), ledger.actions and its page (ask before closing).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True)
class ClosingForbidden:
    """Why a month must stay open: a code, and a sentence for people."""

    code: str
    message: str | Promise


Guard = Callable[[date], ClosingForbidden | None]
_guards: list[Guard] = []


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
