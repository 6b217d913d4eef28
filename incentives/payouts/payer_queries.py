"""Reads of the accounts that payouts leave; called by payouts' pages, actions and queries."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from incentives.payouts.models import PayerAccount, PayoutRun
from incentives.payouts.rules import account_digest
from prm.accounts.actor import Actor


def list_payers(actor: Actor) -> QuerySet[PayerAccount]:
    """Accounts that count or wait, by currency."""
    return PayerAccount.objects.filter(replaced_at__isnull=True).order_by("currency", "confirmed_at", "id")


def access_payer(actor: Actor, payer_id: UUID) -> PayerAccount:
    account = list_payers(actor).filter(id=payer_id).first()
    if account is None:
        raise Http404
    return account


def payer_for(currency: str) -> PayerAccount | None:
    """The account that payouts of this currency leave, once one is confirmed."""
    rows = PayerAccount.objects.filter(confirmed_at__isnull=False, replaced_at__isnull=True)
    return rows.filter(currency=currency).first()


def count_payers_to_confirm(actor: Actor) -> int:
    """Accounts that somebody else proposed."""
    waiting = PayerAccount.objects.filter(confirmed_at__isnull=True, replaced_at__isnull=True)
    return waiting.exclude(proposed_by_user_id__in=[actor.user_id]).count()


def payer_digest(run: PayoutRun, *, lock: bool) -> str:
    """Empty where the run names no account; one that was replaced never has the digest that was approved."""
    if run.payer_account_id is None:
        return ""
    rows = PayerAccount.objects.select_for_update() if lock else PayerAccount.objects.all()
    account = rows.get(id=run.payer_account_id)
    if account.replaced_at is not None:
        return account_digest(str(account.id), "replaced")
    told = (
        account.file_kind, account.name, account.bank_code, account.bank_name, account.correspondent, account.tax_id,
        account.purpose, account.city, account.country, bytes(account.account_sealed).hex(),
    )  # fmt: skip
    return account_digest(str(account.id), *told)
