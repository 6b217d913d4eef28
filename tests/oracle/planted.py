"""Mistakes that a person could make, each in place of one small function of the oracle.

Promise: made-up programmes notice every one (tests/incentives/plans/test_planted_errors.py)."""

from fractions import Fraction
from typing import Any

from tests.oracle import (
    agreements,
    arithmetic,
    components,
    conditions,
    days,
    evaluate,
    goals,
    limits,
    refunded,
    reversals,
    volume,
)
from tests.oracle import credits as crediting
from tests.oracle.book import Book, Row, measuring_order
from tests.oracle.standins import Registry

MISTAKES = Registry()
instead_of = MISTAKES.instead_of

# --- Arithmetic

instead_of(arithmetic, "half_away", "half to even")(round)
instead_of(arithmetic, "turn", "ties of the largest remainder to the higher code")(
    lambda code: bytes(255 - byte for byte in code.encode())
)


@instead_of(arithmetic, "half_away", "a half below zero rounds up")
def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


@instead_of(arithmetic, "half_away", "cut off instead of rounded")
def cut_off(value: Fraction) -> int:
    return int(value)


@instead_of(components.Paid, "revenue", "converted money is rounded before the rate")
def rounded_early(paid: Any) -> Fraction:
    return Fraction(arithmetic.half_away(paid.credit.base * paid.factor))


@instead_of(volume, "margin", "a credit note's margin is floored as a sale's")
def floored(credit: Any, component: Row) -> int | None:
    value = None if credit.cost is None else credit.base - credit.cost
    return max(value, 0) if value is not None and component.get("negative") == "zero" else value


@instead_of(volume, "margin", "no cost is a cost of nothing")
def cost_of_nothing(credit: Any, component: Row) -> int:
    value: int = credit.base - (credit.cost or 0)
    return 0 if component.get("negative") == "zero" and value * credit.sign < 0 else value


instead_of(crediting, "credited", "each partner of a split gets the whole quantity")(
    lambda quantity, weight: quantity
)
instead_of(evaluate, "payout_growth", "each payout amount is rounded alone")(
    lambda before, after, rate: arithmetic.half_away((after - before) * rate)
)

# --- Days and rates


@instead_of(days, "inside", "the last day of a span belongs to it")
def closed_span(start: str | None, end: str | None, day: str) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)


instead_of(days, "months_into", "the fiscal year begins in January")(lambda month, fiscal: month - 1)
instead_of(days, "recent", "a stale rate is accepted")(lambda published, day: published <= day)
instead_of(days, "recent", "a rate holds for eight days")(
    lambda published, day: days.minus_days(day, 8) <= published <= day
)
instead_of(days, "before_months_after", "the months of a subscription include their last day")(
    lambda first, months, day: day <= days.plus_months(first, months)
)
instead_of(volume, "rate_day", "the rate of the day of arrival")(lambda credit: credit.line["recorded"][:10])
instead_of(evaluate, "belongs", "a refund belongs to its own month")(
    lambda sale, line: days.month_of(line["on"])
)

# --- Which plan, which version, which line

instead_of(agreements, "later", "the version that starts last rules")(lambda version: version["from"])
instead_of(agreements, "rank", "everyone's plan beats the partner's own")(
    lambda audience: -agreements.RANKS.index(audience)
)
instead_of(conditions, "attribute_day", "attributes of today")(lambda credit: "2026-08-31")
instead_of(conditions, "keys_of", "the weakest key of a customer first")(
    lambda customer: customer["keys"][::-1]
)


RIGHT_PROTECTION = conditions.protection


@instead_of(conditions, "protection", "a deal that is named pays on any day")
def named_whenever(book: Book, line: Row) -> Row | None:
    named = [row for row in book.data["protections"] if row["deal"] == line.get("deal")]
    return named[0] if named else RIGHT_PROTECTION(book, line)


@instead_of(conditions, "protection", "a named deal without protection falls back on the customer's keys")
def falls_back(book: Book, line: Row) -> Row | None:
    return RIGHT_PROTECTION(book, line) or RIGHT_PROTECTION(book, line | {"deal": None})


@instead_of(agreements, "is_measured", "where narrows the pay alone")
def all_measured(book: Book, credit: Any, component: Row) -> bool:
    return conditions.passes(book, credit, component.get("measure_where"))


