"""From an approved run to what its payment file is written from.

Promise: account numbers are unsealed here and go into the file alone; called by payouts.exporting.
"""

from collections.abc import Sequence
from datetime import datetime

from incentives.payouts.bank_accounts import unseal
from incentives.payouts.files.payments import Batch, Payment
from incentives.payouts.models import PayoutItem, PayoutRun
from prm.tenancy.queries import current_tenant


def batch_of(run: PayoutRun, items: Sequence[PayoutItem], at: datetime) -> Batch:
    """What goes into the run's file, on the clock of the tenant."""
    return Batch(
        message_id=message_id_of(run),
        created_at=at.astimezone(current_tenant().zone),
        pays_on=run.pays_on,
        payments=tuple(payment_of(run, item) for item in items),
    )


def message_id_of(run: PayoutRun) -> str:
    """Unique for ever, whatever other tenants send through the same bank: the end of the run's id is random."""
    return f"{run}-{run.pays_on:%Y%m%d}-{run.id.hex[-12:].upper()}"


def payment_of(run: PayoutRun, item: PayoutItem) -> Payment:
    account = item.bank_account
    assert account is not None, "a payable item names the account it is paid to"
    return Payment(
        payment_id=item.id.hex,
        partner_code=item.partner.code,
        holder=account.holder,
        account=unseal(account),
        bank_code=account.bank_code,
        amount_minor=item.amount_minor,
        currency=item.currency,
        reference=f"{run} {item.partner.code}",
    )
