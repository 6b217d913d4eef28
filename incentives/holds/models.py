"""Hold; written by holds actions alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.deals.models import Deal
from partners.directory.models import Partner
from prm.tenancy.models import TenantForeignKey, TenantModel


class HoldCause(models.TextChoices):
    HAND = "hand", pgettext_lazy("hold", "Held by hand")
    DISPUTE = "dispute", pgettext_lazy("hold", "Disputed")


class Hold(TenantModel):
    """Money of a partner that no payout takes: all of it, that of a deal's sales, or of one entry with its sale.

    Until it is released, or through `ends_on`. The partner reads `reason`, and why it was released.
    """

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    partner = TenantForeignKey(Partner, related_name="+")
    cause = models.CharField(max_length=7, choices=HoldCause.choices, default=HoldCause.HAND)
    deal = TenantForeignKey(Deal, null=True, related_name="+")
    entry_id = models.UUIDField(null=True)
    line_id = models.UUIDField(null=True)
    reason = models.CharField(_("Reason"), max_length=500)
    ends_on = models.DateField(_("Through"), null=True)
    placed_at = models.DateTimeField()
    placed_by_label = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by_label = models.CharField(max_length=200, blank=True)
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="hold_one_per_number"),
            models.CheckConstraint(
                condition=Q(deal__isnull=True) | Q(entry_id__isnull=True), name="hold_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(line_id__isnull=True) | Q(entry_id__isnull=False),
                name="hold_of_a_sale_by_its_entry",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "released_at"], name="hold_of_a_partner"),
        ]

    def __str__(self) -> str:
        return f"H-{self.number}"
