"""What linked refunds do to a credit (money.md 2 "Refunds", 4 "Refunds", 5 S4, S5).

Promise: the reversals of one amount total it exactly once everything is refunded, in amount and in payout amount.
Called by: the reference; the SQL compiler repeats it as two running sums."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from incentives.plans.facts import SaleLine
from prm.kit.rounding import round_half_away


@dataclass(frozen=True, slots=True)
class ShareStep:
    """One refund that reverses: the share of the original that is refunded up to and with it."""

    refund: SaleLine
    cumulative_share: Fraction
    over_refunded: bool


@dataclass(frozen=True, slots=True)
class Apportioned:
    """The refunds of one sale, told apart: `merged_share` of the sale is recomputed away, `steps` reverse the rest.

    The steps count from what the merged ones left, so that a full refund always nets to zero.
    """

    merged_share: Fraction = Fraction(0)
    merged: tuple[SaleLine, ...] = ()
    steps: tuple[ShareStep, ...] = ()
    over_refunded: bool = False

    @property
    def kept(self) -> Fraction:
        """The factor for base, cost and quantity."""
        return 1 - self.merged_share

    @property
    def whole(self) -> bool:
        """Whether all of the sale came back."""
        return self.merged_share == 1 or bool(self.steps and self.steps[-1].cumulative_share == 1)


NO_REFUNDS = Apportioned()


@dataclass(frozen=True, slots=True)
class Reversal:
    """One posted reversal with what it is computed from."""

    step: ShareStep
    original_minor: int
    reversed_before_minor: int
    amount_minor: int
    payout_amount_minor: int


def apportion(sale: SaleLine, refunds: Sequence[SaleLine], merges: Callable[[SaleLine], bool]) -> Apportioned:
    """Shares are by money. Above the whole sale a share counts as 1 and is flagged. `refunds` in measuring order."""
    if not refunds:
        return NO_REFUNDS
    merged = tuple(refund for refund in refunds if merges(refund))
    merged_share, over = _share(
        sum(refund.amount_minor for refund in merged), sale.amount_minor, bool(merged)
    )
    remaining = max(sale.amount_minor - sum(refund.amount_minor for refund in merged), 0)
    later = (refund for refund in refunds if refund not in merged)
    return Apportioned(merged_share, merged, tuple(_steps(later, remaining, over)), over)


def _steps(refunds: Iterable[SaleLine], whole_minor: int, over_before: bool) -> Iterator[ShareStep]:
    refunded_minor = 0
    for refund in refunds:
        refunded_minor += refund.amount_minor
        share, over = _share(refunded_minor, whole_minor, True)
        yield ShareStep(refund, share, over or over_before)


def _share(refunded_minor: int, whole_minor: int, any_refund: bool) -> tuple[Fraction, bool]:
    if refunded_minor >= whole_minor:
        # Also a line of 0.00 that is refunded: the whole of nothing is returned.
        return Fraction(1 if any_refund else 0), refunded_minor > whole_minor
    return Fraction(refunded_minor, whole_minor), False


def reversals(original_minor: int, steps: Sequence[ShareStep], payout_factor: Fraction) -> list[Reversal]:
    """reversal n = round(original x cumulative share) - already reversed; payout amounts follow the balance left."""
    found: list[Reversal] = []
    reversed_minor = 0
    payout_left = round_half_away(original_minor * payout_factor)
    for step in steps:
        total = round_half_away(original_minor * step.cumulative_share)
        payout_now = round_half_away((original_minor - total) * payout_factor)
        found.append(
            Reversal(
                step, original_minor, reversed_minor, -(total - reversed_minor), payout_now - payout_left
            )
        )
        reversed_minor, payout_left = total, payout_now
    return found
