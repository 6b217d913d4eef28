"""The reference evaluator: targets and reasons from facts, in plain Python with exact fractions (money.md 2 to 4).

Promises: a pure function of (facts, starts_on, ends_on); the SQL compiler must agree with it to the minor unit.
Called by: property tests of the compiler, backtests of single partners, and the explanation of a doubted amount.

Which section says what:
  credits       1.2, 2 "Largest remainder", 4 "Splits"                         credits.py
  plan choice   1.3, 4 "Versions", "Assignment"                                selection.py
  volume        2 "Order inside a window", "Measures", 4 "Orders"              windows.py
  tiers         2 "Tier bounds", 3 `tiers`, 5 S1                               tiers.py, amounts.py
  goals         2 "Proration of a goal", 3 `target`, 4 "Assignment", 5 S9      goals.py, tiers.py
  subscriptions 3 `recurring`, 4 "Of a subscription"                           beneficiaries.py, world.py
  registrations 3 `registered_deal`, 4 "Who counts as new, registered", 5 S7   beneficiaries.py, world.py
  overrides     3 `override`, 4 "Override on commission", 5 S2                 overrides.py
  limits        2 "Order of cuts" (per sale), 4 "Caps" (mirrored)              amounts.py
  bonuses       2 "Order of cuts", 3 `bonus`, 4 "Bonus and window top-up", S9  bonuses.py
  least amounts 2 "Order of cuts", 4 "Bonus and window top-up"                 floors.py
  caps          2 "Order of cuts" (window, plan), 4 "Caps", 5 S2, S9           caps.py
  refunds       2 "Refunds", 4 "Refunds", 5 S4, S5                             refunds.py, world.py
  currency      2 "Currency", 5 S6                                             exchange.py
  reasons       2 "Every run says", 4 "Payout" (one fixed list)                reasons.py
  differences   1.5, 4 "Order of periods"                                      differences.py

A calculation of period P passes ends_on = the end of P and starts_on = the start of the tenant's first period. Lines
dated before starts_on count as volume and earn nothing; lines dated on or after ends_on do not exist yet.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from incentives.plans import reasons
from incentives.plans.amounts import amount_of
from incentives.plans.beneficiaries import beneficiary
from incentives.plans.board import Board, Outcome
from incentives.plans.bonuses import settle_bonuses, why_no_bonus_alone
from incentives.plans.caps import cap_plans, cap_windows
from incentives.plans.document import (
    BonusComponent,
    Component,
    OverrideComponent,
    TargetComponent,
    VolumeComponent,
)
from incentives.plans.dues import Due, due
from incentives.plans.facts import Facts
from incentives.plans.floors import settle_floors
from incentives.plans.goals import goal_of
from incentives.plans.overrides import commissions_of, say_who_was_paid, settle_override
from incentives.plans.payables import Claim, Payable, decline, fits, gate
from incentives.plans.posting import post
from incentives.plans.selection import Choice
from incentives.plans.targets import Target, in_canonical_order, result_hash
from incentives.plans.windows import Position, measuring, positions
from incentives.plans.world import World

__all__ = ["Evaluation", "Outcome", "evaluate"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`targets` in canonical order, none of them zero. `outcomes`: one per (line, partner, slot) that earned nothing
    in that slot. `funnel`: lines looked at, lines that earned, and the first reason of each line that did not."""

    targets: tuple[Target, ...]
    outcomes: tuple[Outcome, ...]
    looked_at: int
    earned: int
    funnel: Counter[str]

    @property
    def result_hash(self) -> str:
        return result_hash(self.targets)


def evaluate(facts: Facts, starts_on: date, ends_on: date) -> Evaluation:
    """What every credit dated in [starts_on, ends_on) should have earned, given everything known now."""
    world = World(facts, ends_on)
    board = Board()
    for paid in _pay(world, _claim(world, starts_on, board), starts_on, board):
        post(paid, board)
    looked_at = [line for line in world.lines if line.occurred_on >= starts_on]
    board.explain_refunds(world, looked_at, starts_on)
    board.explain_cuts()
    funnel = board.funnel(looked_at)
    return Evaluation(
        targets=in_canonical_order(board.targets),
        outcomes=board.outcomes(),
        looked_at=len(looked_at),
        earned=len(looked_at) - sum(funnel.values()),
        funnel=funnel,
    )


