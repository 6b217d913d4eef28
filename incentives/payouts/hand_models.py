"""What people decide of a run by hand: PayoutExclusion, HandAnswer; written by payouts' excluding, outcomes and
settling alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.payouts.models import PayoutItem, PayoutRun
from partners.directory.models import Partner
from prm.tenancy.models import TenantForeignKey, TenantModel


class PayoutExclusion(TenantModel):
    """A partner whose balance the preparer took out of a run; it stays out when the run is calculated again."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(PayoutRun, related_name="exclusions")
    partner = TenantForeignKey(Partner, related_name="+")
    reason = models.CharField(max_length=500)
    excluded_by_label = models.CharField(max_length=200)
    excluded_by_user_id = models.UUIDField()
    excluded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "partner"], name="payout_exclusion_one_per_partner"
            ),
        ]


class AnswerState(models.TextChoices):
    WAITING = "waiting", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    OVERTAKEN = "overtaken", _("Overtaken by another answer")


class HandAnswer(TenantModel):
    """What one person says the bank said of a payment, or, without an `item`, of all of a run that have no answer; it
    counts once a second person has confirmed it."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(PayoutRun, related_name="hand_answers")
    item = TenantForeignKey(PayoutItem, null=True, related_name="hand_answers")
    event_ref = models.CharField(max_length=80)
    outcome = models.CharField(max_length=8)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=AnswerState.choices, default=AnswerState.WAITING)
    proposed_at = models.DateTimeField()
    proposed_by_user_id = models.UUIDField()
    proposed_by_label = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by_user_id = models.UUIDField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                name="hand_answer_confirmed_by_another",
                condition=~models.Q(state="confirmed")
                | models.Q(decided_by_user_id__isnull=False)
                & ~models.Q(decided_by_user_id=models.F("proposed_by_user_id")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "item"],
                name="hand_answer_one_waiting_per_item",
                condition=models.Q(state="waiting", item__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "run"],
                name="hand_answer_one_waiting_for_the_rest",
                condition=models.Q(state="waiting", item__isnull=True),
            ),
        ]
