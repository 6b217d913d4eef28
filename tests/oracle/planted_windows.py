"""Mistakes about whole windows and groups of partners, in place of small functions of the oracle (see planted.py)."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.oracle import bonuses, days, evaluate, floors, goals, limits, reversals, volume
from tests.oracle.book import Book, Row, measuring_order
from tests.oracle.components import Paid
from tests.oracle.credits import Credit, credits_for
from tests.oracle.limits import Amount
from tests.oracle.standins import Registry

OF_WINDOWS = Registry()
instead_of = OF_WINDOWS.instead_of

Starts = list[tuple[Fraction, Row]]
RIGHT_CLAIMS, RIGHT_MEASURED = bonuses.last_claims, bonuses.what_measures
RIGHT_CREDITS, RIGHT_COVERED, RIGHT_ABOVE = volume.counted_for, limits.covered, volume.self_and_above
RIGHT_END, RIGHT_EXACT, RIGHT_STEP = volume.order_end, bonuses.exact, bonuses.goal_of_step

# --- Bonuses

instead_of(bonuses, "step_reached", "a step of a bonus begins above its goal")(
    lambda starts, total: next(((start, step) for start, step in reversed(starts) if total > start), None)
)
instead_of(bonuses, "step_reached", "the lowest step of a bonus pays")(
    lambda starts, total: next(((start, step) for start, step in starts if total >= start), None)
)


@instead_of(bonuses, "step_reached", "a bonus is paid at every step")
def each_step(starts: Starts, total: Fraction) -> tuple[Fraction, Row] | None:
    reached = [(start, step) for start, step in starts if total >= start]
    paid = sum(Fraction(step.get("amount", "0")) for _, step in reached)
    return (reached[-1][0], reached[-1][1] | {"amount": str(paid)}) if reached else None


@instead_of(bonuses, "last_claims", "each version pays the bonus once more")
def by_version(book: Book, starts_on: str) -> dict[Any, tuple[Credit, Row]]:
    found = dict(RIGHT_CLAIMS(book, starts_on))
    for plan in book.plans.values():
        for version in plan["versions"]:
            found |= {
                (plan_id, partner + version["published"], kind, window): (credit, version["document"])
                for (plan_id, partner, kind, window), (credit, document) in found.items()
                if plan_id == plan["id"] and document is not version["document"]
            }
    return found


@instead_of(bonuses, "last_claims", "the version of the window's first credit rules its bonus")
def first_claims(book: Book, starts_on: str) -> dict[Any, tuple[Credit, Row]]:
    found = RIGHT_CLAIMS(book, starts_on)
    ruling: dict[str, Row] = {}
    for (plan_id, partner, _, _), (_, document) in sorted(found.items(), key=lambda item: item[0][3]):
        ruling.setdefault(plan_id + partner, document)
    return {key: (credit, ruling[key[0] + key[1]]) for key, (credit, _) in found.items()}


instead_of(bonuses, "goal_of_step", "a step of a bonus is never prorated")(
    lambda book, plan, document, component, step, last: goals.measured(step["goal"], document, component)
)
instead_of(bonuses, "goal_of_step", "every step of a bonus is prorated")(
    lambda book, plan, document, component, step, last: RIGHT_STEP(
        book, plan, document, component, step | {"prorate": True}, last
    )
)
instead_of(bonuses, "credit_that_reached", "a bonus carries the date of the window's last credit")(
    lambda reached, bound: reached.members[-1][0]
)
instead_of(bonuses, "credit_that_reached", "a bonus carries the date of the window's first credit")(
    lambda reached, bound: reached.members[0][0]
)


@instead_of(
    bonuses, "credit_that_reached", "a bonus carries the date of the credit that reached the step again"
)
def reached_again(reached: volume.Volume, bound: Fraction) -> Credit:
    running, found = Fraction(0), []
    for credit, size in reached.members:
        running += size
        if running >= bound > running - size:
            found.append(credit)
    return found[-1]


instead_of(bonuses, "rate_day", "a bonus takes the rate of the end of its month")(
    lambda dated_by: days.minus_days(days.plus_months(days.month_of(dated_by.on), 1), 1)
)
instead_of(bonuses, "exact", "the rate of a bonus is of its goal")(
    lambda step, total, document: RIGHT_EXACT(
        step, goals.measured(step["goal"], document, {}) if "rate" in step else total, document
    )
)
instead_of(bonuses, "kept", "the cap of a bonus is forgotten")(lambda minor, component, document: minor)


@instead_of(bonuses, "what_measures", "a bonus by attainment forgets the filters of the target")
def unfiltered(document: Row, component: Row) -> Row:
    found = RIGHT_MEASURED(document, component)
    if found is component:
        return component
    return {
        name: value for name, value in found.items() if name not in ("where", "measure_where", "from", "to")
    }


# --- Least amounts of windows

instead_of(floors, "is_due", "a least amount is paid before its window's last month")(lambda book, span: True)
instead_of(floors, "missing", "a least amount is paid where nothing was earned")(
    lambda floor, earned: max(floor - earned, 0)
)
instead_of(floors, "missing", "the whole least amount is added")(
    lambda floor, earned: floor if 0 < earned < floor else 0
)
instead_of(floors, "last_of", "the version of the window's first credit rules its least amount")(
    lambda members: min(members, key=lambda amount: measuring_order(amount.paid.credit.line))
)
instead_of(floors, "left_in_window", "what came back inside the window was earned all the same")(
    lambda book, amount, own: amount.standing
)


@instead_of(floors, "left_in_window", "what came back after the window was not earned in it")
def less_all(book: Book, amount: Amount, own: list[Amount]) -> int:
    return reversals.kept(amount, reversals.steps_of(book, amount, own))


instead_of(limits, "counted_together", "each level above has limits of its own")(
    lambda amount: (amount.component["id"], amount.beneficiary, amount.depth)
)
instead_of(limits, "counted_together", "each version has limits of its own")(
    lambda amount: (amount.component["id"], amount.beneficiary, id(amount.paid.document))
)
instead_of(evaluate, "window_dated", "what a window earns belongs to its first month")(
    lambda amount: amount.window
)

# --- Caps of the plan over them


@instead_of(limits, "covered", "the caps of the plan are taken before what windows earn")
def sales_alone(amounts: list[Amount], per: str) -> list[Amount]:
    return [amount for amount in amounts if not amount.window]


instead_of(limits, "covered", "a cap of the sale cuts what a window earns")(lambda amounts, per: amounts)
instead_of(limits, "turn", "bonuses are cut before overrides")(
    lambda amount: 100 if amount.window else amount.depth
)
instead_of(limits, "turn", "bonuses are cut after the partners' own amounts")(
    lambda amount: -1 if amount.window else amount.depth
)


@instead_of(limits, "revenue_behind", "a bonus brings the revenue of its credit to a rate cap")
def with_windows(amounts: list[Amount]) -> Fraction:
    behind: dict[Any, Paid] = {(id(amount.paid.credit), amount.window): amount.paid for amount in amounts}
    return sum((paid.revenue for paid in behind.values()), Fraction(0))


# --- Groups

instead_of(volume, "counted_for", "the volume of a group is the partner's own")(
    lambda book, partner, component: credits_for(book, partner)
)


@instead_of(volume, "counted_for", "the volume of a group lacks the partner's own")
def others_alone(book: Book, partner: Row, component: Row) -> list[Credit]:
    found = RIGHT_CREDITS(book, partner, component)
    if component.get("scope") != "group":
        return found
    return [credit for credit in found if credit.partner is not partner]


@instead_of(volume, "counted_for", "the others of a group are counted twice")
def twice(book: Book, partner: Row, component: Row) -> list[Credit]:
    found = RIGHT_CREDITS(book, partner, component)
    return [credit for credit in found for _ in range(1 if credit.partner is partner else 2)]


@instead_of(volume, "self_and_above", "a group ends with those directly below")
def one_level(book: Book, credit: Credit) -> Iterator[str]:
    yield from list(RIGHT_ABOVE(book, credit))[:2]


instead_of(volume, "group_day", "a group is that of today")(
    lambda book, credit: days.minus_days(book.until, 1)
)
instead_of(volume, "credit_order", "of one line the higher code counts first in a group")(
    lambda credit: (
        measuring_order(credit.line),
        bytes(255 - byte for byte in credit.partner["code"].encode()),
    )
)
instead_of(volume, "order_end", "lines of others in a group end no order")(
    lambda credit, peers: RIGHT_END(credit, [peer for peer in peers if peer.partner is credit.partner])
)
