"""The decisions of an adjustment: when a second person is needed, which step goes from where, what a balance becomes.

Pure; called by adjustments actions and pages.
"""

from dataclasses import dataclass

PROPOSED, POSTED, REFUSED, WITHDRAWN = "proposed", "posted", "refused", "withdrawn"
PROPOSE, APPROVE = "adjustments.propose", "adjustments.approve"


@dataclass(frozen=True)
class Step:
    """From which state somebody with a permission may take it."""

    begins: str
    permission: str


STEPS: dict[str, Step] = {
    "approve": Step(PROPOSED, APPROVE),
    "refuse": Step(PROPOSED, APPROVE),
    "withdraw": Step(PROPOSED, PROPOSE),
    "take_back": Step(POSTED, PROPOSE),
}


@dataclass(frozen=True)
class Limit:
    """Up to which amount, in which currency, one person is enough."""

    amount_minor: int
    currency: str


def needs_second(amount_minor: int, currency: str, limit: Limit) -> bool:
    """In another currency than the limit's nobody can say whether it is above: two people are safe."""
    return currency != limit.currency or abs(amount_minor) > limit.amount_minor


@dataclass(frozen=True)
class Standing:
    """What a partner is owed before and after an adjustment; below zero it owes."""

    before_minor: int
    change_minor: int

    @property
    def after_minor(self) -> int:
        return self.before_minor + self.change_minor

    @property
    def due_minor(self) -> int:
        """What the partner would owe back, to be netted with what it earns next."""
        return max(0, -self.after_minor)
