"""From a run to what its payment file is written from; what the file could not take is held out before.

Promise: account numbers are unsealed here and go into the file alone; called by payouts.calculation and exporting.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from incentives.payouts import queries
from incentives.payouts.bank_accounts import unseal
from incentives.payouts.files.client_bank import LARGEST_NUMBER, is_order_number
from incentives.payouts.files.formats import CLIENT_BANK, CSV, can_write, faults_of
from incentives.payouts.files.payments import Batch, Payer, Payment, PaymentRefused
from incentives.payouts.models import ItemState, PayoutAllocation, PayoutItem, PayoutRun
from incentives.payouts.payers import payer_of
from incentives.payouts.refusals import facts_of
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant

ORDER_NUMBERS = "payment_order"
ROWS_AT_ONCE = 1000
TRIED_TOGETHER = 500


def file_kind_of(run: PayoutRun) -> str:
    """As the account that pays says; a table where none is told."""
    return str(run.payer_account.file_kind) if run.payer_account else CSV


def batch_of(run: PayoutRun, items: Sequence[PayoutItem], at: datetime) -> Batch:
    """What goes into the run's file, on the clock of the tenant."""
    payer = payer_of(run.payer_account) if run.payer_account else None
    return Batch(
        message_id=message_id_of(run),
        created_at=at.astimezone(current_tenant().zone),
        pays_on=run.pays_on,
        payments=tuple(payment_of(run, item, payer) for item in items),
        payer=payer,
    )


def message_id_of(run: PayoutRun) -> str:
    """Unique for ever, whatever other tenants send through the same bank: the end of the run's id is random."""
    return f"{run}-{run.pays_on:%Y%m%d}-{run.id.hex[-12:].upper()}"


def payment_of(run: PayoutRun, item: PayoutItem, payer: Payer | None) -> Payment:
    """The tax id is that of whose account it is: of a merged partner, its survivor's."""
    account = item.bank_account
    assert account is not None, "a payable item names the account it is paid to"
    told = reference_of(run, item)
    return Payment(
        payment_id=item.id.hex,
        partner_code=item.partner.code,
        holder=account.holder,
        account=unseal(account),
        bank_code=account.bank_code,
        amount_minor=item.amount_minor,
        currency=item.currency,
        reference=payer.reference(told) if payer else told,
        city=account.city,
        country=account.country,
        tax_id=account.partner.tax_id,
        number=item.order_number or 0,
    )


def reference_of(run: PayoutRun, item: PayoutItem) -> str:
    """The run, and the partner's code where the file has letters for it: payments are known by their ids."""
    code = item.partner.code
    return f"{run} {code}" if can_write(file_kind_of(run), code) else str(run)


def number_orders(run: PayoutRun, items: Sequence[PayoutItem]) -> None:
    """Give payment orders their numbers, unique among a million of the tenant's, whatever account and day."""
    if file_kind_of(run) != CLIENT_BANK:
        return
    for item in items:
        item.order_number = _next_order_number()
    PayoutItem.objects.bulk_update(items, ["order_number"], batch_size=ROWS_AT_ONCE)


def _next_order_number() -> int:
    number = 0
    while not is_order_number(number):
        number = next_number(ORDER_NUMBERS) % (LARGEST_NUMBER + 1)
    return number


def hold_unfit(run: PayoutRun, *, at: datetime) -> None:
    """Balances whose details the run's kind of file cannot take are held out, with the field and why; the others are
    paid without them."""
    if run.payer_account is None:
        return
    payer, kind = payer_of(run.payer_account), file_kind_of(run)
    rows = queries.list_items(run).filter(state=ItemState.RESERVED).iterator(TRIED_TOGETHER)
    unfit = []
    while items := list(islice(rows, TRIED_TOGETHER)):
        payments = [
            replace(payment_of(run, item, payer), number=number) for number, item in enumerate(items, 1)
        ]
        faults = faults_of(kind, payer, payments)
        unfit += [_with_fault(item, faults[item.id.hex]) for item in items if item.id.hex in faults]
    hold_out(unfit, "unfit_details", at=at)


def hold_empty(run: PayoutRun, *, at: datetime) -> None:
    """A payment of which tax leaves nothing is held out."""
    rows = queries.list_items(run).filter(state=ItemState.RESERVED, amount_minor=0)
    hold_out(list(rows), "nothing_after_tax", at=at)


def hold_out(items: Sequence[PayoutItem], reason: str, *, at: datetime) -> None:
    """Not paid by this run; what they had taken is free."""
    for item in items:
        item.state, item.reason, item.bank_account = ItemState.HELD, reason, None
        item.amount_minor = item.withheld_minor = 0
    changed = ["state", "reason", "amount_minor", "withheld_minor", "bank_account", "facts"]
    PayoutItem.objects.bulk_update(items, changed, batch_size=ROWS_AT_ONCE)
    taken = PayoutAllocation.objects.filter(item_id__in=[item.id for item in items], released_at__isnull=True)
    taken.update(released_at=at)


def _with_fault(item: PayoutItem, refusal: PaymentRefused) -> PayoutItem:
    item.facts = {**item.facts, "fault": facts_of(refusal)}
    return item
