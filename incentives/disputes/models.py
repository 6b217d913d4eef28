"""Dispute, DisputeTerms; written by disputes actions alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.adjustments.models import Adjustment
from incentives.holds.models import Hold
from partners.directory.models import Partner
from prm.tenancy.models import TenantForeignKey, TenantModel

ANSWER_DAYS = 10


class DisputeState(models.TextChoices):
    OPEN = "open", pgettext_lazy("dispute", "Waits for an answer")
    ANSWERED = "answered", pgettext_lazy("dispute", "Answered")
    ACCEPTED = "accepted", pgettext_lazy("dispute", "Accepted")
    REJECTED = "rejected", pgettext_lazy("dispute", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Withdrawn")


class DisputeTerms(TenantModel):
    """Within how many days the vendor answers; one row, or the default. Partners are told the day."""

    wall: ClassVar = "shared"

    answer_days = models.PositiveSmallIntegerField(_("Days to answer"), default=ANSWER_DAYS)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant"], name="dispute_terms_one")]

    def __str__(self) -> str:
        """Without words: the trail keeps it for readers of every language."""
        return str(self.answer_days)


class Dispute(TenantModel):
    """A partner's question about an entry, or about a sale line that earned nothing (`line_id`).

    Its messages are shared comments. `hold` keeps the entry out of payouts; `adjustment` follows from the ruling, which
    stands once that is posted.
    """

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    partner = TenantForeignKey(Partner, related_name="+")
    entry_id = models.UUIDField(null=True)
    line_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=DisputeState.choices, default=DisputeState.OPEN)
    language = models.CharField(max_length=5)
    opened_at = models.DateTimeField()
    opened_by_label = models.CharField(max_length=200)
    answer_by = models.DateField()
    hold = TenantForeignKey(Hold, null=True, related_name="+")
    adjustment = TenantForeignKey(Adjustment, null=True, related_name="+")
    ruling = models.CharField(_("Ruling"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="dispute_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "entry_id"],
                name="dispute_one_live_per_entry",
                condition=Q(state__in=["open", "answered"], entry_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "line_id", "partner"],
                name="dispute_one_live_per_sale",
                condition=Q(state__in=["open", "answered"], line_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(entry_id__isnull=False, line_id__isnull=True)
                | Q(entry_id__isnull=True, line_id__isnull=False),
                name="dispute_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"], decided_at__isnull=True)
                | (~Q(state__in=["open", "answered"]) & Q(decided_at__isnull=False)),
                name="dispute_decided_with_its_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "state", "answer_by"], name="dispute_by_day"),
            models.Index(fields=["tenant", "adjustment"], name="dispute_of_an_adjustment"),
        ]

    def __str__(self) -> str:
        return f"Q-{self.number}"
