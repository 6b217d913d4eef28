"""Approving and exporting while somebody changes what would be paid, in real transactions: what is exported is what was
approved, or nothing is. `PRM_PAYOUT_RACES` says how many times each."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from incentives.payouts import actions, exporting, withholding
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.models import BankAccount, PayoutAllocation, PayoutApproval, PayoutFile, PayoutRun
from incentives.payouts.queries import access_payment_file
from incentives.payouts.taxes import set_standing
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from tests.concurrency.test_sales_ingest import at_once
from tests.support.cast import Cast, stage
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import IBAN, close_month, give_account, submitted_payout, tick

pytestmark = pytest.mark.race
ROUNDS = int(os.environ.get("PRM_PAYOUT_RACES", "2"))
JANUARY = date(2026, 1, 1)
OTHER_IBANS = ("FR1420041010050500013M02606", "NL91ABNA0417164300")


@pytest.fixture
def cast(own_database: str) -> Cast:
    """Northwind earned 100.00 in a closed January, has bank details, and a rate of tax counts for private persons."""
    cast = stage()
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 100_000)
        rate = withholding.propose_rate(
            actor=cast.felix.actor, status="individual", percent=Decimal(13), starts_on=JANUARY, at=tick()
        )
        withholding.confirm_rate(actor=cast.olga.actor, rate=rate, at=tick())
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    return cast


def inside(cast: Cast, step: Callable[[], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with tenant_context(cast.acme.id):
            return step()

    return work


def approve(cast: Cast, run: PayoutRun) -> PayoutRun:
    return actions.approve_run(actor=cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick())


def replace_details(cast: Cast, number: str) -> BankAccount:
    """Other details, confirmed by Olga."""
    proposed = propose_account(
        actor=cast.vera.actor, partner_id=cast.northwind.id, currency="EUR", holder="Northwind", account=number,
        bank_code="", at=tick(),
    )  # fmt: skip
    return confirm_account(actor=cast.olga.actor, account=proposed, at=tick())


def try_to_export(cast: Cast, run: PayoutRun) -> PayoutRun:
    """As far as it goes."""
    refusals = (actions.ContentChanged, actions.RunStateRefuses, exporting.NotApproved)
    with suppress(*refusals), tenant_context(cast.acme.id):
        exporting.start_export(actor=cast.felix.actor, run=run, at=tick())
    with tenant_context(cast.acme.id):
        exporting.write_export(run_id=run.id, at=tick())
        return PayoutRun.objects.get(id=run.id)


def begin_again(cast: Cast, run: PayoutRun) -> None:
    """The run is cancelled and details that rest long enough count again."""
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=run.id)
        if run.state not in ("exported", "settled", "cancelled"):
            actions.cancel_run(actor=cast.vera.actor, run=run, reason="again", at=tick())
        BankAccount.objects.filter(replaced_at__isnull=True).update(replaced_at=tick())
        set_standing(actor=cast.felix.actor, partner=cast.northwind, status="company", at=tick())
    give_account(cast, cast.northwind, cast.paul)


@pytest.mark.parametrize("change", ["details", "tax"])
def test_an_approval_beside_a_change_never_lets_the_old_content_out(cast: Cast, change: str) -> None:
    """Whichever comes first, the change is there before the export, so nothing leaves."""
    for turn in range(ROUNDS):
        run = submitted_payout(cast, JANUARY)
        changes: dict[str, Callable[[], Any]] = {
            "details": partial(replace_details, cast, OTHER_IBANS[turn % 2]),
            "tax": partial(
                set_standing, actor=cast.olga.actor, partner=cast.northwind, status="individual", at=tick()
            ),
        }
        results = at_once(inside(cast, partial(approve, cast, run)), inside(cast, changes[change]))
        assert {type(result) for result in results} <= {
            PayoutRun, BankAccount, actions.ContentChanged, type(results[1]),
        }  # fmt: skip
        assert not isinstance(results[1], Exception)
        assert try_to_export(cast, run).state in ("submitted", "approved")
        with tenant_context(cast.acme.id):
            assert PayoutFile.objects.count() == 0
        begin_again(cast, run)


def test_an_approval_beside_a_rejection_leaves_no_approved_run_without_its_entries(cast: Cast) -> None:
    for _turn in range(ROUNDS):
        run = submitted_payout(cast, JANUARY)
        reject = partial(actions.reject_run, actor=cast.olga.actor, run=run, reason="look again", at=tick())
        at_once(inside(cast, partial(approve, cast, run)), inside(cast, reject))
        with tenant_context(cast.acme.id):
            assert PayoutRun.objects.get(id=run.id).state == "draft"
            assert PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True).count() == 0
            assert PayoutAllocation.objects.filter(released_at__isnull=True).count() == 0
        assert try_to_export(cast, run).state == "draft"
        begin_again(cast, run)


def test_an_export_beside_a_change_of_details_pays_what_was_approved_or_nobody(cast: Cast) -> None:
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        approved = approve(cast, run)
        exporting.start_export(actor=cast.felix.actor, run=approved, at=tick())
    write = partial(exporting.write_export, run_id=run.id, at=tick())
    at_once(inside(cast, write), inside(cast, partial(replace_details, cast, OTHER_IBANS[0])))
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=run.id)
        files = list(PayoutFile.objects.all())
        if run.state == "exported":
            (approval,) = PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True)
            assert approval.content_hash == run.content_hash
            content = read_file(access_payment_file(run).file).decode()
            assert IBAN in content
            assert OTHER_IBANS[0] not in content
        else:
            assert (run.state, files) == ("draft", [])
