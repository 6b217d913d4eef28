"""Adjustment, AdjustmentTerms; written by adjustments actions alone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from prm.files.models import StoredFile
from prm.kit.money import format_plain
from prm.tenancy.models import TenantForeignKey, TenantModel
from prm.tenancy.queries import current_tenant

LIMIT_MINOR = 100_000


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("adjustment", "Waits for the second person")
    POSTED = "posted", pgettext_lazy("adjustment", "Posted")
    REFUSED = "refused", pgettext_lazy("adjustment", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("adjustment", "Withdrawn")


class AdjustmentTerms(TenantModel):
    """Above which amount, in the programme's currency, a second person is needed; one row, or the default."""

    wall: ClassVar = "staff"

    second_above_minor = models.BigIntegerField(default=LIMIT_MINOR)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], name="adjustment_terms_one"),
            models.CheckConstraint(
                condition=Q(second_above_minor__gte=0), name="adjustment_limit_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        """Without words: the trail keeps it for readers of every language."""
        return format_plain(self.second_above_minor, current_tenant().currency)


class Adjustment(TenantModel):
    """An amount that people add to a partner's balance, or take from it. `belongs_on` is the month that it is about;
    `entry_id` the entry that it corrects; an opposite one names what it takes back. `posted_on`: its month in the
    books.
    """

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    partner = TenantForeignKey(Partner, related_name="+")
    currency = models.CharField(_("Currency"), max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(_("Reason"), max_length=500)
    belongs_on = models.DateField(_("Month that it is about"))
    entry_id = models.UUIDField(null=True)
    takes_back = TenantForeignKey("self", null=True, related_name="opposites")
    file = TenantForeignKey(StoredFile, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField()
    proposed_by_label = models.CharField(max_length=200)
    proposed_by_user_id = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_by_user_id = models.UUIDField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    posted_on = models.DateField(null=True)
    ledger_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="adjustment_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "takes_back"],
                name="adjustment_taken_back_once",
                condition=Q(state__in=["proposed", "posted"]),
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_is_not_nothing"),
            models.CheckConstraint(condition=Q(belongs_on__day=1), name="adjustment_belongs_to_a_month"),
            models.CheckConstraint(
                name="adjustment_by_two_people",
                condition=Q(decided_by_user_id__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by_user_id=F("proposed_by_user_id")),
            ),
            models.CheckConstraint(
                name="adjustment_posted_with_its_row",
                condition=Q(state="posted", ledger_id__isnull=False, posted_on__isnull=False)
                | (~Q(state="posted") & Q(ledger_id__isnull=True, posted_on__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "state", "-number"], name="adjustment_by_state"),
            models.Index(fields=["tenant", "partner", "-number"], name="adjustment_of_a_partner"),
        ]

    def __str__(self) -> str:
        return f"AD-{self.number}"
