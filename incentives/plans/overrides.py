"""What those above the credited partner get for its credit (money.md 3 `override`, 4 "Override on commission", 5 S2).

Promise: the tree is that of the sale's day, plan and `where` are the credited partner's; called by the reference alone.

Of revenue, or of a commission without volume in it, the amount is fixed at the sale and refunds reverse it. A
commission that volume can change is followed as it stands: its override has no reversals of its own."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.amounts import Amount
from incentives.plans.board import Board
from incentives.plans.document import Measure, OverrideComponent, VolumeComponent
from incentives.plans.payables import Payable, decline
from incentives.plans.posting import Beneficiary, Earned, post
from incentives.plans.world import World


class Commissions:
    """What one version pays its partner per line, components together."""

    def __init__(self) -> None:
        self._earned: dict[str, Earned] = defaultdict(lambda: Earned(0, 0))
        self._by_volume: set[str] = set()

    def add(self, payable: Payable, earned: Earned) -> None:
        known = self._earned[payable.line_id]
        self._earned[payable.line_id] = Earned(
            known.amount_minor + earned.amount_minor, known.net_minor + earned.net_minor
        )
        if isinstance(payable.component, VolumeComponent):
            self._by_volume.add(payable.line_id)

    def follows_volume(self, line_id: str) -> bool:
        return line_id in self._by_volume

    def of(self, line_id: str) -> int:
        """In minor units of the plan currency: as it was for the sale, or as it stands where volume is in it."""
        earned = self._earned[line_id]
        return earned.net_minor if self.follows_volume(line_id) else earned.amount_minor


def settle_override(
    world: World, component: OverrideComponent, payable: Payable, commissions: Commissions, board: Board
) -> None:
    """One target per level that has somebody."""
    credit = payable.claim.credit
    of_commission = component.basis is Measure.COMMISSION
    if of_commission:
        payable = replace(payable, basis_value=Fraction(commissions.of(payable.line_id)))
    above = world.above(credit.partner, credit.line.occurred_on)
    follows = of_commission and commissions.follows_volume(payable.line_id)
    paid: list[Earned] = []
    for level in component.levels:
        if level.up <= len(above):
            amount = Amount(payable.basis_value * Fraction(level.rate), rate=level.rate)
            to = Beneficiary(above[level.up - 1], level.up)
            paid.append(post(payable, to, amount, board, reverses=not follows))
    decline(board, payable.claim, component, _why_not_the_partner(paid))


def _why_not_the_partner(paid: list[Earned]) -> str:
    if any(earned.amount_minor for earned in paid):
        return reasons.PAID_ABOVE
    return reasons.ZERO_AMOUNT if paid else reasons.NOBODY_ABOVE
