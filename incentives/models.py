"""Where Django finds the models of the incentive rooms: imports only."""

from incentives.adjustments.models import Adjustment, AdjustmentTerms
from incentives.disputes.models import Dispute, DisputeTerms
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry, LineOutcome
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsCost, FundsRequest
from incentives.holds.models import Hold
from incentives.ledger.models import (
    LedgerAccount,
    LedgerSeal,
    OuterAccount,
    Period,
    Reimbursement,
    Transfer,
)
from incentives.payouts.hand_models import HandAnswer, PayoutExclusion
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
from incentives.payouts.tax_models import ClosingDocument, TaxStanding, WithholdingRate
from incentives.plans.models import PartnerGoal, Plan, PlanAssignment, PlanVersion
from incentives.terms.models import TermsAcceptance, TermsRequest
from incentives.trials.models import (
    Backtest,
    BacktestAmount,
    BacktestChance,
    DealEstimate,
    EstimatedAmount,
    Standing,
)

__all__ = [
    "Adjustment",
    "AdjustmentTerms",
    "Backtest",
    "BacktestAmount",
    "BacktestChance",
    "BankAccount",
    "CalculationMember",
    "CalculationRun",
    "CalculationShard",
    "ClosingDocument",
    "DealEstimate",
    "Dispute",
    "DisputeTerms",
    "Entry",
    "EstimatedAmount",
    "FundsAllocation",
    "FundsBudget",
    "FundsClaim",
    "FundsCost",
    "FundsRequest",
    "HandAnswer",
    "Hold",
    "ItemOutcome",
    "LedgerAccount",
    "LedgerSeal",
    "LineOutcome",
    "OuterAccount",
    "PartnerGoal",
    "PayerAccount",
    "PayoutAllocation",
    "PayoutApproval",
    "PayoutExclusion",
    "PayoutFile",
    "PayoutItem",
    "PayoutRun",
    "PayoutShard",
    "Period",
    "Plan",
    "PlanAssignment",
    "PlanVersion",
    "Reimbursement",
    "Standing",
    "Statement",
    "TaxStanding",
    "TermsAcceptance",
    "TermsRequest",
    "Transfer",
    "WithholdingRate",
]