def _claim(world: World, starts_on: date, board: Board) -> dict[tuple[str, str], list[Claim]]:
    """Each credit with the versions that pay it, by version and partner; direct sales and the like declined."""
    claimed: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for line in world.lines:
        if line.occurred_on < starts_on or line.is_linked_refund:
            continue
        if not world.credits[line.id]:
            board.decline(line, None, "main", reasons.DIRECT_SALE)
        for credit in world.credits[line.id]:
            for choice in world.chooser.choices(credit.partner, line.occurred_on):
                if choice.version is None:
                    board.decline(line, credit.partner.id, choice.slot, choice.reason, _conflict(choice))
                elif not world.earns(credit):
                    board.decline(line, credit.partner.id, choice.slot, reasons.NOT_EARNING)
                else:
                    claim = Claim(credit, choice.plans[0], choice.version)
                    claimed[choice.version.id, credit.partner.id].append(claim)
    return claimed


def _conflict(choice: Choice) -> dict[str, str]:
    return {"plans": ", ".join(plan.code for plan in choice.plans)} if choice.plans else {}


def _pay(
    world: World, claimed: dict[tuple[str, str], list[Claim]], starts_on: date, board: Board
) -> list[Due]:
    """Everything that is due: what partners earn themselves, what those above them get for it, what whole windows earn,
    each within the limits of its component, and all of it within the caps of its plan."""
    own: list[Due] = []
    overriding: list[Payable] = []
    for claims in claimed.values():
        for component in claims[0].document.components:
            payables = _gated(world, component, claims, board)
            if isinstance(component, OverrideComponent):
                overriding += payables
            elif isinstance(component, BonusComponent):
                why_no_bonus_alone(world, component, payables, board)
            else:
                own += _settle_own(world, component, claims, payables, board)
    own = cap_windows(world, own)
    commissions = commissions_of(own)
    above = [due for payable in overriding for due in settle_override(world, payable, commissions)]
    paid = [*own, *cap_windows(world, above)]
    bonuses = settle_bonuses(world, [claim for claims in claimed.values() for claim in claims], starts_on)
    paid = cap_plans(world, [*paid, *cap_windows(world, bonuses), *settle_floors(world, paid)])
    say_who_was_paid(overriding, paid, board)
    return paid


def _gated(world: World, component: Component, claims: list[Claim], board: Board) -> list[Payable]:
    passed = (gate(world, component, claim, board) for claim in claims)
    return [payable for payable in passed if payable is not None]


def _settle_own(
    world: World, component: Component, claims: list[Claim], payables: list[Payable], board: Board
) -> list[Due]:
    """What the component pays the credited partner itself, or who holds the deal, for the claims it lets pass."""
    goals: dict[str, Fraction] = {}
    if isinstance(component, TargetComponent):
        goals = _goals(world, component, payables, board)
        payables = [payable for payable in payables if payable.line_id in goals]
    if not payables:
        return []
    dues = []
    document = payables[0].claim.document
    places = _places(world, component, claims, payables)
    for payable in payables:
        to, why_not = beneficiary(world, payable)
        if to != payable.claim.credit.partner.id:
            decline(board, payable.claim, component, why_not)
        if to is not None:
            place, goal = places.get(payable.line_id), goals.get(payable.line_id)
            amount = amount_of(component, payable.basis_value, place, document.currency, goal)
            dues.append(due(payable, to, amount))
    return dues


def _goals(
    world: World, component: TargetComponent, payables: list[Payable], board: Board
) -> dict[str, Fraction]:
    """The goal behind each credit, by line id; those without one are declined."""
    found = {}
    for payable in payables:
        goal = goal_of(world, payable.claim, component)
        if goal is None:
            decline(board, payable.claim, component, reasons.NO_GOAL)
        else:
            found[payable.line_id] = goal
    return found


def _places(
    world: World, component: Component, claims: list[Claim], payables: list[Payable]
) -> dict[str, Position]:
    """Where the paid lines stand in their windows, for components that depend on volume."""
    if not isinstance(component, VolumeComponent):
        return {}
    partner_id = claims[0].credit.partner.id
    paid = {payable.line_id for payable in payables}
    fitting = paid | {claim.credit.line.id for claim in claims if fits(world, component, claim)}
    return positions(
        world.of_group(partner_id) if component.of_group else world.of_partner[partner_id],
        lambda credit: world.window(credit.line.occurred_on, component.window),
        measuring(world, component, claims[0].document),
        lambda credit: credit.partner.id == partner_id and credit.line.id in paid,
        lambda credit: credit.partner.id == partner_id and credit.line.id in fitting,
    )
