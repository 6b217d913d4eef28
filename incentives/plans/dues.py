"""An amount on its way from a component to its target: earned, then cut by one limit after the other.

Promise: rounded once, before the first cut; called by the reference's phases."""

from dataclasses import dataclass, replace

from incentives.plans.amounts import Amount, round_within_limits
from incentives.plans.credits import Credit
from incentives.plans.document import Component, PlanDocument
from incentives.plans.payables import Payable
from incentives.plans.targets import Cut, PaidInputs, WindowInputs


@dataclass(frozen=True, slots=True)
class Due:
    """`depth` is how far the beneficiary stands above the credited partner. `reverses`: refunds of the sale take back
    from this amount; else it follows them by itself. `of_window`: a bonus or a top-up, which has no line of its own;
    its payable is the credit that dates it. `paid`: the amount is that part of what the whole sale comes to."""

    payable: Payable
    partner_id: str
    amount: Amount
    amount_minor: int
    cuts: tuple[Cut, ...] = ()
    depth: int = 0
    reverses: bool = True
    of_window: WindowInputs | None = None
    paid: PaidInputs | None = None

    @property
    def credit(self) -> Credit:
        return self.payable.claim.credit

    @property
    def document(self) -> PlanDocument:
        return self.payable.claim.document

    @property
    def component(self) -> Component:
        return self.payable.component

    @property
    def plan_id(self) -> str:
        return self.payable.claim.plan.id

    @property
    def direction(self) -> int:
        return self.credit.direction

    def cut_to(self, kept_minor: int, limit: str, limit_minor: int) -> "Due":
        """The same with what a limit leaves of it."""
        if kept_minor == self.amount_minor:
            return self
        cut = Cut(limit, limit_minor, self.amount_minor - kept_minor)
        return replace(self, amount_minor=kept_minor, cuts=(*self.cuts, cut))


def due(
    payable: Payable,
    partner_id: str,
    amount: Amount,
    *,
    depth: int = 0,
    reverses: bool = True,
    of_earned: bool = False,
) -> Due:
    """What the component comes to for the credit, within its limits per sale, rounded; of that the part that is paid,
    where the plan waits for payments. `of_earned`: it is a share of what is earned already, so nothing waits."""
    amount_minor, cut = round_within_limits(amount.exact, payable.claim.credit.direction, payable.component)
    cuts, paid = (cut,) if cut else (), None if of_earned else payable.paid
    if paid is None:
        return Due(payable, partner_id, amount, amount_minor, cuts, depth, reverses)
    told = PaidInputs(paid.share.numerator, paid.share.denominator, amount_minor)
    return Due(payable, partner_id, amount, paid.of(amount_minor), cuts, depth, reverses, paid=told)
