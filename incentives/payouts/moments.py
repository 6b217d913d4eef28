"""Payments to a partner, for the timeline of its page: what the bank said of each, when.

Called by: payouts catalogue."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incentives.payouts.models import ItemOutcome
from partners.directory.family import family_ids
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment
from prm.web import format as formats

WORDS = {
    "paid": _("Paid out: %(amount)s"),
    "returned": _("A payment came back: %(amount)s"),
    "unknown": _("Nobody knows whether a payment arrived: %(amount)s"),
}


def payout_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    rows = ItemOutcome.objects.filter(item__partner_id__in=family_ids(partner_id), outcome__in=WORDS)
    if before is not None:
        rows = rows.filter(recorded_at__lt=before)
    return [
        Moment(
            row.recorded_at,
            str(WORDS[row.outcome]) % {"amount": formats.money(row.item.amount_minor, row.item.currency)},
            who=formats.who(row.recorded_by_label),
            text=row.note or str(row.item.run),
            url=reverse("payout-detail", args=[row.item.run_id]),
            icon="cash-banknote",
        )
        for row in rows.select_related("item__run").order_by("-recorded_at", "-id")[:ASKED]
    ]
