"""The vendor's limit for adjustments: above it a second person agrees. Called by adjustments actions and pages."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from incentives.adjustments.models import LIMIT_MINOR, AdjustmentTerms
from incentives.adjustments.rules import Limit
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.queries import current_tenant


def current_limit() -> Limit:
    row = AdjustmentTerms.objects.first()
    return Limit(row.second_above_minor if row else LIMIT_MINOR, current_tenant().currency)


def set_limit(*, actor: Actor, amount_minor: int, at: datetime) -> Limit:
    """From now on. What waits for a second person goes on waiting."""
    if not actor.can("adjustments.terms"):
        raise PermissionDenied("adjustments.terms")
    row = AdjustmentTerms.objects.select_for_update().first() or AdjustmentTerms()
    before, row.second_above_minor = row.second_above_minor, amount_minor
    row.save()
    if before != amount_minor:
        record(
            actor=actor,
            action="adjustment.limit_changed",
            subject=row,
            at=at,
            before={"second_above_minor": before},
            after={"second_above_minor": amount_minor},
        )
    return current_limit()
