"""Plans and sales made up by Hypothesis, in three partners, a dozen lines and at most three plans.

Promise: small numbers on purpose: bounds, halves and full refunds are met often; called by whoever compares two
executions of the same plans."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from incentives.plans.facts import (
    Facts,
    Held,
    Partner,
    Payment,
    Protection,
    SaleLine,
    SplitShare,
    Standing,
)
from prm.kit.periods import Period
from tests.support.generated_plans import EVENTS, days, goals, plans_and_assignments
from tests.support.plan_facts import (
    PARTNERS,
    day,
    facts,
    protected,
    rates,
    refund,
    sale,
)

THIRDS = [SplitShare("p1", parts=1), SplitShare("p2", parts=1), SplitShare("p3", parts=1)]

splits = st.sampled_from(
    [
        (),
        (),
        (),
        tuple(THIRDS),
        (SplitShare("p1", Decimal("33.333333")), SplitShare("p2", Decimal("66.666667"))),
        (SplitShare("p2", parts=2), SplitShare("p3", parts=0), SplitShare("p1", parts=5)),
    ]
)
cents = st.integers(0, 3000) | st.sampled_from([500, 1000, 1000, 2000]) | st.just(1000)


def written(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@st.composite
def sale_lines(draw: st.DrawFn, name: str) -> SaleLine:
    make = refund if draw(st.integers(0, 6)) == 0 else sale
    return make(
        name,
        draw(days) - timedelta(days=30),
        "0",
        partner=draw(st.sampled_from(["p1", "p1", "p2", "p3", None])),
        amount_minor=draw(cents),
        currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", "JPY"])),
        cost_minor=draw(st.none() | cents),
        split=draw(splits),
        source=draw(st.sampled_from(["erp", "erp", "shop"])),
        order_number=draw(st.sampled_from(["", "", "o1", "o2"])),
        quantity=draw(st.sampled_from([Decimal(1), Decimal(7), Decimal("2.5"), Decimal("0.333333")])),
        product_id=draw(st.sampled_from(["bike", "bike", "sock", "visit"])),
        customer_id=draw(st.sampled_from([None, "bank", "bank", "farm"])),
        deal_id=draw(st.sampled_from([None, None, None, "d0", "d1"])),
        subscription_ref=draw(st.sampled_from(["", "", "sub1", "sub2"])),
        invoiced_on=draw(st.none() | days),
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 200))),
    )


@st.composite
def payments(draw: st.DrawFn, sale: SaleLine) -> tuple[Payment, ...]:
    """None, all of it, parts, or too much; before the sale too, and after the end of the calculation."""
    parts = draw(st.sampled_from([(), (1,), (1,), (2,), (3, 3), (3, 3, 3), (2, 2, 2), (7, 2)]))
    return tuple(
        Payment(
            paid_on=sale.occurred_on + timedelta(days=draw(st.integers(-20, 150))),
            amount_minor=max(sale.amount_minor // part + draw(st.sampled_from([0, 0, 1])), 1),
            currency=draw(st.sampled_from([sale.currency] * 8 + ["GBP"])),
        )
        for part in parts
    )


@st.composite
def refund_lines(draw: st.DrawFn, name: str, sales: Sequence[SaleLine]) -> SaleLine:
    of = draw(st.sampled_from(sales))
    share = draw(st.sampled_from([1, 2, 3, 4]))
    return refund(
        name,
        of.occurred_on + timedelta(days=draw(st.integers(0, 120))),
        "0",
        of=draw(st.sampled_from([of.external_id] * 6 + ["unknown"])),
        partner=of.partner_id,
        amount_minor=of.amount_minor // share + draw(st.sampled_from([0, 0, 0, 1])),
        currency=draw(st.sampled_from([of.currency] * 8 + ["USD"])),
        source=of.source,
        recorded_at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 200))),
    )


@st.composite
def memberships(draw: st.DrawFn) -> tuple[Held, ...]:
    """In two segments, each for some of the spans between a few days; a membership never meets itself."""
    bounds = [date(2025, 6, 1), day(1, 20), day(3, 1), day(4, 15), None]
    found = []
    for code in ("key", "vip"):
        for place, starts_on in enumerate(bounds[:-1]):
            if starts_on is not None and draw(st.booleans()):
                found.append(Held(code, starts_on, bounds[place + 1]))
    return tuple(found)


@st.composite
def certificates(draw: st.DrawFn) -> tuple[Held, ...]:
    """Of several people: they may overlap."""
    found = []
    for code in draw(st.lists(st.sampled_from(["cloud", "edge", "Über"]), max_size=3)):
        starts_on = draw(days) - timedelta(days=60)
        lasts = draw(st.sampled_from([None, 1, 40, 90]))
        found.append(Held(code, starts_on, None if lasts is None else starts_on + timedelta(days=lasts)))
    return tuple(found)


# Who may stand above whom: never in a circle.
ABOVE = {"p1": ("p2", "p3"), "p2": ("p3",), "p3": ()}


@st.composite
def parents(draw: st.DrawFn, code: str) -> tuple[Held, ...]:
    """Another one, or nobody, between a few days."""
    bounds = [date(2025, 1, 1), day(1, 25), day(3, 10), None]
    found = []
    for place, starts_on in enumerate(bounds[:-1]):
        parent = draw(st.sampled_from((None, *ABOVE[code])))
        if parent is not None and starts_on is not None:
            found.append(Held(parent, starts_on, bounds[place + 1]))
    return tuple(found)


@st.composite
def protections(draw: st.DrawFn) -> tuple[Protection, ...]:
    """One after the other on each customer and line."""
    found: list[Protection] = []
    for key, category in (
        ("tax:bank", "bikes"),
        ("web:bank", "bikes"),
        ("tax:bank", "clothing"),
        ("fold:farm", "bikes"),
    ):
        starts_on = date(2025, 12, 15)
        for _ in range(draw(st.integers(0, 2))):
            starts_on += timedelta(days=draw(st.integers(0, 40)))
            ends_on = starts_on + timedelta(days=draw(st.integers(1, 90)))
            holder = draw(st.sampled_from(["p1", "p2", "p3"]))
            found.append(protected(f"d{len(found)}", holder, starts_on, ends_on, key, category))
            starts_on = ends_on
    while len(found) < 2:  # so that every deal that a line may name is known
        day_of = date(2027, 1, 1 + len(found))
        found.append(protected(f"d{len(found)}", "p1", day_of, day_of + timedelta(days=1), "tax:nobody"))
    return tuple(found)


@st.composite
def known_facts(draw: st.DrawFn, *, events: Sequence[str] = (*EVENTS, "payment", "payment")) -> Facts:
    """Of the whole plan language; `events`: what its plans earn with."""
    sales = [draw(sale_lines(f"s{place}")) for place in range(draw(st.integers(6, 14)))]
    sales = [replace(sale, payments=draw(payments(sale))) for sale in sales]
    refunds = [draw(refund_lines(f"r{place}", sales)) for place in range(draw(st.integers(0, 5)))]
    made, assignments = draw(plans_and_assignments(events))
    moved = Standing(day(3, 15), None, "integrator", "", "South", draw(st.sampled_from(["silver", ""])))
    first = replace(PARTNERS[0].standings[0], ends_on=moved.starts_on)
    partners: list[Partner] = [
        replace(
            partner,
            segments=draw(memberships()),
            certificates=draw(certificates()),
            parents=draw(parents(code)),
            joined_on=draw(
                st.sampled_from([date(2020, 1, 1), date(2020, 1, 1), day(1, 17), day(3, 2), day(5, 31)])
            ),
        )
        for code, partner in zip(
            ABOVE, (replace(PARTNERS[0], standings=(first, moved)), *PARTNERS[1:]), strict=True
        )
    ]
    priced = draw(st.sampled_from([date(2025, 12, 1), day(2, 1)]))
    pairs = [
        ("EUR", "JPY", "161.37"),
        ("USD", "EUR", "0.9231"),
        ("USD", "JPY", "149.5"),
        ("JPY", "EUR", "0.0062"),
    ]
    pairs += [
        ("EUR", "USD", "1.0835"),
        ("JPY", "USD", "0.0067"),
        ("EUR", "KWD", "0.3312"),
        ("KWD", "USD", "3.2571"),
    ]
    return facts(
        [*sales, *refunds],
        partners=tuple(partners),
        plans=tuple(made),
        assignments=tuple(assignments),
        protections=draw(protections()),
        goals=draw(goals(made)),
        rates=rates(
            *((a, b, priced + timedelta(days=7 * week), r) for a, b, r in pairs for week in range(35))
        ),
        closed_at={
            Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC)
            for month in range(1, draw(st.integers(1, 7)))
        },
        fiscal_month=draw(st.sampled_from([1, 1, 2, 7])),
    )
