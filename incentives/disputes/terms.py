"""Within how many days the vendor answers a dispute. Called by disputes actions and pages."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from incentives.disputes.models import ANSWER_DAYS, DisputeTerms
from prm.accounts.actor import Actor
from prm.audit.actions import record


def answer_days() -> int:
    row = DisputeTerms.objects.first()
    return row.answer_days if row else ANSWER_DAYS


def set_answer_days(*, actor: Actor, days: int, at: datetime) -> int:
    """From now on; disputes that are open keep the day that was said."""
    if not actor.can("disputes.terms"):
        raise PermissionDenied("disputes.terms")
    row = DisputeTerms.objects.select_for_update().first() or DisputeTerms()
    before, row.answer_days = row.answer_days, days
    row.save()
    if before != days:
        record(
            actor=actor,
            action="dispute.terms_changed",
            subject=row,
            at=at,
            before={"answer_days": before},
            after={"answer_days": days},
        )
    return days
