"""Generated payout runs: what their file orders is what the ledger moved, whatever its kind.

`PRM_PAYOUT_RUNS` says how many of each kind, `PRM_PAYOUT_SEED` which; each run has partners, bank details and sales of
its own."""

import os
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import transaction

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts.bank_accounts import confirm_account, propose_account, unseal
from incentives.payouts.bank_details import Address
from incentives.payouts.files.formats import CLIENT_BANK, PAIN001
from incentives.payouts.files.payments import Payer
from incentives.payouts.models import ItemState, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.payers import confirm_payer, propose_payer
from partners.directory.models import Partner
from partners.products.models import Product
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.incentives.payouts.files.batches import (
    BIC,
    BIK,
    KINDS,
    NAMES,
    RUSSIAN_NAMES,
    TOWNS,
    iban,
    inn,
    russian_account,
)
from tests.incentives.payouts.files.readers import read
from tests.incentives.payouts.files.schemas import pain001_schema
from tests.support.cast import Cast, make_partner
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import LATER, close_month, exported_payout, tick

RUNS = int(os.environ.get("PRM_PAYOUT_RUNS", "2"))
SEED = os.environ.get("PRM_PAYOUT_SEED", "20261130")
MONTH = date(2026, 1, 1)
PAYERS = {
    PAIN001: Payer("Acme Europe", "AT611904300234573201", "BKAUATWW", "EUR", city="Wien", country="AT"),
    CLIENT_BANK: Payer(
        name="ООО «Акме»", account="40702810400000000225", bank_code=BIK, currency="RUB", tax_id="7707083893",
        bank_name="ПАО СБЕРБАНК", correspondent="30101810400000000225",
    ),
}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def currency(kind: str) -> str:
    return "RUB" if kind == CLIENT_BANK else "EUR"


@pytest.fixture
def product(cast: Cast, kind: str, currency: str) -> Product:
    """A tenth of each sale, from 50.00 on, approved by one person; a table is of no account."""
    with tenant_context(cast.acme.id):
        Tenant.objects.update(second_approver_above_minor=10**12)
        plan = make_plan()
        rate = {"id": "base", "type": "rate", "rate": "0.1"}
        publish(plan, [rate], currency=currency, minimum_payout="50.00")
        assign(plan)
        if kind in PAYERS:
            payer = propose_payer(actor=cast.felix.actor, payer=PAYERS[kind], file_kind=kind, at=tick())
            confirm_payer(actor=cast.olga.actor, account=payer, at=tick())
        return make_product()


def test_what_a_file_orders_is_what_the_ledger_moved(
    cast: Cast, kind: str, currency: str, product: Product
) -> None:
    print(f"{RUNS} runs of {kind}, seed {SEED}")
    payments = 0
    for number in range(RUNS):
        before = transaction.savepoint()  # no block: the product's own must be the outermost
        furnish(cast, product, currency, Random(f"{SEED}/{number}"))
        close_month(cast, MONTH)
        payments += check(cast, kind, exported_payout(cast, MONTH, currency=currency))
        transaction.savepoint_rollback(before)
    print(f"{payments} payments")
    assert payments >= RUNS


def furnish(cast: Cast, product: Product, currency: str, random: Random) -> None:
    """Partners of which the first has enough to be paid; others have little, owe something, or told no account."""
    told: dict[str, Any] = {"currency": currency}
    for place in range(random.randint(2, 9)):
        partner = make_partner(cast.acme, f"G{place}", random.choice(NAMES))
        if place == 0 or random.random() < 0.8:
            give_account(cast, partner, currency, random)
        with tenant_context(cast.acme.id):
            for line in range(random.randint(1, 3)):
                day = MONTH + timedelta(days=random.randrange(31))
                amount = random.randint(50_000, 10 ** random.randint(5, 7))
                sale = sell(partner, product, f"{place}-{line}", day, amount, **told)
                if place and random.random() < 0.3:
                    back = random.randint(1, amount)
                    sell(partner, product, f"{place}-{line}r", day, back, refunds=sale, **told)
            if place and random.random() < 0.2:
                note = 10 ** random.randint(4, 7)
                sell(partner, product, f"{place}-note", MONTH, note, kind="refund", **told)


def give_account(cast: Cast, partner: Partner, currency: str, random: Random) -> None:
    long_ago = LATER - timedelta(days=200)
    with tenant_context(cast.acme.id):
        if currency == "RUB":
            Partner.objects.filter(id=partner.id).update(tax_id=inn(random))
            details = {
                "holder": random.choice(RUSSIAN_NAMES),
                "account": russian_account(random),
                "bank_code": BIK,
            }
            town = Address("Москва", "RU")
        else:
            details = {"holder": random.choice(NAMES), "account": iban(random), "bank_code": BIC}
            town = Address(random.choice(TOWNS), random.choice(("DE", "FR", "PL", "EE")))
        proposed = propose_account(
            actor=cast.vera.actor,
            partner_id=partner.id,
            currency=currency,
            **details,
            at=long_ago,
            address=town,
        )
        confirm_account(actor=cast.olga.actor, account=proposed, at=long_ago)


def check(cast: Cast, kind: str, run: PayoutRun) -> int:
    """How many payments the file of the run orders."""
    with tenant_context(cast.acme.id):
        content = read_file(PayoutFile.objects.get(run=run).file)
        moved = Counter(
            {
                str(transfer.leg): transfer.amount_minor
                for transfer in Transfer.objects.filter(source_id=run.id, credit__code="in_transit")
            }
        )
        sent = list(PayoutItem.objects.filter(run=run, state=ItemState.SENT).select_related("bank_account"))
        accounts = {str(item.id): unseal(item.bank_account) for item in sent}
        assert not any(verdict.offenders for verdict in prove_books())
    if kind == PAIN001:
        pain001_schema().validate(ElementTree.fromstring(content))
    found = read(kind, content)
    assert moved == {str(item.id): item.amount_minor for item in sent}
    assert sorted((line.identity, line.account, line.amount_minor) for line in found.lines) == sorted(
        (identity(kind, item), accounts[str(item.id)], moved[str(item.id)]) for item in sent
    )
    totals = {run.total_minor, sum(moved.values()), sum(line.amount_minor for line in found.lines)}
    assert totals | set(found.totals_minor) == {run.total_minor}
    assert {len(found.lines), *found.counts} == {len(moved)}
    return len(sent)


def identity(kind: str, item: PayoutItem) -> str:
    """How the file tells its payments apart."""
    return str(item.order_number) if kind == CLIENT_BANK else item.id.hex
