"""How many people approve a payout run: above the vendor's limit two, and two where nobody can say whether it is above.

Promise: the limit is in the vendor's currency, and a run's total is held against it by a stored rate; what was decided
when the run was submitted is kept with its content. Called by: payouts.{actions,exporting,overview}.
"""

from dataclasses import dataclass
from datetime import date, datetime

from incentives.payouts.models import PayoutRun
from incentives.payouts.rules import approvals_for, worth_of
from prm.currencies.models import ExchangeRate
from prm.currencies.queries import rate_on
from prm.kit.rounding import round_half_away
from prm.tenancy.queries import current_tenant


@dataclass(frozen=True)
class Judgement:
    """`worth_minor` is the total in the limit's `currency` as `rate` has it; None: there is no rate of the day."""

    approvals: int
    currency: str
    worth_minor: int | None
    rate: ExchangeRate | None = None


def judgement_of(run: PayoutRun, at: datetime) -> Judgement:
    """As it was decided when the run was submitted; before that, as it would be decided now."""
    if run.approvals_needed is None:
        return _judge(run, at.astimezone(current_tenant().zone).date())
    told = _by_rate(run, run.limit_rate)
    return Judgement(run.approvals_needed, told.currency, told.worth_minor, told.rate)


def approvals_needed(run: PayoutRun, at: datetime) -> int:
    return judgement_of(run, at).approvals


def keep_judgement(run: PayoutRun, at: datetime) -> None:
    """Decide on the run that is being submitted; its caller saves it."""
    told = _judge(run, at.astimezone(current_tenant().zone).date())
    run.approvals_needed, run.limit_rate = told.approvals, told.rate


def _judge(run: PayoutRun, day: date) -> Judgement:
    currency = current_tenant().currency
    return _by_rate(run, None if run.currency == currency else rate_on(run.currency, currency, day))


def _by_rate(run: PayoutRun, rate: ExchangeRate | None) -> Judgement:
    tenant = current_tenant()
    worth = worth_of(run.total_minor, run.currency, tenant.currency, rate.rate if rate else None)
    approvals = approvals_for(worth, tenant.second_approver_above_minor)
    shown = None if worth is None else round_half_away(worth)
    return Judgement(approvals, tenant.currency, shown, rate)
