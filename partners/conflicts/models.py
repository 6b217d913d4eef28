"""Conflict, its sides and their evidence; called by conflicts actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.deals.models import Deal
from partners.directory.models import Partner
from partners.products.models import ProductCategory
from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class ConflictState(models.TextChoices):
    OPEN = "open", pgettext_lazy("conflict", "Evidence is gathered")
    RULED = "ruled", pgettext_lazy("conflict", "Ruled, appeals are open")
    CLOSED = "closed", pgettext_lazy("conflict", "Closed")


class Outcome(models.TextChoices):
    AWARD = "award", pgettext_lazy("ruling", "Award to one")
    SHARE = "share", pgettext_lazy("ruling", "Share between them")
    REFUSE = "refuse", pgettext_lazy("ruling", "Refuse all")


class Conflict(TenantModel):
    """A customer and product line that several claim. Said as C-7; partners meet their own side of it alone."""

    wall: ClassVar = "staff"

    number = models.BigIntegerField()
    claim_key = models.CharField(max_length=300)
    line = TenantForeignKey(ProductCategory, related_name="+", verbose_name=_("Product line"))
    customer = models.CharField(_("Customer"), max_length=200)
    state = models.CharField(max_length=6, choices=ConflictState.choices, default=ConflictState.OPEN)
    opened_at = models.DateTimeField()
    opened_by_label = models.CharField(max_length=200)
    evidence_until = models.DateField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices, blank=True)
    words = models.CharField(max_length=2000, blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by_id = models.UUIDField(null=True)
    ruled_by_user_id = models.UUIDField(null=True)
    ruled_by_label = models.CharField(max_length=200, blank=True)
    appeal_until = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="conflict_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "claim_key", "line"],
                name="conflict_one_open_per_customer_and_line",
                condition=models.Q(state="open"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "state", "opened_at"], name="conflict_by_state")]

    def __str__(self) -> str:
        return f"C-{self.number}"


class Verdict(models.TextChoices):
    """What a ruling says to one side."""

    AWARDED = "awarded", pgettext_lazy("verdict", "Awarded to you")
    SHARED = "shared", pgettext_lazy("verdict", "Shared with you")
    REFUSED = "refused", pgettext_lazy("verdict", "Not awarded to you")


class ConflictSide(TenantModel):
    """One claim in a conflict, as its partner sees it. `conflict` is empty until the desk has taken the claim up.

    `verdict`, `words` and `appeal_until` are what this side was told of the ruling; `heard_until`: another side
    appealed, and until that day this one is heard before it is decided.
    """

    wall: ClassVar = "partner_id"

    conflict = TenantForeignKey(Conflict, models.CASCADE, null=True, related_name="sides")
    deal = TenantForeignKey(Deal, models.CASCADE, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    opened_at = models.DateTimeField()
    evidence_until = models.DateField()
    verdict = models.CharField(max_length=7, choices=Verdict.choices, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    words = models.CharField(max_length=2000, blank=True)
    ruled_at = models.DateTimeField(null=True)
    appeal_until = models.DateField(null=True)
    appeal = models.CharField(_("Why the ruling is wrong"), max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    heard_until = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "deal"],
                name="conflict_side_one_undecided_per_deal",
                condition=models.Q(verdict=""),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-id"], name="conflict_side_of_a_partner")
        ]


class Evidence(TenantModel):
    """Something a side did for the customer: on a day, in words, perhaps with a file."""

    wall: ClassVar = "partner_id"

    side = TenantForeignKey(ConflictSide, models.CASCADE, related_name="evidence")
    partner_id = models.UUIDField()
    happened_on = models.DateField(_("When"))
    what = models.CharField(_("What happened"), max_length=500)
    file = TenantForeignKey(StoredFile, null=True, related_name="+")
    told_at = models.DateTimeField()
    told_by_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "side", "happened_on"], name="evidence_of_a_side")
        ]
