"""What each kind of transfer moves: from which account to which.

Pure; called by ledger actions. Money owed to a partner is a credit balance of the payable accounts; what a partner owes
back is a debit balance of `clawback_due`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ACCRUAL = "accrual"
    ACCRUAL_LESS = "accrual_less"
    CLAWBACK = "clawback"
    CLAWBACK_NETTED = "clawback_netted"
    FUNDS = "funds"
    ADJUSTMENT = "adjustment"
    ADJUSTMENT_LESS = "adjustment_less"
    MATURITY = "maturity"
    RESERVE = "reserve"
    WITHHOLDING = "withholding"
    WITHHOLDING_BACK = "withholding_back"
    SETTLEMENT = "settlement"
    RETURN = "return"
    REVERSAL = "reversal"


@dataclass(frozen=True)
class Route:
    """The two accounts of a kind; each is the partner's own purse in the transfer's currency."""

    debit: str
    credit: str


ROUTES: dict[Kind, Route] = {
    Kind.ACCRUAL: Route("expense", "payable_pending"),
    Kind.ACCRUAL_LESS: Route("payable_pending", "expense"),
    Kind.CLAWBACK: Route("clawback_due", "payable_pending"),
    Kind.CLAWBACK_NETTED: Route("payable_pending", "clawback_due"),
    Kind.FUNDS: Route("funds_expense", "payable_pending"),
    Kind.ADJUSTMENT: Route("adjustment_expense", "payable_pending"),
    Kind.ADJUSTMENT_LESS: Route("payable_pending", "adjustment_expense"),
    Kind.MATURITY: Route("payable_pending", "payable_available"),
    Kind.RESERVE: Route("payable_available", "in_transit"),
    Kind.WITHHOLDING: Route("payable_available", "withholding"),
    Kind.WITHHOLDING_BACK: Route("withholding", "payable_available"),
    Kind.SETTLEMENT: Route("in_transit", "bank"),
    Kind.RETURN: Route("in_transit", "payable_available"),
}


# What a reversal of these kinds amounts to for whoever follows payments.
MIRRORS: dict[Kind, Kind] = {
    Kind.RESERVE: Kind.RETURN,
    Kind.RETURN: Kind.RESERVE,
    Kind.WITHHOLDING: Kind.WITHHOLDING_BACK,
    Kind.WITHHOLDING_BACK: Kind.WITHHOLDING,
}


def due_from(unpaid_minor: int, taken_back_minor: int) -> int:
    """What a partner owes back, of `unpaid_minor` that is neither paid nor netted yet.

    `taken_back_minor` is what corrections take from sales that were paid already. A credit note of nothing that was
    paid only lowers what is payable, until that would fall below zero.
    """
    payable_minor = unpaid_minor + taken_back_minor
    return taken_back_minor + max(0, -payable_minor)


def due_move(wanted_minor: int, standing_minor: int) -> tuple[Kind, int] | None:
    """The transfer that brings what is due from where it stands to where it should."""
    if wanted_minor > standing_minor:
        return Kind.CLAWBACK, wanted_minor - standing_minor
    if wanted_minor < standing_minor:
        return Kind.CLAWBACK_NETTED, standing_minor - wanted_minor
    return None
