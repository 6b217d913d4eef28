"""What a partner will be paid next, as far as a run holds it already; called by payouts.portal."""

from django.db.models import QuerySet

from incentives.payouts.models import ItemState, PayoutAllocation, PayoutItem
from partners.directory.family import own_ids
from prm.accounts.actor import Actor


def list_planned_payments(actor: Actor) -> QuerySet[PayoutItem]:
    """Payments that a run holds for the partner and that have not left yet (`facts` name the day); those of a run that
    was cancelled or sent back hold nothing."""
    own = own_ids(actor)
    held = PayoutAllocation.objects.filter(partner_id__in=own, released_at__isnull=True).values("item_id")
    rows = PayoutItem.objects.filter(state=ItemState.RESERVED, partner_id__in=own, id__in=held)
    return rows.select_related("bank_account").order_by("id")