@instead_of(agreements, "is_measured", "measure_where is forgotten")
def as_paid(book: Book, credit: Any, component: Row) -> bool:
    return agreements.is_paid(book, credit, component)


@instead_of(conditions, "is_new", "the second line of a first day is not new")
def new_once(book: Book, line: Row) -> bool:
    mine = [other for other in book.lines if other.get("customer") == line.get("customer")]
    return bool(line.get("customer")) and mine[0] is line


@instead_of(conditions, "compares", "an unknown fact fails every condition")
def known_alone(actual: Any, op: str, wanted: Any) -> bool:
    found = actual if isinstance(actual, set | list) else [actual]
    listed = wanted if isinstance(wanted, list) else [wanted]
    return bool(found) and actual is not None and any(v in listed for v in found) == (op in ("eq", "in"))


@instead_of(components, "subscription_began", "each partner's subscription begins by itself")
def began_with_me(book: Book, line: Row) -> str | None:
    ours = [
        row for row in book.own if row.get("subscription") == line["subscription"] and row["kind"] == "sale"
    ]
    return min((row["on"] for row in ours if row.get("partner") == line.get("partner")), default=None)


instead_of(components, "tree_day", "the tree of today")(lambda book, credit: days.minus_days(book.until, 1))

# --- Tiers

instead_of(volume, "reaches", "the lower bound belongs to the tier below")(
    lambda reached, bound: reached > bound
)
instead_of(volume.Volume, "total", "retroactive by the volume so far")(
    lambda self: self.before + (self.own or 0)
)
instead_of(volume, "order_end", "a line of an order takes its own tier")(
    lambda credit, peers: measuring_order(credit.line)
)


@instead_of(volume, "order_end", "an order ends with the line that arrived last")
def by_arrival(credit: Any, peers: list[Any]) -> Any:
    together = [peer for peer in peers if volume.same_order(peer, credit)] or [credit]
    return measuring_order(max(together, key=lambda peer: peer.line["recorded"]).line)


@instead_of(volume, "same_order", "order numbers of two sources are one order")
def by_number(one: Any, other: Any) -> bool:
    return bool(one.line.get("order")) and one.line.get("order") == other.line.get("order")


@instead_of(volume, "pay_at", "a volume below zero takes no tier")
def nothing_below(rows: volume.Rows, reached: Fraction) -> Fraction:
    return next((pay for bound, pay in reversed(rows) if volume.reaches(reached, bound)), Fraction(0))


RIGHT_TIERS = volume.tiers_pay


@instead_of(volume, "tiers_pay", "marginal amounts are differences of rounded totals")
def rounded_totals(mode: str, rows: volume.Rows, reached: volume.Volume, basis: Fraction) -> Fraction:
    if mode != "marginal" or reached.own != basis:
        return RIGHT_TIERS(mode, rows, reached, basis)
    after, before = (
        arithmetic.half_away(volume.cumulated(rows, at)) for at in (reached.before + basis, reached.before)
    )
    return Fraction(after - before)


# --- Goals and invoices

RIGHT_GOAL, RIGHT_SET, RIGHT_PLAN, RIGHT_EVENT = (
    goals.goal_of,
    goals.set_for,
    goals.has_plan,
    agreements.has_earned,
)

instead_of(goals, "share_of_window", "a goal is not prorated")(
    lambda book, partner, plan, window: Fraction(1)
)
instead_of(goals, "has_plan", "a goal is prorated by the plan alone, not by the day of joining")(
    lambda book, partner, plan, day: RIGHT_PLAN(book, partner | {"joined": ""}, plan, day)
)
instead_of(goals, "has_plan", "a goal is prorated by the day of joining alone")(
    lambda book, partner, plan, day: bool(day >= partner["joined"])
)
instead_of(goals, "to_smallest", "a prorated goal is not rounded")(lambda goal, component: goal)
instead_of(goals, "set_for", "the plan's goal counts whatever was set for a partner")(
    lambda book, partner, plan, component, window_on: None
)


@instead_of(goals, "set_for", "a goal that was set for a partner is prorated too")
def set_in_part(book: Book, partner: Row, plan: Row, component: Row, window_on: str) -> str | None:
    own = RIGHT_SET(book, partner, plan, component, window_on)
    if own is None:
        return None
    window = (window_on, days.plus_months(window_on, days.MONTHS[component["window"]]))
    return str(Fraction(own) * goals.share_of_window(book, partner, plan, window))


