"""What each component makes of a credit before any cap: beneficiary, steps up the tree, exact amount (money.md 3)."""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle import agreements, arithmetic, conditions, days, goals, refunded
from tests.oracle.book import Book, Row
from tests.oracle.credits import Credit
from tests.oracle.volume import Rows, Volume, margin, parent, tiers_pay

Share = tuple[str, int, Fraction]  # beneficiary, steps up, minor units


@dataclass(frozen=True, eq=False)
class Paid:
    """A credit under one plan and the version of its day; what a minor unit of it is in both currencies. `part`: what
    of it is earned, where that comes with the payments."""

    credit: Credit
    plan: Row
    document: Row
    factor: Fraction
    payout_rate: Fraction
    part: Fraction = Fraction(1)

    @property
    def revenue(self) -> Fraction:
        return self.credit.base * self.factor

    @property
    def policy(self) -> str:
        chosen: str = self.document.get("refund_policy", "original_rate")
        return chosen

    def kind_of(self, component: Row) -> str:
        return agreements.window_kind(self.document, component)

    def merged_share(self, book: Book, component: Row) -> Fraction:
        return refunded.merged_share(book, self.credit.line, self.kind_of(component), self.policy)


def by_volume(component: Row) -> bool:
    return component["type"] in ("tiers", "target")


def is_override(component: Row) -> bool:
    return bool(component["type"] == "override")


def of_commission(component: Row) -> bool:
    return is_override(component) and component.get("basis") == "commission"


def tree_day(book: Book, credit: Credit) -> str:
    """The tree is that of the sale's day."""
    return credit.on


def ancestor(book: Book, credit: Credit, steps: int) -> str | None:
    above: str | None = credit.partner["id"]
    for _ in range(steps):
        above = parent(book, above, tree_day(book, credit)) if above else None
    return above


def rows_of(document: Row, component: Row) -> Rows:
    """The bounds in what is measured, the pay in minor units or as a share of the basis."""
    money = component.get("measure", "revenue") != "units"
    currency = document["currency"]
    return [
        (
            arithmetic.to_minor(row["from"], currency) if money else Fraction(row["from"]),
            Fraction(row["rate"]) if "rate" in row else arithmetic.to_minor(row["amount"], currency),
        )
        for row in component["tiers"]
    ]


def of_tiers(book: Book, paid: Paid, component: Row) -> Fraction | None:
    return by_rows(book, paid, component, rows_of(paid.document, component))


def of_target(book: Book, paid: Paid, component: Row) -> Fraction | None:
    """Tiers whose bounds are shares of the partner's goal; without a goal nothing."""
    goal = goals.goal_of(book, paid.credit, paid.plan, paid.document, component)
    return by_rows(book, paid, component, goals.rows_of(component, goal)) if goal else None


def by_rows(book: Book, paid: Paid, component: Row, rows: Rows) -> Fraction | None:
    """By the volume of the window: on units sold, on margin where that is measured, else on revenue."""
    left = 1 - paid.merged_share(book, component)
    if not left:
        return None
    value: Fraction | int | None = paid.revenue
    if "amount" in component.get("tiers", [{}])[0]:
        value = paid.credit.quantity
    elif component.get("measure") == "margin":
        value = margin(paid.credit, component)
        value = None if value is None else value * paid.factor
    if value is None:
        return None
    volume = Volume(book, paid.credit, paid.plan, paid.document, component)
    return tiers_pay(component.get("mode", "marginal"), rows, volume, value * left)


def of_rate(book: Book, paid: Paid, component: Row) -> Fraction | None:
    if component.get("basis", "revenue") == "revenue":
        return Fraction(component["rate"]) * paid.revenue
    value = margin(paid.credit, component)
    return None if value is None else Fraction(component["rate"]) * value * paid.factor


def of_units(book: Book, paid: Paid, component: Row) -> Fraction:
    return arithmetic.to_minor(component["amount"], paid.document["currency"]) * paid.credit.quantity


def subscription_began(book: Book, line: Row) -> str | None:
    """The day of its earliest line of any partner."""
    return min(
        (row["on"] for row in book.own if row.get("subscription") == line["subscription"]), default=None
    )


def of_subscription(book: Book, paid: Paid, component: Row) -> Fraction | None:
    line = paid.credit.line
    if not line.get("subscription"):
        return None
    began = subscription_began(book, line)
    if began is None or not days.before_months_after(began, component["months"], line["on"]):
        return None
    return Fraction(component["rate"]) * paid.revenue


def shares(book: Book, paid: Paid, component: Row, commission: int) -> list[Share]:
    """`commission` is what the credited partner gets for the credit; only overrides of it ask."""
    me = paid.credit.partner["id"]
    match component["type"]:
        case "override":
            basis = commission if of_commission(component) else paid.revenue
            return [
                (above, level["up"], Fraction(level["rate"]) * basis)
                for level in component["levels"]
                if (above := ancestor(book, paid.credit, level["up"])) is not None
            ]
        case "registered_deal":
            held = conditions.protection(book, paid.credit.line)
            return [] if held is None else [(held["partner"], 0, Fraction(component["rate"]) * paid.revenue)]
        case "bonus":
            return []  # no credit earns it: bonuses.py
        case _:
            amount = ALONE[component["type"]](book, paid, component)
            return [] if amount is None else [(me, 0, amount)]


ALONE = {
    "rate": of_rate,
    "per_unit": of_units,
    "tiers": of_tiers,
    "target": of_target,
    "recurring": of_subscription,
}
