"""A programme of many partners and lines out of a seed, in the database and as the oracle calculates it.

Promise: nothing that is expected comes from the product's own calculation; called by tests.concurrency.crash."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db.models import Sum

from incentives.earnings.models import Entry
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import list_balances
from incentives.plans.facts import Facts, Held, Partner, SaleLine, SplitShare
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.oracle.evaluate import Key, evaluate
from tests.support.oracle_facts import plain
from tests.support.plan_facts import (
    day,
    document,
    facts,
    override,
    rate,
    rates,
    refund,
    sale,
    target,
    tiers,
)

SPAN = (day(1), day(4))
TREE = 5  # partners that hang together
Amounts = dict[Key, tuple[int, int]]


def programme(seed: str, lines: int) -> Facts:
    """About fifty lines a partner; refunds, splits, a second currency, everything that volume decides."""
    chance = Random(seed)
    codes = [f"p{place:04}" for place in range(max(lines // 50, 2 * TREE))]
    sales = [_sale(chance, f"s{place}", codes) for place in range(lines * 19 // 20)]
    refunds = [_refund(chance, f"r{place}", chance.choice(sales)) for place in range(lines - len(sales))]
    return facts(
        [*sales, *refunds],
        _rules(),
        partners=tuple(_partner(place, codes) for place in range(len(codes))),
        rates=rates(
            *(("USD", "EUR", SPAN[0] + timedelta(days=7 * week), f"0.9{week:02}1") for week in range(14))
        ),
    )


def _rules() -> dict[str, object]:
    return document(
        tiers("marginal", [("0", "0.05"), ("500", "0.07"), ("2000", "0.1")], "volume", window="quarter"),
        target([("0", "0.01"), ("0.5", "x2"), ("1", "0.03")], "1500", mode="retroactive", window="quarter"),
        rate("0.02", "flat", cap={"window": "40"}),
        override("0.03", "0.01", component_id="tree", basis="revenue"),
        override("0.1", component_id="share", basis="commission"),
        payout_currency="EUR",
    )


def _partner(place: int, codes: list[str]) -> Partner:
    """The last of each few stands above the others; the first is two steps below."""
    top = min(place - place % TREE + TREE, len(codes)) - 1
    above = place + 1 if place % TREE == 0 else top
    parents = (Held(codes[above], date(2020, 1, 1)),) if place < above < len(codes) else ()
    return Partner(codes[place], codes[place], parents=parents, joined_on=date(2020, 1, 1))


def _sale(chance: Random, name: str, codes: list[str]) -> SaleLine:
    first, second = chance.sample(codes, 2)
    shared = chance.random() < 0.05
    return sale(
        name,
        SPAN[0] + timedelta(days=chance.randrange(90)),
        "0",
        first,
        amount_minor=chance.randint(1, 20000),
        currency=chance.choice(["EUR"] * 9 + ["USD"]),
        quantity=Decimal(chance.randint(1, 9)),
        split=[SplitShare(first, parts=1), SplitShare(second, parts=2)] if shared else (),
    )


def _refund(chance: Random, name: str, of: SaleLine) -> SaleLine:
    on = min(of.occurred_on + timedelta(days=chance.randrange(30)), SPAN[1] - timedelta(days=1))
    part = of.amount_minor // chance.randint(1, 4)
    return refund(name, on, "0", of.external_id, of.partner_id, amount_minor=part, currency=of.currency)


def expected(known: Facts) -> Amounts:
    return evaluate(plain(known), *(day.isoformat() for day in SPAN))


def posted(tenant: Tenant) -> Amounts:
    """All entries of a key together, without those that come to nothing."""
    fields = (
        "plan_id",
        "component_id",
        "line_id",
        "credited_partner_id",
        "partner_id",
        "depth",
        "belongs_on",
    )
    with tenant_context(tenant.id):
        rows = list(
            Entry.objects.values_list(*fields).annotate(a=Sum("amount_minor"), b=Sum("payout_amount_minor"))
        )
    return {
        (str(plan), component, str(line), str(credited), str(partner), depth, belongs.isoformat()): (a, b)
        for plan, component, line, credited, partner, depth, belongs, a, b in rows
        if (a, b) != (0, 0)
    }


def faults_in_the_money(tenant: Tenant, wanted: Amounts) -> list[str]:
    """Entries against the oracle, balances against the entries, and the books against themselves."""
    found = posted(tenant)
    keys = [key for key in {**found, **wanted} if found.get(key) != wanted.get(key)]
    told = [f"{key}: posted {found.get(key)}, oracle {wanted.get(key)}" for key in keys]
    owed: Counter[str] = Counter()
    for key, (_, payout) in wanted.items():
        owed[key[4]] += payout
    with tenant_context(tenant.id):
        booked: Counter[str] = Counter()
        for balance in list_balances():
            if balance.code.startswith("payable"):
                booked[str(balance.partner_id)] += balance.balance_minor
        told += [f"{verdict.promise} does not hold" for verdict in prove_books() if not verdict.holds]
    told += [
        f"{partner} is owed {owed[partner]}, booked {booked[partner]}"
        for partner in owed | booked
        if owed[partner] != booked[partner]
    ]
    return told
