"""Every amount that should have been earned, from plain data (money.md 1.4).

Promise: {(plan, component, line, credited partner, beneficiary, steps up, first day of the month where it belongs):
(minor units of the plan's currency, of its payout currency)}, without zeros. What a whole window earns has the window
in place of the line.
tests/support/oracle_facts.py shows the data, sample.py the least of it."""

from collections import defaultdict
from fractions import Fraction

from tests.oracle import (
    agreements,
    arithmetic,
    bonuses,
    components,
    days,
    floors,
    limits,
    payments,
    reversals,
)
from tests.oracle.book import Book, Row
from tests.oracle.components import Paid
from tests.oracle.credits import all_credits
from tests.oracle.limits import Amount
from tests.oracle.volume import in_currency

Key = tuple[str, str, str, str, str, int, str]


def evaluate(data: Row, starts_on: str, ends_on: str) -> dict[Key, tuple[int, int]]:
    """Of the sales dated in [starts_on, ends_on) and their refunds; what is older only counts as volume and history."""
    book = Book(data, ends_on)
    found: dict[Key, tuple[int, int]] = {}
    paids = paid_credits(book, starts_on)
    windows = defaultdict(list)
    for bonus in bonuses.of_plans(book, starts_on):
        windows[bonus.paid.plan["id"]].append(bonus)
    for plan_id in {**paids, **windows}:
        of_sales = earned(book, paids[plan_id])
        own = {paid: commission_of(paid, amounts) for paid, amounts in by_credit(of_sales).items()}
        of_windows = [*windows[plan_id], *floors.top_ups(book, of_sales, own)]
        limits.plan_caps(book, of_sales + of_windows)
        for amount in of_sales:
            found |= chain(book, amount, own[amount.paid])
        found |= dict(map(of_window, of_windows))
    return {key: pair for key, pair in found.items() if pair != (0, 0)}


def paid_credits(book: Book, starts_on: str) -> defaultdict[str, list[Paid]]:
    """By plan, in measuring order: the credits that have a version, its earning event and both rates."""
    found = defaultdict(list)
    for credit in all_credits(book):
        if credit.on < starts_on:
            continue
        for plan in agreements.plans_of(book, credit):
            version = agreements.version_of(plan, credit.on)
            if version is None:
                continue
            document = version["document"]
            if not agreements.has_earned(book, document, credit.line):
                continue
            factor = in_currency(book, credit, document["currency"])
            payout = book.rate(document["currency"], agreements.currency_of_payout(document), credit.on)
            if factor is not None and payout is not None:
                part = payments.part(book, document, credit.line)
                found[plan["id"]].append(Paid(credit, plan, document, factor, payout, part))
    return found


def earned(book: Book, paids: list[Paid]) -> list[Amount]:
    """After the components' own limits. What partners get for their own credits comes before what those above get."""
    caps = limits.WindowCaps(book)
    found: list[Amount] = []
    for above in (False, True):
        own = by_credit(found)
        made = [
            pair
            for paid in paids
            for place, component in enumerate(paid.document["components"])
            if components.is_override(component) == above and agreements.is_paid(book, paid.credit, component)
            for pair in of_component(book, paid, place, component, own[paid])
        ]
        for amount, exact in sorted(made, key=lambda pair: limits.keeping_order(pair[0])):
            minor = in_part(amount, exact)
            amount.standing = amount.left = caps.allowed(amount, minor)
            found.append(amount)
    return found


def of_component(
    book: Book, paid: Paid, place: int, component: Row, own: list[Amount]
) -> list[tuple[Amount, Fraction]]:
    commission = 0
    if components.of_commission(component):
        mine = commission_of(paid, own)
        if reversals.nothing_stands(book, paid, mine):
            return []
        commission = reversals.commission(book, mine)
    return [
        (Amount(paid, component, place, beneficiary, depth), exact)
        for beneficiary, depth, exact in components.shares(book, paid, component, commission)
    ]


def in_part(amount: Amount, exact: Fraction) -> int:
    """Of the whole, limited and rounded, the part that is paid; a share of what is earned already is not divided
    again."""
    whole = limits.rounded_in_sale(exact, amount.component, amount.paid.credit.sign, amount.currency)
    return whole if components.of_commission(amount.component) else part_of(whole, amount.paid)


def part_of(whole: int, paid: Paid) -> int:
    return arithmetic.half_away(whole * paid.part)


def by_credit(amounts: list[Amount]) -> defaultdict[Paid, list[Amount]]:
    found = defaultdict(list)
    for amount in amounts:
        found[amount.paid].append(amount)
    return found


def commission_of(paid: Paid, amounts: list[Amount]) -> list[Amount]:
    """What the credited partner itself gets for the credit."""
    me = paid.credit.partner["id"]
    return [amount for amount in amounts if amount.beneficiary == me]


def chain(book: Book, amount: Amount, own: list[Amount]) -> dict[Key, tuple[int, int]]:
    """The amount and its reversals; the payout amounts always total the converted total."""
    credit = amount.paid.credit
    left_before = 0
    found = {}
    for line, left in [(credit.line, amount.left), *reversals.steps_of(book, amount, own)]:
        payout = payout_growth(left_before, left, payout_factor(amount))
        key = (amount.paid.plan["id"], amount.component["id"], line["id"], credit.partner["id"])
        found[(*key, amount.beneficiary, amount.depth, belongs(credit.line, line))] = (
            left - left_before,
            payout,
        )
        left_before = left
    return found


def of_window(amount: Amount) -> tuple[Key, tuple[int, int]]:
    """One partner is both credited and paid; nothing reverses it. It belongs where the credit that dates it does."""
    me, line = amount.beneficiary, f"window {amount.window}"
    belongs_on = days.month_of(window_dated(amount))
    key = (amount.paid.plan["id"], amount.component["id"], line, me, me, 0, belongs_on)
    return key, (amount.left, payout_growth(0, amount.left, payout_factor(amount)))


def window_dated(amount: Amount) -> str:
    return amount.paid.credit.on


def payout_factor(amount: Amount) -> Fraction:
    """What a minor unit of the plan's currency is in minor units of the payout currency."""
    payout_currency = agreements.currency_of_payout(amount.paid.document)
    scale = arithmetic.to_minor("1", payout_currency) / arithmetic.to_minor("1", amount.currency)
    return amount.paid.payout_rate * scale


def payout_growth(before: int, after: int, rate: Fraction) -> int:
    """The payout amounts always total the converted total."""
    return arithmetic.half_away(after * rate) - arithmetic.half_away(before * rate)


def belongs(sale: Row, line: Row) -> str:
    """A refund belongs to the month of its sale."""
    return days.month_of(sale["on"])
