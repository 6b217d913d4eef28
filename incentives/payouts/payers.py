"""The accounts that money leaves: proposed by one person of finance, confirmed by another, sealed at rest.

Promises: an account that its kind of file cannot be written from is never kept; one counts per currency; a new version
replaces the one before it once it is confirmed, and both are kept. Called by: payouts.payer_pages, payouts.composing.
"""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm, seal, unseal
from incentives.payouts.bank_details import bank_details, faults_in
from incentives.payouts.files.formats import require_payer
from incentives.payouts.files.payments import Payer, refuse_fault
from incentives.payouts.models import PayerAccount
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.ids import uuid7
from prm.kit.requisites import compact


def propose_payer(*, actor: Actor, payer: Payer, file_kind: str, at: datetime) -> PayerAccount:
    """A new version of the account of a currency; it counts once another person has confirmed it.

    Raises `PaymentRefused`, its field one of Payer with "payer_" before it.
    """
    _require_changer(actor)
    payer = _compacted(payer)
    require_payer(file_kind, payer)
    waiting = PayerAccount.objects.filter(
        currency=payer.currency, confirmed_at__isnull=True, replaced_at__isnull=True
    )
    waiting.update(replaced_at=at)
    account_id = uuid7()
    facts = {name: value for name, value in vars(payer).items() if name != "account"}
    proposed = PayerAccount.objects.create(
        id=account_id,
        file_kind=file_kind,
        account_sealed=seal(payer.account, tenant_id=actor.tenant_id, row_id=account_id),
        account_last4=payer.account[-4:],
        proposed_at=at,
        proposed_by_user_id=actor.user_id,
        proposed_by_label=actor.label,
        **facts,
    )
    after = {
        "currency": payer.currency,
        "name": payer.name,
        "last4": proposed.account_last4,
        "file_kind": file_kind,
    }
    record(actor=actor, action="payer.proposed", subject=proposed, at=at, after=after)
    return proposed


def _compacted(payer: Payer) -> Payer:
    """As it is kept. What cannot be an account in any kind of file is refused here."""
    details = bank_details(account=payer.account, bank_code=payer.bank_code, currency=payer.currency)
    for field, fault in faults_in(details).items():
        refuse_fault(fault, f"payer_{field}")
    return replace(
        payer,
        account=details.account,
        bank_code=details.bank_code,
        currency=details.currency,
        correspondent=compact(payer.correspondent),
        tax_id=compact(payer.tax_id),
    )


def confirm_payer(*, actor: Actor, account: PayerAccount, at: datetime) -> PayerAccount:
    """Make the account count at once; the one before it is replaced. Never by the person who proposed it."""
    locked = _waiting(actor, account)
    if actor.user_id is None or actor.user_id == locked.proposed_by_user_id:
        raise ProposerCannotConfirm
    older = PayerAccount.objects.filter(currency=locked.currency, replaced_at__isnull=True)
    older.exclude(id=locked.id).update(replaced_at=at)
    locked.confirmed_at, locked.confirmed_by_user_id, locked.confirmed_by_label = (
        at,
        actor.user_id,
        actor.label,
    )
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError as refusal:
        raise AccountNotWaiting from refusal
    record(
        actor=actor, action="payer.confirmed", subject=locked, at=at, after={"last4": locked.account_last4}
    )
    return locked


def decline_payer(*, actor: Actor, account: PayerAccount, reason: str, at: datetime) -> PayerAccount:
    """Take a proposed account out of the queue: it never counted. Its proposer may do so too."""
    locked = _waiting(actor, account)
    locked.replaced_at = at
    locked.save(update_fields=["replaced_at"])
    after = {"last4": locked.account_last4}
    record(actor=actor, action="payer.declined", subject=locked, at=at, after=after, reason=reason)
    return locked


def reveal_payer(*, actor: Actor, account: PayerAccount, at: datetime) -> str:
    """The whole number, to compare it with the bank's papers; that it was shown is written down."""
    _require_changer(actor)
    after = {"last4": account.account_last4}
    record(actor=actor, action="payer.revealed", subject=account, at=at, after=after)
    return unseal(account)


def payer_of(account: PayerAccount) -> Payer:
    """What a payment file is written from, with the whole number."""
    return Payer(
        name=account.name,
        account=unseal(account),
        bank_code=account.bank_code,
        currency=account.currency,
        city=account.city,
        country=account.country,
        tax_id=account.tax_id,
        bank_name=account.bank_name,
        correspondent=account.correspondent,
        purpose=account.purpose,
    )


def _waiting(actor: Actor, account: PayerAccount) -> PayerAccount:
    _require_changer(actor)
    locked = PayerAccount.objects.select_for_update().get(id=account.id)
    if locked.confirmed_at is not None or locked.replaced_at is not None:
        raise AccountNotWaiting
    return locked


def _require_changer(actor: Actor) -> None:
    if not actor.can("payers.change"):
        raise PermissionDenied("payers.change")
