"""What a step of a dispute is refused for; raised by disputes actions, shown by its interfaces."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DisputeRefused(Exception):
    """The base of every refusal here: a code, a sentence, and the field where there is one."""

    code: str
    message: Any
    field: str | None = None

    def __init__(self) -> None:
        super().__init__(self.code)


class StepRefused(DisputeRefused):
    """The dispute is not in a state that allows this."""

    code = "dispute_step_refused"

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    @property
    def message(self) -> str:
        return str(_("This cannot be done now; the state is “%(state)s”.")) % {"state": self.state}


class WordsMissing(DisputeRefused):
    code = "dispute_words_missing"
    field = "body"
    message = _("Write what is wrong, and what it should be.")


class RulingMissing(DisputeRefused):
    code = "dispute_ruling_missing"
    field = "ruling"
    message = _("Write the ruling; the partner reads it.")


class DisputedAlready(DisputeRefused):
    """There is a live dispute about the same."""

    code = "disputed_already"
    message = _("There is an open dispute about this already.")


class AdjustmentWaits(DisputeRefused):
    """The ruling is made, and its adjustment waits for a second person."""

    code = "dispute_adjustment_waits"
    message = _("The ruling is made; its adjustment waits for a second person.")
