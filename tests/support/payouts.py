"""A month from sales to money: calculated, closed, paid; for tests of payouts, statements and the ledger.

Called by: tests of payouts and ledger.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from incentives.ledger.actions import close_period
from incentives.payouts.actions import approve_run, prepare_run, submit_run, work_on_run
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.bank_details import Address
from incentives.payouts.exporting import start_export, write_export
from incentives.payouts.models import PayoutItem, PayoutRun
from incentives.payouts.outcomes import confirm_answer, record_outcome
from incentives.payouts.statements import write_statements
from partners.directory.models import Partner
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell

JANUARY = date(2026, 1, 1)
LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_ticks = count()
IBAN = "DE89370400440532013000"


def tick() -> datetime:
    """The next minute: each step of a story happens after the one before."""
    return LATER + timedelta(minutes=next(_ticks))


def give_account(cast: Cast, partner: Partner, proposer: Person, *, currency: str = "EUR") -> None:
    """Bank details that were confirmed long ago."""
    long_ago = LATER - timedelta(days=200)
    with tenant_context(proposer.tenant.id):
        proposed = propose_account(
            actor=proposer.actor,
            partner_id=partner.id,
            currency=currency,
            holder=partner.name,
            account=IBAN,
            bank_code="COBADEFF",
            at=long_ago,
            address=Address("Berlin", "DE"),
        )
        confirm_account(actor=cast.olga.actor, account=proposed, at=long_ago)


def close_month(cast: Cast, period_on: date) -> None:
    calculate(cast.acme, period_on, at=tick())
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=period_on, at=tick())
        write_statements(period_on=period_on)


def owe_northwind(cast: Cast, *, currency: str = "EUR") -> None:
    """Northwind earned 100.00 in January, which is closed; it has bank details."""
    _owe(cast, [(cast.northwind, cast.paul, 100_000)], currency)


def owe_both(cast: Cast) -> None:
    """Northwind earned 100.00 in January and Southwind 50.00; the month is closed, both have bank details."""
    _owe(cast, [(cast.northwind, cast.paul, 100_000), (cast.southwind, cast.sven, 50_000)], "EUR")


def _owe(cast: Cast, sales: Sequence[tuple[Partner, Person, int]], currency: str) -> None:
    """One sale each, a day after the other, of which a tenth is earned."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], currency=currency)
        assign(plan)
        product = make_product()
        for n, (partner, _, amount_minor) in enumerate(sales):
            sold_on = JANUARY + timedelta(days=9 + n)
            sell(partner, product, f"L{n + 1}", sold_on, amount_minor, currency=currency)
    for partner, proposer, _ in sales:
        give_account(cast, partner, proposer, currency=currency)
    close_month(cast, JANUARY)


def calculated_payout(
    cast: Cast, period_on: date, *, preparer: Person | None = None, currency: str = "EUR"
) -> PayoutRun:
    """A run prepared by Vera, calculated by a worker."""
    with tenant_context(cast.acme.id):
        run = prepare_run(
            actor=(preparer or cast.vera).actor,
            period_on=period_on,
            currency=currency,
            pays_on=date(2026, 12, 5),
            at=tick(),
        )
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=tick)
    with tenant_context(cast.acme.id):
        return PayoutRun.objects.get(id=run.id)


def submitted_payout(cast: Cast, period_on: date, *, currency: str = "EUR") -> PayoutRun:
    run = calculated_payout(cast, period_on, currency=currency)
    with tenant_context(cast.acme.id):
        return submit_run(actor=cast.vera.actor, run=run, typed_total_minor=run.total_minor, at=tick())


def settle_by_hand(
    cast: Cast, item: PayoutItem, outcome: str, event_ref: str = "B-1", *, recorder: Person | None = None
) -> PayoutItem:
    """The bank's answer as two people of finance tell it: one records it, the other confirms it."""
    first = recorder or cast.felix
    second = cast.felix if first is cast.olga else cast.olga
    with tenant_context(cast.acme.id):
        answer = record_outcome(
            actor=first.actor, item=item, outcome=outcome, event_ref=event_ref, note="", at=tick()
        )
        if answer is not None:
            confirm_answer(actor=second.actor, run=answer.run, answer_id=answer.id, at=tick())
        return PayoutItem.objects.get(id=item.id)


def exported_payout(cast: Cast, period_on: date, *, currency: str = "EUR") -> PayoutRun:
    run = submitted_payout(cast, period_on, currency=currency)
    with tenant_context(cast.acme.id):
        run = approve_run(actor=cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick())
        if run.state == "submitted":  # above the limit, or in a currency without a rate
            run = approve_run(actor=cast.olga.actor, run=run, typed_total_minor=run.total_minor, at=tick())
        start_export(actor=cast.felix.actor, run=run, at=tick())
        return write_export(run_id=run.id, at=tick())
