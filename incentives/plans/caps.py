"""Caps per window of a component, and caps of the whole plan (money.md 2 "Order of cuts", 4 "Caps", 5 S2, S9).

Promise: an amount is the growth of min(total so far, cap), in measuring order, what is cut first coming last; refunds
give no room back. Called by the reference;
`PLAN_CAPS` and names by the SQL.

A total runs over all versions of a plan; the cap is that of the version which pays the amount. Caps of the whole plan
apply from the narrowest to the widest: sale, window, life, each first per beneficiary, then over all."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction

from incentives.plans.document import CapOver, CapSpan, PlanCap
from incentives.plans.dues import Due
from incentives.plans.world import World
from prm.kit.rounding import round_half_away

WINDOW_CAP = "window_cap"
PLAN_CAPS = [(per, over) for per in CapSpan for over in (CapOver.BENEFICIARY, CapOver.ALL)]


def cap_windows(world: World, dues: Iterable[Due]) -> list[Due]:
    """Each component's cap per window, for each beneficiary."""

    def group(due: Due) -> Hashable:
        window = world.window(due.credit.line.occurred_on, due.document.window_of(due.component))
        return due.plan_id, due.component.id, due.partner_id, window

    return _grown(world, dues, group, lambda due, _together: due.component.cap.window_minor, WINDOW_CAP)


def cap_plans(world: World, dues: Iterable[Due]) -> list[Due]:
    """The caps of whole plans, one kind after the other."""
    found = list(dues)
    for per, over in PLAN_CAPS:
        if any(due.document.cap(per, over) for due in found):
            beside = [due for due in found if due.of_window] if per is CapSpan.SALE else []
            capped = [due for due in found if due not in beside] if beside else found
            groups, limit = _groups(world, per, over), _limit(world, per, over)
            grown = _grown(world, capped, groups, limit, limit_name(per, over))
            found = [*grown, *beside]
    return found


def limit_name(per: CapSpan, over: CapOver) -> str:
    return f"plan_{per.value}_cap{'_of_all' if over is CapOver.ALL else ''}"


def _groups(world: World, per: CapSpan, over: CapOver) -> Callable[[Due], Hashable]:
    def group(due: Due) -> Hashable:
        whose = due.partner_id if over is CapOver.BENEFICIARY else ""
        what: Hashable = {
            CapSpan.SALE: (due.credit.line.id, due.credit.partner.id),
            CapSpan.WINDOW: world.window(due.credit.line.occurred_on, due.document.period),
            CapSpan.LIFE: "",
        }[per]
        return due.plan_id, whose, what

    return group


def _limit(world: World, per: CapSpan, over: CapOver) -> Callable[[Due, list[Due]], int | None]:
    def limit(due: Due, together: list[Due]) -> int | None:
        cap = due.document.cap(per, over)
        return None if cap is None else _in_minor(world, cap, together)

    return limit


def _in_minor(world: World, cap: PlanCap, together: list[Due]) -> int:
    """A rate is of the revenue of the credits behind the amounts, each once, before refunds, and as far as it is paid
    where the plan waits for that; amounts of windows bring none."""
    if cap.rate is None:
        return cap.amount_minor or 0
    revenue = {
        (due.credit.line.id, due.credit.partner.id): due.direction
        * due.credit.base_minor
        * due.payable.to_plan.factor
        * _paid_share(due)
        if cap.per is CapSpan.SALE
        else due.credit.base_minor * due.payable.to_plan.factor * _paid_share(due)
        for due in together
        if due.of_window is None
    }
    return round_half_away(Fraction(cap.rate) * max(sum(revenue.values(), Fraction(0)), Fraction(0)))


def _paid_share(due: Due) -> Fraction:
    return due.payable.paid.share if due.payable.paid is not None else Fraction(1)


def _grown(
    world: World,
    dues: Iterable[Due],
    group: Callable[[Due], Hashable],
    limit: Callable[[Due, list[Due]], int | None],
    name: str,
) -> list[Due]:
    groups: dict[Hashable, list[Due]] = defaultdict(list)
    for due in sorted(dues, key=lambda due: _last_to_be_cut(world, due)):
        groups[group(due)].append(due)
    return [kept for together in groups.values() for kept in _grow(together, limit, name)]


def _grow(together: list[Due], limit: Callable[[Due, list[Due]], int | None], name: str) -> Iterable[Due]:
    total = 0
    for due in together:
        cap, before = limit(due, together), total
        total += due.amount_minor
        if cap is None:
            yield due
        elif name.startswith("plan_sale_cap"):  # mirrored on credit notes
            sign = due.direction
            yield due.cut_to(sign * (min(sign * total, cap) - min(sign * before, cap)), name, cap)
        else:
            yield due.cut_to(min(total, cap) - min(before, cap), name, cap)


def _last_to_be_cut(world: World, due: Due) -> tuple[object, ...]:
    """Cut first: the highest above, then the amounts of windows, the latest first, then the latest credit, the last
    component, the higher code; of an amount of a window its beneficiary is the credited partner."""
    place = [component.id for component in due.document.components].index(due.component.id)
    rank = 2 if due.depth else 1 if due.of_window else 0
    code = (world.partners[due.partner_id] if due.of_window else due.credit.partner).code.encode()
    return rank, due.depth, due.credit.line.measuring_order, place, due.component.id, code, due.partner_id
