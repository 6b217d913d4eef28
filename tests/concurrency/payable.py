"""A payout run of roubles that two people wait for, what can happen to it meanwhile, and what of it left.

Called by: tests.concurrency.test_payout_races."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from incentives.earnings.models import Entry
from incentives.holds.actions import Wanted, place_hold
from incentives.ledger.models import Transfer
from incentives.payouts import actions, exporting, withholding
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.files.formats import CLIENT_BANK
from incentives.payouts.files.payments import Payer
from incentives.payouts.models import PayoutAllocation, PayoutApproval, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.payers import confirm_payer, propose_payer
from incentives.payouts.taxes import set_standing
from incentives.plans.actions import draft_version, publish_version
from incentives.plans.models import Plan
from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.currencies.actions import PublishedRate, publish_rates
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from tests.incentives.payouts.files.readers import read
from tests.support.adjustments import adjusted
from tests.support.cast import Cast, Person, stage
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import LATER, close_month, submitted_payout, tick

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
BIK = "044525225"
NORTH, SOUTH, OTHER = "40702810020561559802", "40702810870577567216", "40702810941075802137"
NORTH_ID, SOUTH_ID, OTHER_ID = "7720561556", "7770577569", "7741075807"
PAYER = Payer(
    name="ООО «Акме»", account="40702810400000000225", bank_code=BIK, currency="RUB", tax_id="7707083893",
    bank_name="ПАО СБЕРБАНК", correspondent="30101810400000000225",
)  # fmt: skip
Left = list[tuple[str, int, str, str]]
APPROVED: Left = [(NORTH, 10_000, "ООО «Норд»", NORTH_ID), (SOUTH, 5_000, "ООО «Юг»", SOUTH_ID)]
NOTHING: Left = []


@dataclass(frozen=True)
class Payable:
    """A run as it was handed over for approval, and the database that it lies in."""

    cast: Cast
    run: PayoutRun
    database: str


def submitted_run() -> tuple[Cast, PayoutRun]:
    """Northwind earned 100.00 in a closed January, Southwind 50.00; the orders go out of Acme's own account."""
    cast = stage()
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], currency="RUB")
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "N1", date(2026, 1, 10), 100_000, currency="RUB")
        sell(cast.southwind, product, "S1", date(2026, 1, 11), 50_000, currency="RUB")
        replace_payer(cast, PAYER)
        # Held against the vendor's limit, which is in euros, the run is small: one person approves it.
        worth = PublishedRate("RUB", "EUR", LATER.date(), Decimal("0.01"), "test")
        publish_rates(actor=cast.vera.actor, rates=[worth], at=tick())
    _furnish(cast, cast.northwind, cast.paul, NORTH, "ООО «Норд»", NORTH_ID)
    _furnish(cast, cast.southwind, cast.sven, SOUTH, "ООО «Юг»", SOUTH_ID)
    close_month(cast, JANUARY)
    return cast, submitted_payout(cast, JANUARY, currency="RUB")


def _furnish(cast: Cast, partner: Partner, proposer: Person, account: str, holder: str, tax_id: str) -> None:
    long_ago = LATER - timedelta(days=200)
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=partner.id).update(tax_id=tax_id)
        proposed = propose_account(
            actor=proposer.actor, partner_id=partner.id, currency="RUB", holder=holder, account=account, bank_code=BIK,
            at=long_ago,
        )  # fmt: skip
        confirm_account(actor=cast.olga.actor, account=proposed, at=long_ago)


# --- The steps


def approve(payable: Payable) -> PayoutRun:
    run = payable.run
    return actions.approve_run(
        actor=payable.cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick()
    )


def begin_export(payable: Payable) -> PayoutRun:
    return exporting.start_export(actor=payable.cast.felix.actor, run=payable.run, at=tick())


def write(payable: Payable) -> PayoutRun:
    return exporting.write_export(run_id=payable.run.id, at=tick())


def export_if_allowed(payable: Payable) -> None:
    """As far as it goes."""
    with suppress(actions.ContentChanged, actions.RunStateRefuses), tenant_context(payable.cast.acme.id):
        begin_export(payable)
    with tenant_context(payable.cast.acme.id):
        write(payable)


def left(payable: Payable) -> Left:
    """What the run's orders say; the same as the ledger moved, under the hash that was handed over and approved."""
    with tenant_context(payable.cast.acme.id):
        run, files = state_of(payable), list(PayoutFile.objects.all())
        moved = Transfer.objects.filter(source_id=run.id, credit__code="in_transit")
        amounts = sorted(moved.values_list("amount_minor", flat=True))
        sent = PayoutItem.objects.filter(run_id=run.id, state="sent").count()
        if not files:
            assert (amounts, sent, run.state == "exported") == ([], 0, False)
            return NOTHING
        (approval,) = PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True)
        assert (run.state, run.content_hash) == ("exported", payable.run.content_hash)
        assert approval.content_hash == payable.run.content_hash
        (written,) = files
        lines = read(CLIENT_BANK, read_file(written.file)).lines
    assert amounts == sorted(line.amount_minor for line in lines)
    assert sent == len(lines)
    return sorted((line.account, line.amount_minor, line.holder, line.tax_id) for line in lines)


