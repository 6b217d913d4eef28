"""What held balances, notes, steps and refusals of payouts are called, in the reader's language.

Called by: payouts' pages, catalogue and API.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.payouts.refusals import kept_text
from prm.web.steps import steps_at

HELD_TEXTS = {
    "partner_paused": _("The partner is paused"),
    "disputed": _("Disputed by the partner; it waits for the ruling"),
    "terms_not_accepted": _("The partner has not accepted the terms that it is paid by"),
    "on_hold": _("Not free yet: the hold days are running, or somebody holds it"),
    "negative_balance": _("Refunds exceed earnings; the balance carries forward"),
    "zero_balance": _("Earnings and refunds add up to nothing"),
    "below_minimum": _("Below the minimum payout; the balance carries forward"),
    "no_bank_details": _("No confirmed bank details in this currency"),
    "bank_details_recent": _("Bank details were confirmed less than 72 hours before"),
    "unfit_details": _("The kind of file of this run cannot take the bank details"),
    "unsafe_details": _(
        "The account holder, bank code or partner code holds signs that a payment file cannot take"
    ),
    "nothing_after_tax": _("Nothing is left of it after tax"),
    "excluded": _("Taken out of this run by its preparer; the next run pays it"),
}
NOTE_TEXTS = {
    "first_payout": _("First payout"),
    "new_account": _("New bank account"),
    "much_more": _("More than three times the usual"),
    "returned_before": _("Last payment was returned"),
}
LAST_REASONS = {
    "calculation_failed": _(
        "A part of the balances could not be calculated after several attempts. Nothing is taken or paid. Calculate "
        "again, or cancel the run."
    ),
    "calculation_stopped": _("The calculation was stopped on request. Nothing is taken or paid."),
    "content_changed": _("Nothing was sent: what would have been paid was not what was approved any more."),
    "not_approved": _("Nothing was sent: too few approvals stood for this content."),
}
ACTION_NAMES = {
    "payout.prepared": _("Payout prepared"),
    "payout.recalculated": _("Payout calculated again"),
    "payout.calculated": _("Payout calculated"),
    "payout.failed": _("Payout calculation failed"),
    "payout.submitted": _("Payout submitted"),
    "payout.approved": _("Payout approved"),
    "payout.rejected": _("Payout sent back"),
    "payout.cancelled": _("Payout cancelled"),
    "payout.item_excluded": _("Partner taken out of the payout"),
    "payout.item_put_back": _("Partner put back into the payout"),
    "payout.export_started": _("Export started"),
    "payout.exported": _("Payment file written"),
    "payout.export_refused": _("Export refused"),
    "payout.file_downloaded": _("Payment file downloaded"),
    "payout.item_paid": _("Payment executed"),
    "payout.item_returned": _("Payment returned"),
    "payout.item_unknown": _("Payment unclear"),
    "payout.answer_proposed": _("The bank's answer recorded by hand"),
    "payout.answer_confirmed": _("The bank's answer confirmed"),
    "payout.answer_declined": _("The bank's answer declined"),
    "payout.answer_taken_back": _("The bank's answer taken back"),
    "payout.statement_recorded": _("Bank statement recorded"),
    "bank.proposed": _("Bank details proposed"),
    "bank.confirmed": _("Bank details confirmed"),
    "bank.declined": _("Bank details declined"),
    "bank.revealed": _("Account number shown"),
    "payer.proposed": _("Paying account proposed"),
    "payer.confirmed": _("Paying account confirmed"),
    "payer.declined": _("Paying account declined"),
    "payer.revealed": _("Account number shown"),
    "tax.standing_set": _("Tax status set"),
    "withholding.proposed": _("Withholding rate proposed"),
    "withholding.confirmed": _("Withholding rate confirmed"),
    "withholding.declined": _("Withholding rate declined"),
}
FIELD_LABELS = {
    "partner": _("Partner"),
    "outcome": _("What the bank said"),
    "period": _("Closed months up to"),
    "currency": _("Currency"),
    "pays_on": _("Payment day"),
    "items": _("Payments"),
    "total_minor": _("Total"),
    "message_id": _("Message id"),
    "event": _("Bank's reference"),
    "note": _("Note"),
    "name": _("Account holder"),
    "last4": _("Last four digits"),
    "file_kind": _("What its bank reads"),
    "tax_status": _("Tax status"),
    "percent": _("Rate, %"),
    "starts_on": _("Payments from"),
    "language": _("Language of documents"),
}
STEP_LABELS = {
    "calculated": pgettext_lazy("step", "Calculation"),
    "submitted": pgettext_lazy("step", "Submission"),
    "approved": pgettext_lazy("step", "Approval"),
    "exported": pgettext_lazy("step", "Export"),
    "settled": pgettext_lazy("step", "Settlement"),
}
_REACHED = {
    "draft": 0, "calculating": 0, "failed": 0, "calculated": 1, "submitted": 2, "approved": 3, "exporting": 3,
    "exported": 4, "partly_settled": 5, "settled": 5, "cancelled": 0,
}  # fmt: skip


def steps_of(state: str) -> list[dict[str, object]]:
    """The stepper of a run."""
    return steps_at(_REACHED[state], list(STEP_LABELS.values()))


def last_reason_text(reason: str) -> Any:
    """Why the run came back: a refusal of the system in words, else what a person wrote."""
    return kept_text(reason) or LAST_REASONS.get(reason, reason)
