"""Where Django finds the models of the incentive rooms: imports only."""

from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry, LineOutcome
from incentives.ledger.models import LedgerAccount, LedgerSeal, Period, Transfer
from incentives.payouts.models import (
    BankAccount,
    ItemOutcome,
    PayerAccount,
    PayoutAllocation,
    PayoutApproval,
    PayoutFile,
    PayoutItem,
    PayoutRun,
    PayoutShard,
    Statement,
)
from incentives.plans.models import PartnerGoal, Plan, PlanAssignment, PlanVersion

__all__ = [
    "BankAccount",
    "CalculationMember",
    "CalculationRun",
    "CalculationShard",
    "Entry",
    "ItemOutcome",
    "LedgerAccount",
    "LedgerSeal",
    "LineOutcome",
    "PartnerGoal",
    "PayerAccount",
    "PayoutAllocation",
    "PayoutApproval",
    "PayoutFile",
    "PayoutItem",
    "PayoutRun",
    "PayoutShard",
    "Period",
    "Plan",
    "PlanAssignment",
    "PlanVersion",
    "Statement",
    "Transfer",
]
