"""The decisions of marketing funds: the vendor's share of costs, what is left, which step goes from where.

Pure; called by funds actions, queries and pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from prm.kit.rounding import round_half_away

SUBMITTED, RETURNED, HALF_APPROVED, APPROVED = "submitted", "returned", "half_approved", "approved"
REFUSED, WITHDRAWN, FINISHED, EXPIRED = "refused", "withdrawn", "finished", "expired"
DRAFT, SETTLED = "draft", "settled"

REQUEST, DECIDE, SECOND = "own_funds.request", "funds.decide", "funds.second"
SYSTEM = ""
"""Stands where a step is taken by the night and by nobody else."""

REMINDER_DAYS = (14, 3)


@dataclass(frozen=True)
class Step:
    """From which states somebody with a permission may take it; where it ends is decided by amounts for some."""

    begins: frozenset[str]
    permission: str


REQUEST_STEPS: dict[str, Step] = {
    "change": Step(frozenset({RETURNED}), REQUEST),
    "withdraw": Step(frozenset({SUBMITTED, RETURNED, HALF_APPROVED}), REQUEST),
    "claim": Step(frozenset({APPROVED}), REQUEST),
    "finish": Step(frozenset({APPROVED}), REQUEST),
    "approve": Step(frozenset({SUBMITTED}), DECIDE),
    "return": Step(frozenset({SUBMITTED}), DECIDE),
    "refuse": Step(frozenset({SUBMITTED}), DECIDE),
    "second": Step(frozenset({HALF_APPROVED}), SECOND),
    "refuse_second": Step(frozenset({HALF_APPROVED}), SECOND),
    "expire": Step(frozenset({SUBMITTED, RETURNED, HALF_APPROVED, APPROVED}), SYSTEM),
}
CLAIM_STEPS: dict[str, Step] = {
    "fill": Step(frozenset({DRAFT, RETURNED}), REQUEST),
    "submit": Step(frozenset({DRAFT, RETURNED}), REQUEST),
    "withdraw": Step(frozenset({DRAFT, RETURNED, SUBMITTED}), REQUEST),
    "approve": Step(frozenset({SUBMITTED}), DECIDE),
    "return": Step(frozenset({SUBMITTED}), DECIDE),
    "refuse": Step(frozenset({SUBMITTED}), DECIDE),
    "second": Step(frozenset({HALF_APPROVED}), SECOND),
    "refuse_second": Step(frozenset({HALF_APPROVED}), SECOND),
}
# Claims that somebody has still to decide, and those whose amounts to pay stand.
DECIDED_CLAIMS = frozenset({HALF_APPROVED, SETTLED, REFUSED})
UNDECIDED_CLAIMS = frozenset({SUBMITTED, HALF_APPROVED})


def share_of(cost_minor: int, share_percent: Decimal) -> int:
    """The vendor's part of one cost, rounded once, half away from zero."""
    return round_half_away(cost_minor * Decimal(share_percent) / 100)


def approvable(asked_minor: int, left_minor: int) -> int:
    """The most that may be promised to a request."""
    return max(0, min(asked_minor, left_minor))


def needs_second(amount_minor: int, second_above_minor: int) -> bool:
    return amount_minor > second_above_minor


@dataclass(frozen=True)
class CostShare:
    """What one cost comes to: the share computed, and how much of it is paid and refused."""

    share_minor: int
    paid_minor: int

    @property
    def refused_minor(self) -> int:
        return self.share_minor - self.paid_minor


def shares_of(
    nets_minor: Sequence[int], *, share_percent: Decimal, left_minor: int, refused: Sequence[bool] = ()
) -> list[CostShare]:
    """Each cost's share in the claim's order, paid as long as something is left; a refused cost is paid nothing."""
    left, found = max(0, left_minor), []
    for place, net_minor in enumerate(nets_minor):
        share = share_of(net_minor, share_percent)
        paid = 0 if place < len(refused) and refused[place] else min(share, left)
        left -= paid
        found.append(CostShare(share, paid))
    return found


def is_over(claims_until: date, today: date) -> bool:
    """The day itself still counts."""
    return today > claims_until


def due_reminder(claims_until: date, today: date, reminded_days: int | None) -> int | None:
    """The reminder that is due by now and was not sent yet, as days before the end; a missed one gives way to the
    next."""
    days = (claims_until - today).days
    passed = [reminder for reminder in REMINDER_DAYS if 0 <= days <= reminder]
    due = min(passed, default=None)
    return due if due is not None and (reminded_days is None or due < reminded_days) else None
