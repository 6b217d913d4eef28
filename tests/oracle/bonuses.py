"""What a whole window earns at its steps (money.md 3 `bonus`, 4 "Bonus and window top-up")."""

from collections.abc import Iterator
from fractions import Fraction

from tests.oracle import agreements, arithmetic, days, goals, payments
from tests.oracle.book import Book, Row
from tests.oracle.components import Paid
from tests.oracle.credits import Credit, all_credits
from tests.oracle.limits import Amount, limit
from tests.oracle.volume import Member, Volume, in_currency, reaches


def of_plans(book: Book, starts_on: str) -> Iterator[Amount]:
    """One for each bonus, partner and window; what was reached before the books begin is not paid."""
    for (plan_id, _, kind, _), (credit, document) in last_claims(book, starts_on).items():
        for place, component in enumerate(document["components"]):
            if component["type"] != "bonus":
                continue
            measured = what_measures(document, component)
            if agreements.window_kind(document, measured) == kind:
                made = of_window(book, book.plans[plan_id], document, place, credit)
                if made is not None and made.paid.credit.on >= starts_on:
                    yield made


def last_claims(book: Book, starts_on: str) -> dict[tuple[str, str, str, str], tuple[Credit, Row]]:
    """By plan, partner, kind of window and window: the last credit of the books that a version of the plan is for."""
    found = {}
    for credit in all_credits(book):  # in measuring order
        if credit.on < starts_on:
            continue
        for plan in agreements.plans_of(book, credit):
            version = agreements.version_of(plan, credit.on)
            if version is None:
                continue
            for kind in days.MONTHS:
                start, _ = days.window(credit.on, kind, book.fiscal_month)
                found[plan["id"], credit.partner["id"], kind, start] = (credit, version["document"])
    return found


def by_attainment(component: Row) -> bool:
    return "from_attainment" in component["steps"][0]


def what_measures(document: Row, component: Row) -> Row:
    """Steps by attainment take window, measure and filters of the plan's one target."""
    if not by_attainment(component):
        return component
    found: Row = next(row for row in document["components"] if row["type"] == "target")
    return found


def of_window(book: Book, plan: Row, document: Row, place: int, last: Credit) -> Amount | None:
    """`last`: the window's last credit, whose version rules."""
    component = document["components"][place]
    measured = what_measures(document, component)
    volume = Volume(book, last, plan, document, measured)
    volume.members = in_part(book, document, volume.members)
    reached = step_reached(bounds(book, plan, document, component, last), volume.total)
    if reached is None:
        return None
    bound, step = reached
    dated_by = credit_that_reached(volume, bound)
    factor = in_currency(book, dated_by, document["currency"])
    payout = book.rate(document["currency"], agreements.currency_of_payout(document), rate_day(dated_by))
    if factor is None or payout is None:
        return None
    minor = kept(arithmetic.half_away(exact(step, volume.total, document)), component, document)
    start, _ = days.window(last.on, agreements.window_kind(document, measured), book.fiscal_month)
    paid = Paid(dated_by, plan, document, factor, payout)
    return Amount(paid, component, place, last.partner["id"], 0, minor, minor, start)


def in_part(book: Book, document: Row, members: list[Member]) -> list[Member]:
    """A bonus measures what is paid."""
    return [(credit, size * payments.part(book, document, credit.line)) for credit, size in members]


def bounds(book: Book, plan: Row, document: Row, component: Row, last: Credit) -> list[tuple[Fraction, Row]]:
    """Where each step begins; one whose goal comes to nothing cannot be reached."""
    measured = what_measures(document, component)
    if by_attainment(component):
        goal = goals.goal_of(book, last, plan, document, measured)
        starts = [Fraction(step["from_attainment"]) * goal for step in component["steps"]]
    else:
        starts = [goal_of_step(book, plan, document, component, step, last) for step in component["steps"]]
    return [(start, step) for start, step in zip(starts, component["steps"], strict=True) if start]


def goal_of_step(book: Book, plan: Row, document: Row, component: Row, step: Row, last: Credit) -> Fraction:
    """As it is written, unless the step is prorated."""
    whole = goals.measured(step["goal"], document, component)
    if not step.get("prorate"):
        return whole
    window = days.window(last.on, agreements.window_kind(document, component), book.fiscal_month)
    return goals.to_smallest(whole * goals.share_of_window(book, last.partner, plan, window), component)


def step_reached(starts: list[tuple[Fraction, Row]], volume: Fraction) -> tuple[Fraction, Row] | None:
    """The highest one alone pays."""
    return next(((start, step) for start, step in reversed(starts) if reaches(volume, start)), None)


def credit_that_reached(volume: Volume, bound: Fraction) -> Credit:
    """The first one with which the running volume came up to the step."""
    running = Fraction(0)
    for credit, size in volume.members:
        running += size
        if reaches(running, bound):
            return credit
    raise AssertionError("the volume reaches what its credits do not")


def rate_day(dated_by: Credit) -> str:
    return dated_by.on


def exact(step: Row, volume: Fraction, document: Row) -> Fraction:
    if "rate" in step:
        return Fraction(step["rate"]) * volume
    return arithmetic.to_minor(step["amount"], document["currency"])


def kept(minor: int, component: Row, document: Row) -> int:
    cap = limit(component, "cap", "window", document["currency"])
    return minor if cap is None else min(minor, cap)
