"""Why a balance is held out of a payout, in the reader's language; called by payouts' pages."""

from django.utils.translation import gettext_lazy as _

HELD_TEXTS = {
    "partner_paused": _("The partner is paused or has left"),
    "negative_balance": _("Refunds exceed earnings; the balance carries forward"),
    "below_minimum": _("Below the minimum payout; the balance carries forward"),
    "no_bank_details": _("No confirmed bank details in this currency"),
    "bank_details_recent": _("Bank details were confirmed less than 72 hours before"),
}
STEP_LABELS = {
    "calculated": _("Calculated"),
    "submitted": _("Submitted"),
    "approved": _("Approved"),
    "exported": _("Exported"),
    "settled": _("Settled"),
}
STEP_ORDER = ["calculated", "submitted", "approved", "exported", "settled"]
REACHED = {
    "draft": 0, "calculating": 0, "calculated": 1, "submitted": 2, "approved": 3, "exporting": 3, "exported": 4,
    "partly_settled": 4, "settled": 5, "cancelled": 0,
}  # fmt: skip


def steps_of(state: str) -> list[dict[str, object]]:
    """The stepper of a run: what is done, what is now."""
    reached = REACHED[state]
    return [
        {
            "label": STEP_LABELS[name],
            "state": "done" if place < reached else "now" if place == reached else "todo",
        }
        for place, name in enumerate(STEP_ORDER)
    ]
