"""What a step of a hold is refused for; raised by holds actions, shown by its interfaces."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class HoldRefused(Exception):
    """The base of every refusal here: a code, a sentence, and the field where there is one."""

    code: str
    message: Any
    field: str | None = None

    def __init__(self) -> None:
        super().__init__(self.code)


class ReasonMissing(HoldRefused):
    code = "hold_reason_missing"
    field = "reason"
    message = _("Write the reason; the partner reads it.")


class DayPassed(HoldRefused):
    code = "hold_day_passed"
    field = "ends_on"
    message = _("This day has passed.")


class ReleasedAlready(HoldRefused):
    code = "hold_released_already"
    message = _("It was released already.")


class EndsWithDispute(HoldRefused):
    """What a dispute holds is let go by its ruling."""

    code = "hold_ends_with_dispute"
    message = _("It ends when the dispute is decided.")
