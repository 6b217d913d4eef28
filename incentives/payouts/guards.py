"""What payouts forbid others: undoing sales that money was sent for, closing a month not calculated with all its facts.

Called by: payouts.catalogue (registers both).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from incentives.earnings.queries import earlier_period_to_calculate, open_run
from incentives.ledger.guards import ClosingForbidden
from incentives.payouts.queries import find_sent_run
from partners.sales.guards import UndoForbidden
from prm.kit.periods import Period


def forbid_undo(line_ids: Sequence[UUID]) -> UndoForbidden | None:
    """A line that money was sent for stays; its correction is a refund."""
    if find_sent_run(line_ids) is None:
        return None
    return UndoForbidden(
        "line_paid", _("Lines of this import were paid for in an exported payout. Correct them by refunds.")
    )


def forbid_closing(period_on: date) -> ClosingForbidden | None:
    """Facts that came after the last calculation of the month must be calculated before it closes."""
    if open_run() is not None:
        return ClosingForbidden(
            "calculation_open", _("A calculation is going on. Wait until it has finished.")
        )
    if earlier_period_to_calculate(Period.of(period_on).ends_on) is not None:
        return ClosingForbidden(
            "period_outdated",
            _("Sales, plans or rates came in after the last calculation. Calculate the month again."),
        )
    return None
