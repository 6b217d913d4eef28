"""What those above the credited partner get for its credit (money.md 3 `override`, 4 "Override on commission", 5 S2).

Promise: the tree is that of the sale's day, plan and `where` are the credited partner's; called by the reference alone.

Of revenue, or of a commission without volume in it, the amount is fixed at the sale and refunds reverse it. A
commission that volume can change is followed as it stands: its override has no reversals of its own, and of a sale that
came back whole there is none to follow, whatever floor the override has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.amounts import Amount
from incentives.plans.board import Board
from incentives.plans.document import Measure, OverrideComponent, VolumeComponent
from incentives.plans.dues import Due, due
from incentives.plans.payables import Payable, decline
from incentives.plans.posting import reversals_of
from incentives.plans.world import World

CreditKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Commission:
    """What a version pays the credited partner for a credit, after the caps of its components: for the sale, and as it
    stands after refunds. `by_volume`: volume is in it."""

    original_minor: int = 0
    net_minor: int = 0
    by_volume: bool = False

    def plus(self, own: Due) -> "Commission":
        taken_back = sum(reversal.amount_minor for reversal in reversals_of(own))
        return Commission(
            self.original_minor + own.amount_minor,
            self.net_minor + own.amount_minor + taken_back,
            self.by_volume or isinstance(own.component, VolumeComponent),
        )

    @property
    def basis_minor(self) -> int:
        return self.net_minor if self.by_volume else self.original_minor


def commissions_of(dues: Iterable[Due]) -> dict[CreditKey, Commission]:
    """By version, line and credited partner."""
    found: dict[CreditKey, Commission] = defaultdict(Commission)
    for own in dues:
        if own.partner_id == own.credit.partner.id:
            key = _key(own.payable)
            found[key] = found[key].plus(own)
    return found


def settle_override(world: World, payable: Payable, commissions: dict[CreditKey, Commission]) -> list[Due]:
    """One amount per level that has somebody."""
    component, credit, follows = payable.component, payable.claim.credit, False
    assert isinstance(component, OverrideComponent)
    of_commission = component.basis is Measure.COMMISSION
    if of_commission:
        commission = commissions.get(_key(payable), Commission())
        payable, follows = (
            replace(payable, basis_value=Fraction(commission.basis_minor)),
            commission.by_volume,
        )
        if follows and payable.refunds.whole:
            return []
    above = world.above(credit.partner, credit.line.occurred_on)
    return [
        due(
            payable,
            above[level.up - 1],
            Amount(payable.basis_value * Fraction(level.rate), rate=level.rate),
            depth=level.up,
            reverses=not follows,
            of_earned=of_commission,
        )
        for level in component.levels
        if level.up <= len(above)
    ]


def say_who_was_paid(payables: Iterable[Payable], dues: Iterable[Due], board: Board) -> None:
    """Why overrides pay the credited partner nothing: after all caps, whom they do pay."""
    paid: dict[tuple[CreditKey, str], list[Due]] = defaultdict(list)
    for one in dues:
        if one.depth:
            paid[_key(one.payable), one.component.id].append(one)
    for payable in payables:
        why = _why_not_the_partner(payable, paid[_key(payable), payable.component.id])
        decline(board, payable.claim, payable.component, why)


def _key(payable: Payable) -> CreditKey:
    return payable.claim.version.id, payable.line_id, payable.claim.credit.partner.id


def _why_not_the_partner(payable: Payable, dues: list[Due]) -> str:
    if any(due.amount_minor for due in dues):
        return reasons.PAID_ABOVE
    if dues:
        return reasons.ZERO_AMOUNT
    return reasons.REFUNDED if payable.refunds.whole else reasons.NOBODY_ABOVE
