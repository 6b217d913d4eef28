"""What an entry says, typed: its facts, and the steps, rows and values that explain it.

Promise: values without words; called by earnings.explanation, which orders them, and earnings.wording, which says them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.earnings.unrounded import Exact, Part
from incentives.plans.document import ComponentType, Measure
from prm.kit.money import Money

WITHDRAWN = "withdrawn"
SALE_LIMITS = ("sale_floor", "sale_cap")  # taken before rounding
Value = Money | Exact | Decimal | date | str | int


@dataclass(frozen=True)
class Percent:
    """A rate as a reader sees it: 0.05 is 5 %."""

    rate: Decimal


@dataclass(frozen=True)
class Factor:
    """An exchange rate, with all its places."""

    rate: Decimal


Told = Value | Percent | Factor


@dataclass(frozen=True)
class Step:
    """One line of the explanation: what was taken, by which rule, what came out."""

    code: str
    params: Mapping[str, Told] = field(default_factory=dict)
    result: Told | None = None


@dataclass(frozen=True)
class TierRow:
    """A row of the whole rate table; `matched` rows are those the amount came from, each with its part of a marginal
    amount."""

    starts_at: Value
    ends_at: Value | None
    pays: Value | Percent
    matched: bool
    part: Part | None = None


@dataclass(frozen=True)
class Explanation:
    """`sentence` says it at once, `steps` in order, `table` is empty where the rule has none; `parts_total` is the sum
    of the parts of its rows, where they have any."""

    sentence: Step
    steps: list[Step]
    table: list[TierRow]
    parts_total: Exact | None = None


@dataclass(frozen=True)
class EntryFacts:
    """What an explanation is made of: the entry's own columns, its stored inputs, and what was posted for the same
    target before. `inputs_before`: those of the entry before it, where the same version paid both."""

    amount: Money
    payout: Money
    inputs: Mapping[str, Any]
    cause: str
    plan_name: str
    version_number: int
    free_on: date
    posted_before: Money
    payout_before: Money
    depth: int = 0
    inputs_before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_commission(self) -> bool:
        return self.inputs.get("basis") == Measure.COMMISSION

    @property
    def for_registration(self) -> bool:
        return self.inputs.get("component_type") == ComponentType.REGISTERED_DEAL

    @property
    def of_window(self) -> bool:
        """A bonus or a top-up, which no single sale earned."""
        return "window_starts_on" in self.inputs

    @property
    def is_bonus(self) -> bool:
        return self.inputs.get("component_type") == ComponentType.BONUS

    @property
    def target(self) -> Money:
        """What the sale should have earned in all, as this entry left it."""
        return self.amount + self.posted_before

    @property
    def cuts(self) -> list[Mapping[str, Any]]:
        return list(self.inputs.get("cuts") or [])

    @property
    def caps(self) -> list[Mapping[str, Any]]:
        """Those that cut the rounded amount."""
        return [cut for cut in self.cuts if cut["limit"] not in SALE_LIMITS]

    @property
    def paid_for_sale(self) -> Money:
        """What the sale itself earned, before any return took it back."""
        refund = self.inputs.get("refund")
        return Money(int(refund["original_minor"]), self.amount.currency) if refund else self.target

    @property
    def payout_target(self) -> Money:
        return self.payout + self.payout_before
