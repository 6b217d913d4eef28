"""Why one component pays the partner of one credit nothing, asked of that credit alone.

Promise: the gates and reasons of the reference, of no other; called by earnings.unmatched, for explanations."""

from incentives.plans import reasons
from incentives.plans.beneficiaries import beneficiary
from incentives.plans.board import Board, Outcome
from incentives.plans.bonuses import why_no_bonus_alone
from incentives.plans.document import BonusComponent, Component, OverrideComponent, TargetComponent
from incentives.plans.goals import goal_of
from incentives.plans.payables import Claim, Payable, decline, gate
from incentives.plans.world import World


def why_unpaid(world: World, claim: Claim, component: Component) -> Outcome | None:
    """None: all that the component asks of the credit is met; what it comes to depends on volumes and limits."""
    board = Board()
    if not world.earns(claim.credit):
        decline(board, claim, component, reasons.NOT_EARNING)
    elif (payable := gate(world, component, claim, board)) is not None:
        _say_why(world, payable, board)
    return next(iter(board.outcomes()), None)


def _say_why(world: World, payable: Payable, board: Board) -> None:
    claim, component = payable.claim, payable.component
    if isinstance(component, BonusComponent):
        why_no_bonus_alone(world, component, [payable], board)
    elif isinstance(component, OverrideComponent):
        decline(board, claim, component, _why_not_the_partner(world, payable, component))
    elif isinstance(component, TargetComponent) and goal_of(world, claim, component) is None:
        decline(board, claim, component, reasons.NO_GOAL)
    else:
        to, why = beneficiary(world, payable)
        if to != claim.credit.partner.id:
            decline(board, claim, component, why)


def _why_not_the_partner(world: World, payable: Payable, component: OverrideComponent) -> str:
    credit = payable.claim.credit
    above = len(world.above(credit.partner, credit.line.occurred_on))
    if any(level.up <= above for level in component.levels):
        return reasons.PAID_ABOVE
    return reasons.REFUNDED if payable.refunds.whole else reasons.NOBODY_ABOVE