def state_of(payable: Payable) -> PayoutRun:
    return PayoutRun.objects.get(id=payable.run.id)


def standing(payable: Payable) -> tuple[str, int, int]:
    """The run's state, how many approvals live, and how many entries it holds."""
    with tenant_context(payable.cast.acme.id):
        approvals = PayoutApproval.objects.filter(voided_at__isnull=True).count()
        taken = PayoutAllocation.objects.filter(released_at__isnull=True).count()
        return state_of(payable).state, approvals, taken


# --- What somebody does meanwhile

Change = Callable[[Payable], Any]


def replace_details(payable: Payable) -> Any:
    cast = payable.cast
    proposed = propose_account(
        actor=cast.vera.actor, partner_id=cast.northwind.id, currency="RUB", holder="ООО «Норд»", account=OTHER,
        bank_code=BIK, at=tick(),
    )  # fmt: skip
    return confirm_account(actor=cast.olga.actor, account=proposed, at=tick())


def replace_payer(cast: Cast, payer: Payer) -> Any:
    proposed = propose_payer(actor=cast.felix.actor, payer=payer, file_kind=CLIENT_BANK, at=tick())
    return confirm_payer(actor=cast.olga.actor, account=proposed, at=tick())


def pay_from_another_account(payable: Payable) -> Any:
    return replace_payer(payable.cast, Payer(**{**vars(PAYER), "account": OTHER}))


def change_tax_id(payable: Payable) -> Any:
    cast = payable.cast
    return change_partner(
        actor=cast.vera.actor, partner=cast.northwind, changes={"tax_id": OTHER_ID}, at=tick()
    )


def pause_partner(payable: Payable) -> Any:
    cast = payable.cast
    return change_partner(
        actor=cast.vera.actor, partner=cast.northwind, changes={"status": "paused"}, at=tick()
    )


def tax_otherwise(payable: Payable) -> Any:
    """From now on 13 % would be withheld of what Northwind is paid."""
    cast = payable.cast
    confirm_rate(cast, "individual", 13)
    return set_standing(actor=cast.olga.actor, partner=cast.northwind, status="individual", at=tick())


def raise_rate(payable: Payable) -> Any:
    return confirm_rate(payable.cast, "company", 20)


def confirm_rate(cast: Cast, status: str, percent: int) -> Any:
    rate = withholding.propose_rate(
        actor=cast.felix.actor, status=status, percent=Decimal(percent), starts_on=JANUARY, at=tick()
    )
    return withholding.confirm_rate(actor=cast.olga.actor, rate=rate, at=tick())


def hold_northwind(payable: Payable) -> Any:
    wanted = Wanted(partner=payable.cast.northwind, reason="Under review")
    return place_hold(actor=payable.cast.olga.actor, wanted=wanted, at=tick())


def adjust_entry(payable: Payable) -> Any:
    """30.00 less for a sale that the run pays."""
    entry = Entry.objects.get(partner_id=payable.cast.northwind.id)
    return adjusted(payable.cast, -3_000, at=tick(), currency="RUB", entry=entry)


def refund_sale(payable: Payable) -> Any:
    """Half of what the run pays for comes back, and February's calculation has it. In transactions of its own."""
    cast = payable.cast
    with tenant_context(cast.acme.id):
        sale, product = SaleLine.objects.get(external_id="N1"), Product.objects.get()
        sell(cast.northwind, product, "N1r", date(2026, 2, 3), 50_000, refunds=sale, currency="RUB")
    return calculate(cast.acme, FEBRUARY, at=tick())


def publish_another_version(payable: Payable) -> Any:
    """Half the rate, and a minimum that the run would not reach."""
    cast = payable.cast
    document = {
        "currency": "RUB", "minimum_payout": "500.00", "components": [{"id": "base", "type": "rate", "rate": "0.05"}],
    }  # fmt: skip
    draft = draft_version(
        actor=cast.vera.actor, plan=Plan.objects.get(), document=document, starts_on=JANUARY, at=tick()
    )
    return publish_version(actor=cast.vasily.actor, version=draft, at=tick())


def recalculate(payable: Payable) -> PayoutRun:
    return actions.recalculate_run(actor=payable.cast.vera.actor, run=payable.run, at=tick())


def reject(payable: Payable) -> PayoutRun:
    return actions.reject_run(actor=payable.cast.olga.actor, run=payable.run, reason="look again", at=tick())


def cancel(payable: Payable) -> PayoutRun:
    return actions.cancel_run(actor=payable.cast.vera.actor, run=payable.run, reason="not now", at=tick())
