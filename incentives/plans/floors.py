"""The least that a component pays in a window, as a top-up of its own (money.md 2 "Order of cuts", 4 "Bonus and window
top-up").

Promise: only where something was earned, once the window is over, dated as the last credit behind what was earned;
called by the reference alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from incentives.plans.dues import Due
from incentives.plans.posting import reversals_of
from incentives.plans.refunds import NO_REFUNDS
from incentives.plans.targets import WindowInputs
from incentives.plans.world import World
from prm.kit.periods import Window


def settle_floors(world: World, dues: Iterable[Due]) -> list[Due]:
    """Per component, beneficiary and window; the floor is that of the version which pays the last credit."""
    groups: dict[tuple[str, str, str, Window], list[Due]] = defaultdict(list)
    for due in dues:
        window = world.window(due.credit.line.occurred_on, due.document.window_of(due.component))
        groups[due.plan_id, due.component.id, due.partner_id, window].append(due)
    settled = (_settle(world, together, key[-1]) for key, together in groups.items())
    return [due for due in settled if due is not None]


def _settle(world: World, together: list[Due], window: Window) -> Due | None:
    last = max(together, key=lambda due: (due.credit.line.measuring_order, due.credit.partner.code.encode()))
    floor_minor = last.component.floor.window_minor
    if floor_minor is None or world.ends_on < window.ends_on:
        return None
    earned_minor = sum(_earned(world, due, window) for due in together)
    if not 0 < earned_minor < floor_minor:
        return None
    return replace(
        last,
        payable=replace(last.payable, refunds=NO_REFUNDS),
        amount_minor=floor_minor - earned_minor,
        cuts=(),
        depth=0,
        reverses=False,
        paid=None,
        of_window=WindowInputs(
            component_type=last.component.type.value,
            version_number=last.payable.claim.version.number,
            window_starts_on=window.starts_on,
            window_ends_on=window.ends_on,
            earned_minor=earned_minor,
            floor_minor=floor_minor,
        ),
    )


def _earned(world: World, due: Due, window: Window) -> int:
    """Less what refunds took back that belong into the window."""
    taken_back = (
        reversal.amount_minor
        for reversal in reversals_of(due)
        if world.recomputes(reversal.step.refund, window, due.document)
    )
    return due.amount_minor + sum(taken_back)
