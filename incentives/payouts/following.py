"""What of payouts follows a merged partner: its bank details end, its payments and statements stay.

Promise: no merge while a payout run holds either, or while the merged one owes something back; what it is still owed is
paid to the survivor's bank account. Called by: payouts catalogue."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.ledger.queries import partners_with_balance
from incentives.payouts.models import BankAccount, ItemState, PayoutItem, PayoutRun, PayoutState, Statement
from incentives.payouts.tax_models import ClosingDocument, TaxStanding
from partners.directory.followers import ENDS, STAYS, Follower, Merge, Objection

ENDED = (PayoutState.CANCELLED, PayoutState.SETTLED, PayoutState.PARTLY_SETTLED)
MAY_HOLD_ANYBODY = (PayoutState.DRAFT, PayoutState.CALCULATING, PayoutState.FAILED)


def end_bank_details(merge: Merge) -> None:
    """Where money goes is the survivor's own word, confirmed by another person: nothing is taken over."""
    BankAccount.objects.filter(partner=merge.merged, replaced_at__isnull=True).update(replaced_at=merge.at)


def forbid_while_paying(merge: Merge) -> Objection | None:
    """A run holds those it pays until the bank has answered; one that is being calculated may hold anybody."""
    both = [merge.merged.id, merge.survivor.id]
    holding = PayoutItem.objects.filter(partner_id__in=both).exclude(state=ItemState.HELD).values("run_id")
    open_runs = PayoutRun.objects.exclude(state__in=ENDED)
    run = open_runs.filter(Q(state__in=MAY_HOLD_ANYBODY) | Q(id__in=holding)).order_by("number").first()
    unknown = PayoutItem.objects.filter(partner_id__in=both, state__in=[ItemState.SENT, ItemState.UNKNOWN])
    if run is None and not unknown.exists():
        return None
    return Objection(
        "payout_open",
        _("A payout run holds one of the two. Wait until it is settled, or cancel it first."),
    )


def forbid_while_owing(merge: Merge) -> Objection | None:
    """What one purse owes back is never taken from another one."""
    owing = [row for row in partners_with_balance(merge.merged.id) if row.owed_minor < 0]
    if not owing:
        return None
    return Objection(
        "merged_owes",
        _(
            "The partner to be merged owes something back. Let it be settled first, or choose it as the survivor."
        ),
    )


def payouts_followers() -> list[Follower]:
    return [
        Follower(
            "bank_details",
            _("Bank details"),
            ENDS,
            lambda key: BankAccount.objects.filter(partner_id=key, replaced_at__isnull=True).count(),
            end_bank_details,
            _("What is still owed is paid to the survivor's account, 72 hours from now at the earliest."),
            order=70,
        ),
        Follower(
            "payments",
            _("Payments"),
            STAYS,
            lambda key: PayoutItem.objects.filter(partner_id=key).exclude(state=ItemState.HELD).count(),
            order=71,
        ),
        Follower(
            "statements",
            _("Statements"),
            STAYS,
            lambda key: Statement.objects.filter(partner_id=key).count(),
            note=_("The survivor's people see them."),
            order=72,
        ),
        Follower(
            "closing_documents",
            _("Closing documents"),
            STAYS,
            lambda key: ClosingDocument.objects.filter(partner_id=key).count(),
            note=_("The survivor's people see them."),
            order=73,
        ),
        Follower(
            "tax_standing",
            _("Tax status"),
            STAYS,
            lambda key: TaxStanding.objects.filter(partner_id=key).count(),
            note=_("From now on that of the survivor counts."),
            order=74,
        ),
    ]
