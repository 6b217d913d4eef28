"""Whom a component pays for a credit that passed its gate (money.md 3 `registered_deal`, `recurring`).

Promise: one answer for paying and for explaining; called by the reference and plans.unpaid."""

from incentives.plans import reasons
from incentives.plans.document import RecurringComponent, RegisteredDealComponent
from incentives.plans.payables import Payable
from incentives.plans.world import World, months_after


def beneficiary(world: World, payable: Payable) -> tuple[str | None, str]:
    """Who is paid, and why the credited partner is not where it is another or nobody."""
    credit, component = payable.claim.credit, payable.component
    if isinstance(component, RegisteredDealComponent):
        return world.holder(credit.line), reasons.NOT_REGISTERED
    if isinstance(component, RecurringComponent):
        begun = world.subscription_begun(credit.line)
        if begun is None:
            return None, reasons.NO_SUBSCRIPTION
        if credit.line.occurred_on >= months_after(begun, component.months):
            return None, reasons.OUTSIDE_MONTHS
    return credit.partner.id, ""
