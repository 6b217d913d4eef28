"""Where a partner is paid: proposed by the partner, confirmed by another person, sealed at rest.

Promises: a number is readable only here; a new version replaces the old one when confirmed, and both are kept.
Called by: payouts' pages and the export.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.payouts.bank_details import NOWHERE, Address, bank_details, faults_in
from incentives.payouts.models import BankAccount, PayerAccount
from partners.directory.models import Contact
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.ids import uuid7
from prm.notifications.actions import Address as LetterTo
from prm.notifications.actions import PartnerPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

NONCE_BYTES = 12


class BankDetailsInvalid(Exception):
    """The account or the bank code cannot be; `faults` says by field what is wrong (bank_details.faults_in)."""

    code = "bank_details_invalid"

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(faults.values()))
        self.faults = faults


class ProposerCannotConfirm(Exception):
    """Bank details need a second person."""

    code = "proposer_cannot_confirm"


class AccountNotWaiting(Exception):
    """The details were confirmed or replaced already."""

    code = "account_not_waiting"


def propose_account(
    *,
    actor: Actor,
    partner_id: UUID,
    currency: str,
    holder: str,
    account: str,
    bank_code: str,
    at: datetime,
    address: Address = NOWHERE,
) -> BankAccount:
    """A new version of the details; it counts for nothing until another person confirms it. `address` is the
    holder's; without a country, that of the IBAN.

    Raises `BankDetailsInvalid`.
    """
    details = bank_details(account=account, bank_code=bank_code, currency=currency)
    if faults := faults_in(details):
        raise BankDetailsInvalid(faults)
    number = details.account
    account_id = uuid7()
    BankAccount.objects.filter(
        partner_id=partner_id, currency=currency, confirmed_at__isnull=True, replaced_at__isnull=True
    ).update(replaced_at=at)
    proposed = BankAccount.objects.create(
        id=account_id,
        partner_id=partner_id,
        currency=currency,
        holder=holder,
        bank_code=details.bank_code,
        account_sealed=seal(number, tenant_id=actor.tenant_id, row_id=account_id),
        account_last4=number[-4:],
        city=address.city,
        country=address.country or (number[:2] if details.has_iban else ""),
        proposed_at=at,
        proposed_by_user_id=actor.user_id,
        proposed_by_label=actor.label,
    )
    after = {"currency": currency, "holder": holder, "last4": proposed.account_last4}
    record(actor=actor, action="bank.proposed", subject=proposed, at=at, after=after)
    emit("bank.proposed", partner_id=partner_id)
    _tell_partner("bank.proposed", proposed)
    return proposed


def confirm_account(*, actor: Actor, account: BankAccount, at: datetime) -> BankAccount:
    """Make the details count; the version before them is replaced. Never by the person who proposed them."""
    _require_confirmer(actor)
    locked = BankAccount.objects.select_for_update().get(id=account.id)
    if locked.confirmed_at is not None or locked.replaced_at is not None:
        raise AccountNotWaiting
    if actor.user_id is None or actor.user_id == locked.proposed_by_user_id:
        raise ProposerCannotConfirm
    older = BankAccount.objects.filter(
        partner_id=locked.partner_id, currency=locked.currency, replaced_at__isnull=True
    )
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
        raise ProposerCannotConfirm from refusal
    record(actor=actor, action="bank.confirmed", subject=locked, at=at, after={"last4": locked.account_last4})
    emit("bank.confirmed", partner_id=locked.partner_id)
    _tell_partner("bank.confirmed", locked)
    return locked


def _tell_partner(kind: str, account: BankAccount) -> None:
    """Everybody who may see the details, and the contacts that were known before: whoever changed them is not the only
    one who knows."""
    params = {"currency": account.currency, "last4": account.account_last4}
    people = PartnerPeople(account.partner_id, "own_bank.view")
    notify(kind, to=people, params=params, link=("portal-bank", []))
    emails = (
        Contact.objects.filter(partner_id=account.partner_id)
        .exclude(email="")
        .values_list("email", flat=True)
    )
    for email in sorted(set(emails)):
        notify(kind, to=LetterTo(email, current_tenant().language), params=params)


def decline_account(*, actor: Actor, account: BankAccount, reason: str, at: datetime) -> BankAccount:
    """Take proposed details out of the queue: they never counted. The partner proposes others."""
    _require_confirmer(actor)
    locked = BankAccount.objects.select_for_update().get(id=account.id)
    if locked.confirmed_at is not None or locked.replaced_at is not None:
        raise AccountNotWaiting
    locked.replaced_at = at
    locked.save(update_fields=["replaced_at"])
    record(
        actor=actor,
        action="bank.declined",
        subject=locked,
        at=at,
        after={"last4": locked.account_last4},
        reason=reason,
    )
    emit("bank.declined", partner_id=locked.partner_id)
    return locked


def reveal_account(*, actor: Actor, account: BankAccount, at: datetime) -> str:
    """The whole number, to compare with the partner's letter; that it was shown is written down."""
    _require_confirmer(actor)
    record(
        actor=actor, action="bank.revealed", subject=account, at=at, after={"last4": account.account_last4}
    )
    return unseal(account)


def _require_confirmer(actor: Actor) -> None:
    if not actor.can("bank.confirm"):
        raise PermissionDenied("bank.confirm")


def seal(number: str, *, tenant_id: UUID, row_id: UUID) -> bytes:
    """AES-GCM under the tenant's key, bound to the row."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(tenant_id)).encrypt(nonce, number.encode(), _binding(tenant_id, row_id))


def unseal(account: BankAccount | PayerAccount) -> str:
    sealed, tenant_id = bytes(account.account_sealed), require_context().tenant_id
    plain = AESGCM(_key(tenant_id)).decrypt(
        sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _binding(tenant_id, account.id)
    )
    return plain.decode()


def _key(tenant_id: UUID) -> bytes:
    return hmac.new(settings.VAULT_KEY.encode(), f"bank:{tenant_id}".encode(), hashlib.sha256).digest()


def _binding(tenant_id: UUID, row_id: UUID) -> bytes:
    return f"{tenant_id}:bank_account:{row_id}".encode()
