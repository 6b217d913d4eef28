"""Why a trial is refused, named for what happened, with words for people; raised by trials.actions."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from incentives.trials.rules import LONGEST_TRIAL
from prm.web import format as formats


class TrialRefused(Exception):
    """Nothing was started; `field` is what to mend."""

    code = "trial_refused"
    field: str | None = None
    message: object = ""


class BacktestGoingOn(TrialRefused):
    """One test of a version at a time."""

    code = "backtest_going_on"
    message = _("A test of this version is going on. Wait until it has finished, or stop it.")


class MonthsInDisorder(TrialRefused):
    code = "months_order"
    field = "last_on"
    message = _("The last month must not be before the first.")


class TooManyMonths(TrialRefused):
    code = "too_many_months"
    field = "first_on"

    @property
    def message(self) -> str:  # type: ignore[override]
        return str(_("At most %(months)s months are tested at once.")) % {"months": LONGEST_TRIAL}


class MonthsBeforeBooks(TrialRefused):
    """The tenant's books begin later."""

    code = "months_before_books"
    field = "first_on"

    def __init__(self, first_period_on: date) -> None:
        super().__init__(first_period_on.isoformat())
        self.first_period_on = first_period_on

    @property
    def message(self) -> str:  # type: ignore[override]
        return str(_("The books begin with %(month)s.")) % {"month": formats.month(self.first_period_on)}


class MonthAhead(TrialRefused):
    code = "month_ahead"
    field = "last_on"
    message = _("A month that has not begun has no sales to test on.")


class RulesNoDay(TrialRefused):
    """By its own dates the version is in force on none of the days."""

    code = "rules_no_day"
    field = "throughout"
    message = _(
        "By its own dates the version is in force on no day of these months: let it rule in all of them."
    )


class DealIsOver(TrialRefused):
    code = "deal_is_over"
    message = _("The deal is over: nothing is estimated for it any more.")
