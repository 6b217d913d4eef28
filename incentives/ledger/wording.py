"""What kinds of transfer and refusals of closing are called, in the reader's language; called by ledger's pages."""

from django.utils.translation import gettext_lazy as _

KIND_LABELS = {
    "accrual": _("Earned"),
    "accrual_less": _("Earned less"),
    "clawback": _("Due back"),
    "clawback_netted": _("Due back, netted"),
    "funds": _("Marketing funds"),
    "adjustment": _("Adjusted, more"),
    "adjustment_less": _("Adjusted, less"),
    "maturity": _("Free for payout"),
    "reserve": _("Sent to the bank"),
    "withholding": _("Tax withheld"),
    "withholding_back": _("Withheld tax taken back"),
    "settlement": _("Paid by the bank"),
    "return": _("Returned by the bank"),
    "reversal": _("Reversal"),
}
CLOSING_REFUSALS = {
    "period_is_closed": _("This month is closed."),
    "period_closes_in_order": _("Close the months before it first."),
    "period_not_over": _("The month is not over yet."),
    "period_not_calculated": _("Calculate this month first."),
}
