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
    MATURITY = "maturity"
    RESERVE = "reserve"
    WITHHOLDING = "withholding"
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
    Kind.MATURITY: Route("payable_pending", "payable_available"),
    Kind.RESERVE: Route("payable_available", "in_transit"),
    Kind.WITHHOLDING: Route("payable_available", "withholding"),
    Kind.SETTLEMENT: Route("in_transit", "bank"),
    Kind.RETURN: Route("in_transit", "payable_available"),
}


def clawback_move(payable_minor: int, due_minor: int) -> tuple[Kind, int] | None:
    """What keeps payable and due apart: a partner is owed, or owes, never both.

    `payable_minor` may be negative after a refund of something paid: then the partner owes it (clawback); later
    earnings net what is due first.
    """
    owed = payable_minor - due_minor
    wanted = max(0, -owed)
    if wanted > due_minor:
        return Kind.CLAWBACK, wanted - due_minor
    if wanted < due_minor:
        return Kind.CLAWBACK_NETTED, due_minor - wanted
    return None
