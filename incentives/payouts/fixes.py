"""What a person of the vendor can do about a balance that was held out: the page to go to, and its words.

Called by: payouts.overview.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incentives.payouts.models import BankAccount, ItemState, PayoutItem

ABOUT_DETAILS = frozenset({"no_bank_details", "bank_details_recent", "unsafe_details", "unfit_details"})


@dataclass(frozen=True)
class Fix:
    url: str
    words: Any


def fixes_for(items: Sequence[PayoutItem]) -> dict[UUID, Fix]:
    """By item; details are looked up for all of them at once. Payments need none."""
    held = [item for item in items if item.state == ItemState.HELD]
    accounts = _accounts_of([item for item in held if item.reason in ABOUT_DETAILS])
    return {item.id: _fix(item, accounts.get(_payee(item))) for item in held}


def _payee(item: PayoutItem) -> UUID:
    """Of a merged partner, its survivor."""
    return item.partner.merged_into_id or item.partner_id


def _accounts_of(items: Sequence[PayoutItem]) -> dict[UUID, BankAccount]:
    """Per partner the details that count, else those that wait for confirmation."""
    rows = BankAccount.objects.filter(
        partner_id__in={_payee(item) for item in items},
        currency__in={item.currency for item in items},
        replaced_at__isnull=True,
    )
    return {row.partner_id: row for row in sorted(rows, key=lambda row: row.confirmed_at is not None)}


def _fix(item: PayoutItem, account: BankAccount | None) -> Fix:
    if account is not None:
        words = _("Look at the bank details") if account.confirmed_at else _("Confirm the bank details")
        return Fix(reverse("bank-detail", args=[account.id]), words)
    if item.reason in ("no_bank_details", "partner_paused"):
        words = (
            _("Ask the partner for details") if item.reason == "no_bank_details" else _("Open the partner")
        )
        return Fix(reverse("partner-detail", args=[_payee(item)]), words)
    if item.reason == "terms_not_accepted":
        return Fix(reverse("partner-detail", args=[_payee(item)]), _("See what it has not accepted"))
    if item.reason == "nothing_after_tax":
        return Fix(reverse("withholding-list"), _("Look at the rates"))
    return Fix(f"{reverse('entry-list')}?partner={item.partner_id}", _("See its entries"))
