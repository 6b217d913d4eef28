"""Floors and caps: of the sale, of the component's window, of the whole plan (money.md 2 "Order of cuts", 4 "Caps")."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle import arithmetic, days
from tests.oracle.book import Book, Row, measuring_order
from tests.oracle.components import Paid


@dataclass(eq=False)
class Amount:
    """`standing`: after the component's own limits; `left`: after those of the plan. `window`: the first day of the
    window that earned it as a whole; `paid` is then the credit that dates it, and the version that rules."""

    paid: Paid
    component: Row
    place: int
    beneficiary: str
    depth: int
    standing: int = 0
    left: int = 0
    window: str = ""
    code: str = ""

    @property
    def credited_code(self) -> str:
        """Of what a window earns one partner is both credited and paid."""
        code: str = self.code or self.paid.credit.partner["code"]
        return code

    @property
    def currency(self) -> str:
        code: str = self.paid.document["currency"]
        return code


def limit(component: Row, name: str, per: str, currency: str) -> int | None:
    written = component.get(name, {}).get(per)
    return None if written is None else int(arithmetic.to_minor(written, currency))


def within_sale(amount: Fraction, component: Row, sign: int, currency: str) -> Fraction:
    """Floor and cap of one credit; a credit note mirrors them."""
    size = amount * sign
    floor, cap = (limit(component, name, "sale", currency) for name in ("floor", "cap"))
    if floor is not None:
        size = max(size, Fraction(floor))
    if cap is not None:
        size = min(size, Fraction(cap))
    return size * sign


def rounded_in_sale(amount: Fraction, component: Row, sign: int, currency: str) -> int:
    return arithmetic.half_away(within_sale(amount, component, sign, currency))


def growth(before: int, amount: int, cap: int) -> int:
    """How much min(total so far, cap) grows."""
    return min(before + amount, cap) - min(before, cap)


def counted_together(amount: Amount) -> Any:
    """A component is the same one in all versions that have its id; whoever gets it gets it as one."""
    return amount.component["id"], amount.beneficiary


Span = tuple[str, str]


def in_window(its: Span, window: Span) -> bool:
    """Kinds of window are never added up together."""
    return its == window


class WindowCaps:
    """What each component has made for each beneficiary so far; asked in keeping order."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.so_far: dict[Any, list[tuple[Span, int]]] = defaultdict(list)

    def allowed(self, amount: Amount, minor: int) -> int:
        kind = amount.paid.kind_of(amount.component)
        span = days.window(amount.paid.credit.on, kind, self.book.fiscal_month)
        made = self.so_far[counted_together(amount)]
        cap = limit(amount.component, "cap", "window", amount.currency)
        before = sum(other for its, other in made if in_window(its, span))
        made.append((span, minor))
        return minor if cap is None else growth(before, minor, cap)


ORDER = [(per, over) for per in ("sale", "window", "life") for over in ("beneficiary", "all")]


def keeping_order(amount: Amount) -> Any:
    """Cut first: the highest step up, then the latest credit, the last component, the higher code."""
    line, last = measuring_order(amount.paid.credit.line), (amount.place, amount.component["id"])
    return (turn(amount), line, last, amount.credited_code.encode())


def turn(amount: Amount) -> int:
    """Own amounts, then those of windows, then overrides from the nearest up."""
    return 1 if amount.window else amount.depth and amount.depth + 1


def cap_of(amount: Amount, per: str, over: str) -> Row | None:
    caps = amount.paid.document.get("caps", ())
    return next((cap for cap in caps if (cap["per"], cap.get("over", "beneficiary")) == (per, over)), None)


def group_of(book: Book, amount: Amount, per: str, over: str) -> Any:
    credit = amount.paid.credit
    within: dict[str, Callable[[], Any]] = {
        "sale": lambda: id(credit),
        "window": lambda: days.window(
            credit.on, amount.paid.document.get("period", "month"), book.fiscal_month
        ),
        "life": lambda: None,
    }
    return within[per](), amount.beneficiary if over == "beneficiary" else None


def revenue_behind(amounts: list[Amount]) -> Fraction:
    """What is earned of the credits behind the amounts, each once, before refunds; amounts of windows are no sales."""
    credits = {id(amount.paid.credit): amount.paid for amount in amounts if not amount.window}
    return sum((paid.revenue * paid.part for paid in credits.values()), Fraction(0))


def cap_minor(cap: Row, amounts: list[Amount], sign: int, currency: str) -> int:
    """A share of what was sold; where more came back than was sold the cap is nothing."""
    if "rate" in cap:
        return max(arithmetic.half_away(Fraction(cap["rate"]) * revenue_behind(amounts) * sign), 0)
    return int(arithmetic.to_minor(cap["amount"], currency))


def plan_caps(book: Book, amounts: list[Amount]) -> None:
    """Each cap after the other, the narrower first, on what the ones before it left."""
    for per, over in ORDER:
        groups = defaultdict(list)
        for amount in sorted(covered(amounts, per), key=keeping_order):
            groups[group_of(book, amount, per, over)].append(amount)
        for members in groups.values():
            cut(members, per, over)


def covered(amounts: list[Amount], per: str) -> list[Amount]:
    """Caps of a sale pass amounts of windows by."""
    return [amount for amount in amounts if per != "sale" or not amount.window]


def cut(members: list[Amount], per: str, over: str) -> None:
    so_far = 0
    for amount in members:
        before, so_far = so_far, so_far + amount.left
        cap = cap_of(amount, per, over)
        if cap is None:
            continue
        sign = amount.paid.credit.sign if per == "sale" else 1
        most = cap_minor(cap, members, sign, amount.currency)
        amount.left = sign * growth(sign * before, sign * amount.left, most)
