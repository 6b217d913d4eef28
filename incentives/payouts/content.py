"""What a payout run would pay now, and the hash that stands for it: what people approve, and what alone may leave.

Promise: asked for with the lock, it stays so until our commit; called by payouts.{actions,calculation,excluding,steps}.
"""

from uuid import UUID

from django.db.models import Q

from incentives.payouts.models import BankAccount, FileKind, ItemState, PayoutItem, PayoutRun
from incentives.payouts.payer_queries import payer_digest
from incentives.payouts.rules import PayableItem, account_digest, content_hash
from incentives.payouts.withholding import tax_now
from partners.directory.models import Partner, PartnerStatus
from prm.tenancy.queries import current_tenant


def payable_items(run: PayoutRun, *, lock: bool = False, only: UUID | None = None) -> list[PayableItem]:
    """What the content hash is taken over, as it counts now. `lock` keeps the accounts from being replaced, and the
    partners from being changed, until our commit; `only` one item is asked for."""
    if lock:
        _hold_partners(run)
    payable = PayoutItem.objects.filter(run_id=run.id).exclude(state=ItemState.HELD)
    if only is not None:
        payable = payable.filter(id=only)
    rows = list(payable.select_related("partner__merged_into").order_by("id"))
    taxes = tax_now(run, [(row.partner.merged_into_id or row.partner_id, row.gross_minor) for row in rows])
    accounts = BankAccount.objects.filter(id__in={row.bank_account_id for row in rows}).order_by("id")
    digests: dict[UUID | None, str] = {
        row.id: _digest(row) for row in (accounts.select_for_update() if lock else accounts)
    }
    return [
        PayableItem(
            row.partner.code,
            row.currency,
            row.gross_minor - tax,
            tax,
            _payee_digest(run, row.partner, digests.get(row.bank_account_id, "")),
        )
        for row, tax in zip(rows, taxes, strict=True)
    ]


def content_hash_of(run: PayoutRun, *, lock: bool = False) -> str:
    """Over what would be paid now, and from where. `lock` keeps it so until our commit, but for the tax: what is
    withheld stands in the items."""
    return content_hash(payable_items(run, lock=lock), payer_digest(run, lock=lock), _limit_digest(run))


def _limit_digest(run: PayoutRun) -> str:
    """How many approvals were asked for, and by which rate; "" before it is submitted, and within one currency."""
    if run.approvals_needed is None or run.currency == current_tenant().currency:
        return ""
    return f"{run.approvals_needed} {run.limit_rate_id or ''}"


def _hold_partners(run: PayoutRun) -> None:
    """Whoever is paid, and whoever it was merged into; rows that refer to them go on being written."""
    paid = PayoutItem.objects.filter(run_id=run.id).exclude(state=ItemState.HELD)
    own = Partner.objects.filter(id__in=paid.values("partner_id"))
    held = Partner.objects.filter(Q(id__in=own.values("id")) | Q(id__in=own.values("merged_into_id")))
    list(held.order_by("id").select_for_update(no_key=True).values_list("id"))


def _payee_digest(run: PayoutRun, partner: Partner, account: str) -> str:
    """Payment orders name the payee's tax id as well."""
    if not account or _is_paused(partner):
        return ""
    if run.payer_account is None or run.payer_account.file_kind != FileKind.CLIENT_BANK:
        return account
    return account_digest(account, (partner.merged_into or partner).tax_id)


def _is_paused(partner: Partner) -> bool:
    """Of a merged partner its survivor counts."""
    return (partner.merged_into or partner).status == PartnerStatus.PAUSED


def _digest(account: BankAccount) -> str:
    """What is paid to; "" once the details do not count any more."""
    if account.confirmed_at is None or account.replaced_at is not None:
        return ""
    sealed = bytes(account.account_sealed).hex()
    address = (account.city, account.country) if account.city else ()
    return account_digest(str(account.id), account.holder, account.bank_code, sealed, *address)
