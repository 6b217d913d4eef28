"""Whole partner programmes out of a seed, larger than Hypothesis makes them: plain random numbers, and quick.

Promises: one text gives one programme; at least five partners and fifty lines; called by tests/oracle/__main__.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from incentives.plans.facts import (
    Assignment,
    Customer,
    Facts,
    Goal,
    Held,
    Partner,
    Payment,
    Plan,
    Protection,
    SaleLine,
    SplitShare,
    Standing,
)
from prm.kit.periods import Period
from tests.support.plan_facts import (
    CUSTOMERS,
    day,
    document,
    facts,
    plan,
    protected,
    rates,
    refund,
    sale,
    version,
)
from tests.support.programme_rules import some_caps, some_components

SPAN = (date(2026, 1, 1), date(2026, 9, 1))
FIRST_DAY = date(2025, 12, 1)
# Each buys in one month of the year alone, so that somebody is always new.
MONTHLY = tuple(Customer(f"shop{month}", "retail", (f"tax:shop{month}",)) for month in range(1, 13))
PRICES = {
    ("EUR", "USD"): "1.0835",
    ("EUR", "JPY"): "161.37",
    ("EUR", "KWD"): "0.3312",
    ("USD", "EUR"): "0.9231",
    ("USD", "JPY"): "149.5",
    ("JPY", "EUR"): "0.0062",
    ("JPY", "USD"): "0.0067",
    ("KWD", "USD"): "3.2571",
}


def programme(seed: str) -> Facts:
    chance = Random(seed)
    codes = [f"p{place}" for place in range(1, chance.randint(5, 7) + 1)]
    sales = [_sale(chance, f"s{place}", codes) for place in range(chance.randint(42, 52))]
    sales = [replace(one, payments=_payments(chance, one)) for one in sales]
    refunds = [_refund(chance, f"r{place}", chance.choice(sales)) for place in range(chance.randint(8, 14))]
    plans = [_plan(chance, name) for name in ("plan", "other", "spiff")[: chance.randint(1, 3)]]
    priced = chance.choice([date(2025, 11, 20), day(1, 20)])
    return facts(
        [*sales, *refunds],
        partners=tuple(_partner(chance, code, codes) for code in codes),
        customers=(*CUSTOMERS, *MONTHLY),
        plans=tuple(plans),
        assignments=tuple(_assignment(chance, one.id) for one in plans),
        protections=_protections(chance, codes),
        goals=_goals(chance, codes, plans),
        rates=rates(
            *(
                (*pair, priced + timedelta(days=gap), _price(value, gap))
                for pair, value in PRICES.items()
                for gap in range(0, 280, chance.choice([7, 7, 8, 10]))
            )
        ),
        closed_at={
            Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC)
            for month in range(1, chance.randint(1, 7))
        },
        fiscal_month=chance.choice([1, 1, 2, 7]),
    )


def _price(begins: str, days: int) -> str:
    """Each rate is another, so that the day matters."""
    return str((Decimal(begins) * (1 + Decimal(days) / 2000)).quantize(Decimal("0.000001")))


def _day(chance: Random, spread: int = 230) -> date:
    """Often one of a few, so that order within a day and whole months between days are met."""
    made = FIRST_DAY + timedelta(days=chance.randrange(spread))
    return made.replace(day=chance.choice([1, 15])) if chance.random() < 0.5 else made


def _arrived(chance: Random) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(230))


def _minor(chance: Random) -> int:
    """Mostly round, so that bounds are met exactly."""
    return chance.choice([chance.randint(0, 3000), 500, 500, 1000, 1000, 2000, chance.randint(1, 30) * 100])


def _split(chance: Random, codes: list[str]) -> tuple[SplitShare, ...]:
    if chance.random() < 0.75:
        return ()
    first, second, third = chance.sample(codes, 3)
    return chance.choice(
        [
            tuple(SplitShare(code, parts=1) for code in (first, second, third)),
            (SplitShare(first, Decimal("33.333333")), SplitShare(second, Decimal("66.666667"))),
            (SplitShare(first, parts=2), SplitShare(second, parts=0), SplitShare(third, parts=5)),
        ]
    )


def _sale(chance: Random, name: str, codes: list[str]) -> SaleLine:
    make = refund if chance.random() < 0.1 else sale
    on = _day(chance)
    return make(
        name,
        on,
        "0",
        partner=chance.choice([*codes, codes[0], codes[0], None]),
        amount_minor=_minor(chance) if chance.random() < 0.96 else 0,
        currency=chance.choice(["EUR", "EUR", "EUR", "EUR", "USD", "JPY"]),
        cost_minor=chance.choice([None, _minor(chance), _minor(chance)]),
        split=_split(chance, codes),
        source=chance.choice(["erp", "erp", "shop"]),
        order_number=chance.choice(["", "", "o1", "o2", "o3"]),
        quantity=chance.choice([Decimal(1), Decimal(7), Decimal("2.5"), Decimal("0.333333")]),
        product_id=chance.choice(["bike", "bike", "bike", "sock", "visit"]),
        customer_id=chance.choice([None, "bank", "bank", "farm", MONTHLY[on.month - 1].id]),
        deal_id=chance.choice([None, None, None, None, "d0", "d1"]),
        subscription_ref=chance.choice(["", "", "", "sub1", "sub2", "sub3"]),
        invoiced_on=chance.choice([None, on, on + timedelta(days=chance.randrange(90)), _day(chance)]),
        recorded_at=_arrived(chance),
    )


def _payments(chance: Random, of: SaleLine) -> tuple[Payment, ...]:
    """None, all of it, parts, or too much; before the sale too, and after the end."""
    if of.kind != "sale":
        return ()
    parts = chance.choice([(), (1,), (1,), (2,), (3, 3), (3, 3, 3), (2, 2, 2), (7, 2)])
    return tuple(
        Payment(
            of.occurred_on + timedelta(days=chance.randrange(-20, 150)),
            max(of.amount_minor // part + chance.choice([0, 0, 1]), 1),
            chance.choice([of.currency] * 8 + ["GBP"]),
        )
        for part in parts
    )


def _refund(chance: Random, name: str, of: SaleLine) -> SaleLine:
    share = of.amount_minor // chance.randint(1, 4) + chance.choice([0, 0, 0, 1])
    return refund(
        name,
        of.occurred_on + timedelta(days=chance.randrange(120)),
        "0",
        of=chance.choice([of.external_id] * 12 + ["unknown"]),
        partner=of.partner_id,
        amount_minor=share,
        currency=chance.choice([of.currency] * 15 + ["USD"]),
        source=of.source,
        recorded_at=_arrived(chance),
    )


def _bounds(chance: Random) -> list[date]:
    """Some first days of spans that follow each other."""
    return sorted({date(2025, 1, 1), *(_day(chance) for _ in range(chance.randint(0, 2)))})


def _held(chance: Random, values: list[str]) -> tuple[Held, ...]:
    """At most one of the values at a time."""
    starts = _bounds(chance)
    ends: list[date | None] = [*starts[1:], None]
    return tuple(
        Held(chance.choice(values), *span) for span in zip(starts, ends, strict=True) if chance.random() < 0.7
    )


def _partner(chance: Random, code: str, codes: list[str]) -> Partner:
    """Only those of a higher code stand above one, so never in a circle."""
    starts = _bounds(chance)
    ends: list[date | None] = [*starts[1:], None]
    standings = tuple(
        Standing(
            *span,
            chance.choice(["reseller", "reseller", "integrator"]),
            chance.choice(["DE", ""]),
            chance.choice(["North", "South"]),
            chance.choice(["gold", "gold", "silver", ""]),
        )
        for span in zip(starts, ends, strict=True)
    )
    above = codes[codes.index(code) + 1 :]
    return Partner(
        code,
        code,
        standings,
        segments=(*_held(chance, ["key"]), *_held(chance, ["vip"])),
        certificates=(*_held(chance, ["cloud", "edge"]), *_held(chance, ["Über"])),
        parents=_held(chance, above[:2]) if above else (),
        joined_on=chance.choice([date(2020, 1, 1), _day(chance)]),
    )


def _protections(chance: Random, codes: list[str]) -> tuple[Protection, ...]:
    """One after the other on each key and line; the two deals that lines may name are always known."""
    found: list[Protection] = []
    places = [
        ("tax:bank", "bikes"),
        ("web:bank", "bikes"),
        ("tax:bank", "clothing"),
        ("fold:farm", "bikes"),
    ]
    for key, category in places:
        starts_on = date(2025, 12, 15)
        for _ in range(chance.randint(1, 3)):
            starts_on += timedelta(days=chance.randrange(40))
            ends_on = starts_on + timedelta(days=chance.randint(1, 90))
            found.append(protected(f"d{len(found)}", chance.choice(codes), starts_on, ends_on, key, category))
            starts_on = ends_on
    return tuple(found)


def _goals(chance: Random, codes: list[str], plans: list[Plan]) -> tuple[Goal, ...]:
    """Some set for single partners, of windows that begin then."""
    aims = sorted(
        {
            (each.id, component.id)
            for each in plans
            for version in each.versions
            for component in version.document.components
            if component.type == "target"
        }
    )
    starts = [day(1), day(2), day(4), day(5), date(2025, 7, 1), date(2026, 7, 1)]
    return tuple(
        Goal(*aim, code, chance.choice(starts), chance.choice([Decimal(8), Decimal("12.5"), Decimal("0.07")]))
        for aim in aims
        for code in codes
        if chance.random() < 0.3
    )


def _plan(chance: Random, name: str) -> Plan:
    currency = chance.choice(["EUR", "EUR", "EUR", "JPY", "KWD"])
    fixed = {
        "currency": currency,
        "payout_currency": chance.choice([currency, currency, "USD"]),
        "period": chance.choice(["month", "quarter"]),
    }
    versions = []
    for number in range(1, chance.randint(1, 3) + 1):
        starts_on = chance.choice([date(2025, 1, 1), day(2, 10), day(4, 1)])
        versions.append(
            version(
                _document(chance, fixed),
                number,
                starts_on if number > 1 else date(2025, 1, 1),
                chance.choice([None, None, day(5, 1)]),
                date(2025, 12, number),
                name,
            )
        )
    return plan(*versions, plan_id=name, slot="spiff" if name == "spiff" else "main")


def _document(chance: Random, fixed: dict[str, Any]) -> dict[str, Any]:
    return document(
        *some_components(chance, fixed["currency"]),
        **fixed,
        refund_policy=chance.choice(["original_rate", "recompute"]),
        earning_event=chance.choice(["order", "order", "order", "invoice", "payment"]),
        caps=some_caps(chance),
    )


def _assignment(chance: Random, name: str) -> Assignment:
    """The first plan is mostly everyone's, so that most lines earn."""
    everyone, others = ("everyone", ""), [("partner", "p1"), ("tier", "gold"), ("type", "reseller")]
    others += [("segment", "key"), ("segment", "vip")]
    chosen = everyone if chance.random() < (0.8 if name != "other" else 0) else chance.choice(others)
    starts_on = chance.choice([date(2025, 1, 1), date(2025, 1, 1), day(2, 1)])
    made = Assignment(name, chosen[0], starts_on, chosen[1])
    return replace(made, ends_on=chance.choice([None, None, day(6, 1)]))