instead_of(goals, "goal_of", "without a goal the step at 0 is paid")(
    lambda *asked: RIGHT_GOAL(*asked) or Fraction(10**12)
)
instead_of(goals, "rate_of", "a multiplier is a rate")(
    lambda steps, place: Fraction(steps[place].get("rate") or steps[place]["multiplier"])
)


@instead_of(goals, "rate_of", "a multiplier multiplies the step below")
def by_step_below(steps: list[Row], place: int) -> Fraction:
    if "rate" in steps[place]:
        return Fraction(steps[place]["rate"])
    below: Fraction = by_step_below(steps, place - 1)
    return below * Fraction(steps[place]["multiplier"])


instead_of(agreements, "has_earned", "nothing waits for its invoice")(lambda book, document, line: True)
instead_of(agreements, "has_earned", "an invoice of later days counts too")(
    lambda book, document, line: bool(line["invoiced"]) or RIGHT_EVENT(book, document, line)
)
instead_of(agreements, "has_earned", "a credit note waits for an invoice")(
    lambda book, document, line: RIGHT_EVENT(book, document, line | {"kind": "sale"})
)

# --- Refunds


@instead_of(refunded, "inside_open_window", "a closed window is recomputed")
def always_open(book: Book, refund: Row, window_end: str) -> bool:
    return True


@instead_of(refunded, "inside_open_window", "when a refund arrived does not matter")
def by_date(book: Book, refund: Row, window_end: str) -> bool:
    return bool(refund["on"] < window_end)


@instead_of(refunded, "inside_open_window", "the date of a refund does not matter")
def by_closing(book: Book, refund: Row, window_end: str) -> bool:
    return not book.closed_before(window_end, refund["recorded"])


@instead_of(refunded, "share", "more than the sale may come back")
def unbounded(sale: Row, refunds: list[Row]) -> Fraction:
    back = sum(refund["amount_minor"] for refund in refunds)
    return Fraction(back, sale["amount_minor"]) if sale["amount_minor"] else Fraction(bool(refunds))


@instead_of(reversals, "by_share", "each refund is rounded by its own share")
def one_by_one(book: Book, amount: limits.Amount, original: int) -> list[reversals.Step]:
    merged, _, reversing = reversals.not_recomputed(book, amount.paid, amount.component)
    left, steps = original, []
    for refund in reversing if merged != 1 else ():
        own = refunded.share(amount.paid.credit.line, [refund])
        left -= arithmetic.half_away(original * own / (1 - merged))
        steps.append((refund, left))
    return steps


# --- Limits

instead_of(limits.WindowCaps, "allowed", "the window cap is forgotten")(lambda self, amount, minor: minor)
instead_of(limits, "plan_caps", "the caps of the plan are forgotten")(lambda book, amounts: None)
MISTAKES.note(limits, "ORDER", "the wider caps of the plan come first", limits.ORDER[::-1])


@instead_of(limits, "keeping_order", "overrides are cut last")
def overrides_last(amount: limits.Amount) -> Any:
    credit = amount.paid.credit
    return (-amount.depth, measuring_order(credit.line), amount.place, credit.partner["code"].encode())


@instead_of(limits, "keeping_order", "lines use up a cap in the order of their arrival")
def arrivals_first(amount: limits.Amount) -> Any:
    credit = amount.paid.credit
    return (amount.depth, credit.line["recorded"], amount.place, credit.partner["code"].encode())


@instead_of(limits, "revenue_behind", "a rate cap counts a credit once for each amount")
def many_times(amounts: list[limits.Amount]) -> Fraction:
    return sum((amount.paid.revenue for amount in amounts), Fraction(0))


RIGHT_LIMITS = limits.within_sale


@instead_of(limits, "within_sale", "credit notes do not mirror floor and cap")
def unmirrored(amount: Fraction, component: Row, sign: int, currency: str) -> Fraction:
    return RIGHT_LIMITS(amount, component, 1, currency)


@instead_of(limits, "growth", "below a full cap everything counts again")
def cut_each(before: int, amount: int, cap: int) -> int:
    return min(amount, cap)
