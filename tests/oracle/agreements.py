"""Which plan, which version and which component a credit falls under (money.md 1.3, 4 "Versions", "Assignment")."""

from tests.oracle import conditions, days, payments
from tests.oracle.book import Book, Row
from tests.oracle.credits import Credit

RANKS = ("partner", "segment", "tier", "type", "everyone")


def rank(audience: str) -> int:
    """The lower one wins."""
    return RANKS.index(audience)


def addresses(assignment: Row, partner: Row, day: str) -> bool:
    target = assignment.get("target")
    row = conditions.standing(partner, day)
    match assignment["audience"]:
        case "partner":
            return bool(target == partner["id"])
        case "segment":
            return target in conditions.held(partner.get("segments", []), day)
        case "tier" | "type":
            return bool(target) and target == row.get(assignment["audience"])
        case _:
            return True


def plans_of(book: Book, credit: Credit) -> list[Row]:
    return plans_on(book, credit.partner, credit.on)


def plans_on(book: Book, partner: Row, day: str) -> list[Row]:
    """One per slot; where two of equal rank meet, the slot stops."""
    found = []
    mine = [row for row in book.data["assignments"] if days.holds(row, day) and addresses(row, partner, day)]
    for slot in sorted({plan.get("slot", "main") for plan in book.plans.values()}):
        offers = [row for row in mine if book.plans[row["plan"]].get("slot", "main") == slot]
        best = min((rank(row["audience"]) for row in offers), default=None)
        chosen = {row["plan"] for row in offers if rank(row["audience"]) == best}
        if len(chosen) == 1:
            found.append(book.plans[chosen.pop()])
    return found


def later(version: Row) -> str:
    """Of the versions that cover a day the one published last rules."""
    published: str = version["published"]
    return published


def version_of(plan: Row, day: str) -> Row | None:
    return max((row for row in plan["versions"] if days.holds(row, day)), key=later, default=None)


def currency_of_payout(document: Row) -> str:
    chosen: str = document.get("payout_currency") or document["currency"]
    return chosen


def period(document: Row) -> str:
    chosen: str = document.get("period", "month")
    return chosen


def window_kind(document: Row, component: Row) -> str:
    """The window that the component measures in and that its window cap counts in."""
    chosen: str = component.get("window") or period(document)
    return chosen


def has_earned(book: Book, document: Row, line: Row) -> bool:
    """A plan that earns with the invoice waits for it, one that earns with the payment for some of that; a credit note
    without a sale is its own document."""
    if payments.awaited(document):
        return payments.part(book, document, line) > 0
    if document.get("earning_event", "order") != "invoice" or line["kind"] == "refund":
        return True
    return bool(line.get("invoiced")) and line["invoiced"] < book.until


def is_paid(book: Book, credit: Credit, component: Row) -> bool:
    """`from`, `to` and `where` narrow what is paid."""
    return days.holds(component, credit.on) and conditions.passes(book, credit, component.get("where"))


def pays(book: Book, plan: Row, document: Row, component: Row, credit: Credit) -> bool:
    """Whether this component of this version is what pays the credit."""
    if not is_paid(book, credit, component) or plan not in plans_of(book, credit):
        return False
    version = version_of(plan, credit.on)
    return version is not None and version["document"] is document


def is_measured(book: Book, credit: Credit, component: Row) -> bool:
    """`measure_where` alone decides; without it what narrows the pay narrows the volume too."""
    if component.get("measure_where") is not None:
        return conditions.passes(book, credit, component["measure_where"])
    return is_paid(book, credit, component)
