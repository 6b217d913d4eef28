"""What of a partner's money a payout leaves out, in words for the partner, and the page where it can see or change it.

Called by: analytics.dashboards."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incentives.payouts.dues import DISPUTED, EMPTY, HELD, UNACCEPTED, Due
from prm.accounts.actor import Actor
from prm.web import format as formats


@dataclass(frozen=True)
class Why:
    """The reason, and the page about it (`words`) for who may open it."""

    text: Any
    page: str
    permission: str
    words: Any


@dataclass(frozen=True)
class Wait:
    amount_minor: int
    text: str
    url: str
    words: Any


_EARNINGS = ("portal-entry-list", "own_earnings.view", _("See the earnings"))
_BANK = ("portal-bank", "own_bank.view", _("Look at the bank details"))
_STATEMENTS = ("portal-statement-list", "own_statements.view", _("See the statements"))
WHYS = {
    HELD: Why(_("Held; the reason stands with your earnings"), *_EARNINGS),
    DISPUTED: Why(
        _("Disputed by you; waits for the ruling"),
        "portal-disputes",
        "own_earnings.view",
        _("See the disputes"),
    ),
    UNACCEPTED: Why(
        _("Waits until the terms are accepted"),
        "portal-terms",
        "own_earnings.view",
        _("Read and accept the terms"),
    ),
    "partner_paused": Why(
        _("Your partnership is paused"), "portal-company", "company.view", _("Ask the vendor")
    ),
    "negative_balance": Why(_("Refunds exceed earnings; the balance carries forward"), *_EARNINGS),
    "below_minimum": Why(_("Below the minimum payout of %(minimum)s; carried forward"), *_STATEMENTS),
    "no_bank_details": Why(_("No confirmed bank details in this currency"), *_BANK),
    "bank_details_recent": Why(_("The bank details count 72 hours after they were confirmed"), *_BANK),
    "unsafe_details": Why(_("The bank details hold signs that a payment file cannot take"), *_BANK),
    EMPTY: Why(_("Nothing is left of it after tax"), *_STATEMENTS),
}


def waits_of(actor: Actor, due: Due) -> list[Wait]:
    told = {"minimum": formats.money(due.minimum_minor, due.currency)}
    return [
        Wait(
            due.waits[reason],
            str(why.text) % told,
            reverse(why.page) if actor.can(why.permission) else "",
            why.words,
        )
        for reason, why in WHYS.items()
        if reason in due.waits
    ]
