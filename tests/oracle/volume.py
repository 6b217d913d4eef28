"""Volume in a window, and what tiers make of it (money.md 2, 3 `tiers`)."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from tests.oracle import agreements, arithmetic, days, refunded
from tests.oracle.book import Book, Row, measuring_order
from tests.oracle.credits import Credit, all_credits, credits_for


def margin(credit: Credit, component: Row) -> int | None:
    """None without a cost. `negative: zero` floors it, and the credit note of such a sale mirrors it."""
    if credit.cost is None:
        return None
    value = credit.base - credit.cost
    return 0 if component.get("negative") == "zero" and value * credit.sign < 0 else value


def value(book: Book, credit: Credit, measure: str, component: Row, currency: str) -> Fraction | None:
    """Units, or minor units of the currency, unrounded, before refunds. A line without a rate stops whole; one
    without a cost has no margin."""
    factor = in_currency(book, credit, currency)
    if factor is None:
        return None
    if measure == "units":
        return credit.quantity
    money = credit.base if measure == "revenue" else margin(credit, component)
    return None if money is None else money * factor


def rate_day(credit: Credit) -> str:
    return credit.on


def in_currency(book: Book, credit: Credit, currency: str) -> Fraction | None:
    """What a minor unit of the line is in minor units of the currency."""
    of = credit.line["currency"]
    key = ("factor", of, currency, rate_day(credit))
    if key not in book.memo:
        rate = book.rate(of, currency, rate_day(credit))
        scale = Fraction(10) ** (arithmetic.places(currency) - arithmetic.places(of))
        book.memo[key] = None if rate is None else rate * scale
    found: Fraction | None = book.memo[key]
    return found


Member = tuple[Credit, Fraction]


def sold_in(
    book: Book, partner: Row, window: tuple[str, str], plan: Row, document: Row, component: Row
) -> tuple[list[Member], list[Credit]]:
    """What is measured and what of it is left after refunds; what is measured or paid."""
    start, end = window
    measure, policy = component.get("measure", "revenue"), document.get("refund_policy", "original_rate")
    kind = agreements.window_kind(document, component)
    members, peers = [], []
    for credit in counted_for(book, partner, component):
        if not start <= credit.on < end:
            continue
        size = value(book, credit, measure, component, document["currency"])
        if size is None:
            continue
        measured = agreements.is_measured(book, credit, component)
        own = credit.partner is partner
        if measured or (own and agreements.pays(book, plan, document, component, credit)):
            peers.append(credit)
        if measured:
            members.append((credit, size * (1 - refunded.merged_share(book, credit.line, kind, policy))))
    return members, peers


def counted_for(book: Book, partner: Row, component: Row) -> list[Credit]:
    """Of the partner, or of the partner and all below it as of each sale; in measuring order."""
    if component.get("scope") != "group":
        return credits_for(book, partner)
    if "by group" not in book.memo:
        book.memo["by group"] = by_group = defaultdict(list)
        for credit in all_credits(book):
            for above in self_and_above(book, credit):
                by_group[above].append(credit)
    found: list[Credit] = book.memo["by group"][partner["id"]]
    return found


def self_and_above(book: Book, credit: Credit) -> Iterator[str]:
    above: str | None = credit.partner["id"]
    while above is not None:
        yield above
        above = parent(book, above, group_day(book, credit))


def group_day(book: Book, credit: Credit) -> str:
    return credit.on


def parent(book: Book, partner: str, day: str) -> str | None:
    links = book.partners[partner]["parents"]
    return next((row["value"] for row in links if days.holds(row, day)), None)


class Volume:
    """All that the partner of a credit sold in the credit's window and that the component measures, in order."""

    def __init__(self, book: Book, credit: Credit, plan: Row, document: Row, component: Row) -> None:
        self.credit = credit
        kind = agreements.window_kind(document, component)
        window = days.window(credit.on, kind, book.fiscal_month)
        key = ("sold", credit.partner["id"], window, id(document), component["id"])
        if key not in book.memo:
            book.memo[key] = sold_in(book, credit.partner, window, plan, document, component)
        self.members: list[Member]
        self.peers: list[Credit]
        self.members, self.peers = book.memo[key]

    @property
    def own(self) -> Fraction | None:
        """None: paid, but not measured."""
        return next((size for other, size in self.members if other is self.credit), None)

    @property
    def before(self) -> Fraction:
        mine = credit_order(self.credit)
        return sum((size for other, size in self.members if credit_order(other) < mine), Fraction(0))

    @property
    def total(self) -> Fraction:
        return sum((size for _, size in self.members), Fraction(0))

    @property
    def after_order(self) -> Fraction:
        """After the last line of the order that is paid or measured; a line without a number is an order."""
        last = order_end(self.credit, self.peers)
        reached = (size for other, size in self.members if measuring_order(other.line) <= last)
        return sum(reached, Fraction(0))


def credit_order(credit: Credit) -> tuple[tuple[str, bytes, bytes], bytes]:
    """Of a group several partners may be credited with one line: the lower code first."""
    return measuring_order(credit.line), credit.partner["code"].encode()


def order_end(credit: Credit, peers: list[Credit]) -> tuple[str, bytes, bytes]:
    ends = [measuring_order(peer.line) for peer in peers if same_order(peer, credit)]
    return max([*ends, measuring_order(credit.line)])


def same_order(one: Credit, other: Credit) -> bool:
    number = one.line.get("order") or ""
    return bool(number) and (one.line["source"], number) == (other.line["source"], other.line.get("order"))


def reaches(reached: Fraction, bound: Fraction) -> bool:
    """The lower bound of a tier belongs to it."""
    return reached >= bound


Rows = list[tuple[Fraction, Fraction]]  # the bound, and what one of the basis is paid


def pay_at(rows: Rows, reached: Fraction) -> Fraction:
    """A negative volume takes the first tier."""
    return next((pay for bound, pay in reversed(rows) if reaches(reached, bound)), rows[0][1])


def cumulated(rows: Rows, reached: Fraction) -> Fraction:
    """What all volume from nothing up to here earns, each slice by its own tier."""
    if reached < 0:
        return reached * rows[0][1]
    bounds = [bound for bound, _ in rows[1:]] + [reached]
    return sum(
        (
            max(min(bound, reached) - rows[place][0], Fraction(0)) * rows[place][1]
            for place, bound in enumerate(bounds)
        ),
        Fraction(0),
    )


def tiers_pay(mode: str, rows: Rows, volume: Volume, basis: Fraction) -> Fraction:
    """What the basis of a credit earns, unrounded."""
    if mode == "retroactive":
        return basis * pay_at(rows, volume.total)
    if mode == "whole_transaction":
        return basis * pay_at(rows, volume.after_order)
    if not volume.own:
        return basis * pay_at(rows, volume.before)
    climbed = cumulated(rows, volume.before + volume.own) - cumulated(rows, volume.before)
    return climbed * basis / volume.own
