"""Generated payout runs: what their pain.001 file orders is what the ledger moved, and what the schema allows.

`PRM_PAYOUT_RUNS` says how many, `PRM_PAYOUT_SEED` which; each run has partners, bank details and sales of its own."""

import os
from collections import Counter
from datetime import date, timedelta
from random import Random
from xml.etree import ElementTree

import pytest
from django.db import transaction

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.bank_details import Address
from incentives.payouts.files.formats import PAIN001
from incentives.payouts.files.payments import Payer
from incentives.payouts.models import ItemState, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.payers import confirm_payer, propose_payer
from partners.directory.models import Partner
from partners.products.models import Product
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.incentives.payouts.files.batches import BIC, NAMES, TOWNS, iban
from tests.incentives.payouts.files.readers import read
from tests.incentives.payouts.files.schemas import pain001_schema
from tests.support.cast import Cast, make_partner
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import LATER, close_month, exported_payout, tick

RUNS = int(os.environ.get("PRM_PAYOUT_RUNS", "3"))
SEED = os.environ.get("PRM_PAYOUT_SEED", "20261130")
MONTH = date(2026, 1, 1)
PAYER = Payer("Acme Europe", "AT611904300234573201", "BKAUATWW", "EUR", city="Wien", country="AT")


@pytest.fixture
def product(cast: Cast) -> Product:
    """A tenth of each sale, from 50.00 on, paid from Acme's account and approved by one person."""
    with tenant_context(cast.acme.id):
        Tenant.objects.update(second_approver_above_minor=10**12)
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], minimum_payout="50.00")
        assign(plan)
        payer = propose_payer(actor=cast.felix.actor, payer=PAYER, file_kind=PAIN001, at=tick())
        confirm_payer(actor=cast.olga.actor, account=payer, at=tick())
        return make_product()


def test_what_a_file_orders_is_what_the_ledger_moved(cast: Cast, product: Product) -> None:
    print(f"{RUNS} runs, seed {SEED}")
    payments = 0
    for number in range(RUNS):
        before = transaction.savepoint()  # no block: the product's own must be the outermost
        furnish(cast, product, Random(f"{SEED}/{number}"))
        close_month(cast, MONTH)
        payments += check(cast, exported_payout(cast, MONTH))
        transaction.savepoint_rollback(before)
    print(f"{payments} payments")
    assert payments >= RUNS


def furnish(cast: Cast, product: Product, random: Random) -> None:
    """Partners of which the first has enough to be paid; others have little, owe something, or told no account."""
    for place in range(random.randint(2, 9)):
        partner = make_partner(cast.acme, f"G{place}", random.choice(NAMES))
        if place == 0 or random.random() < 0.8:
            give_account(cast, partner, random)
        with tenant_context(cast.acme.id):
            for line in range(random.randint(1, 3)):
                day = MONTH + timedelta(days=random.randrange(31))
                amount = random.randint(50_000, 10 ** random.randint(5, 7))
                sale = sell(partner, product, f"{place}-{line}", day, amount)
                if place and random.random() < 0.3:
                    back = random.randint(1, amount)
                    sell(partner, product, f"{place}-{line}r", day, back, refunds=sale)
            if place and random.random() < 0.2:
                sell(partner, product, f"{place}-note", MONTH, 10 ** random.randint(4, 7), kind="refund")


def give_account(cast: Cast, partner: Partner, random: Random) -> None:
    long_ago = LATER - timedelta(days=200)
    with tenant_context(cast.acme.id):
        proposed = propose_account(
            actor=cast.vera.actor,
            partner_id=partner.id,
            currency="EUR",
            holder=random.choice(NAMES),
            account=iban(random),
            bank_code=BIC,
            at=long_ago,
            address=Address(random.choice(TOWNS), random.choice(("DE", "FR", "PL", "EE"))),
        )
        confirm_account(actor=cast.olga.actor, account=proposed, at=long_ago)


def check(cast: Cast, run: PayoutRun) -> int:
    """How many payments the file of the run orders."""
    with tenant_context(cast.acme.id):
        content = read_file(PayoutFile.objects.get(run=run).file)
        moved = Counter(
            {
                str(transfer.leg): transfer.amount_minor
                for transfer in Transfer.objects.filter(source_id=run.id, credit__code="in_transit")
            }
        )
        items = {item.id: item for item in PayoutItem.objects.filter(run=run)}
        assert not any(verdict.offenders for verdict in prove_books())
    pain001_schema().validate(ElementTree.fromstring(content))
    found = read(PAIN001, content)
    sent = {str(item.id): item.amount_minor for item in items.values() if item.state == ItemState.SENT}
    assert moved == sent
    assert sorted(line.amount_minor for line in found.lines) == sorted(moved.values())
    assert {line.identity for line in found.lines} == {payment_id.replace("-", "") for payment_id in sent}
    assert set(found.totals_minor) == {run.total_minor} == {sum(moved.values())}
    assert set(found.counts) == {len(sent)}
    return len(sent)
