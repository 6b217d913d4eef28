"""What a step of an adjustment is refused for; raised by adjustments actions, shown by its interfaces."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class AdjustmentRefused(Exception):
    """The base of every refusal here: a code, a sentence, and the field where there is one."""

    code: str
    message: Any
    field: str | None = None

    def __init__(self) -> None:
        super().__init__(self.code)


class StepRefused(AdjustmentRefused):
    """The adjustment is not in a state that allows this."""

    code = "adjustment_step_refused"

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    @property
    def message(self) -> str:
        return str(_("This cannot be done now; the state is “%(state)s”.")) % {"state": self.state}


class AmountMissing(AdjustmentRefused):
    code = "adjustment_amount_missing"
    field = "amount"
    message = _("Enter an amount above zero.")


class ReasonMissing(AdjustmentRefused):
    code = "adjustment_reason_missing"
    field = "reason"
    message = _("Write the reason; the partner reads it.")


class MonthAhead(AdjustmentRefused):
    """The month that it is about has not begun."""

    code = "adjustment_month_ahead"
    field = "belongs"
    message = _("Choose a month of the books that has begun.")


class EntryDiffers(AdjustmentRefused):
    """The entry to correct is another partner's, or in another currency."""

    code = "adjustment_entry_differs"
    message = _("The amount to be corrected belongs to another partner, or is paid in another currency.")


class ProposerCannotApprove(AdjustmentRefused):
    code = "adjustment_proposer_cannot_approve"
    message = _("You proposed it. Another person has to agree.")


class NotYourProposal(AdjustmentRefused):
    code = "adjustment_not_yours"
    message = _("Only the person who proposed it takes the proposal back.")


class TakenBackAlready(AdjustmentRefused):
    """It has its opposite, or is itself one."""

    code = "adjustment_taken_back_already"
    message = _("It was taken back already, or takes another one back.")
