"""FundsBudget, FundsAllocation, FundsRequest, FundsClaim, FundsCost; written by funds actions alone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from partners.segments.models import Segment
from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class RequestState(models.TextChoices):
    SUBMITTED = "submitted", pgettext_lazy("funds request", "Waits for a decision")
    RETURNED = "returned", pgettext_lazy("funds request", "Sent back for changes")
    HALF_APPROVED = "half_approved", pgettext_lazy("funds request", "Waits for the second approval")
    APPROVED = "approved", pgettext_lazy("funds request", "Approved")
    REFUSED = "refused", pgettext_lazy("funds request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("funds request", "Withdrawn")
    FINISHED = "finished", pgettext_lazy("funds request", "Finished")
    EXPIRED = "expired", pgettext_lazy("funds request", "Expired")


class ClaimState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("funds claim", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("funds claim", "Waits for a decision")
    RETURNED = "returned", pgettext_lazy("funds claim", "Sent back for changes")
    HALF_APPROVED = "half_approved", pgettext_lazy("funds claim", "Waits for the second approval")
    SETTLED = "settled", pgettext_lazy("funds claim", "Approved for payment")
    REFUSED = "refused", pgettext_lazy("funds claim", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("funds claim", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("funds claim", "Expired")


class FundsTerms(TenantModel):
    """What a budget promises: the vendor pays `share_percent` of costs for activities from `starts_on` to `ends_on`
    that are claimed by `claims_until`."""

    name = models.CharField(_("Name"), max_length=120)
    currency = models.CharField(_("Currency"), max_length=3)
    share_percent = models.DecimalField(_("Vendor's share, %"), max_digits=5, decimal_places=2)
    starts_on = models.DateField(_("Activities from"))
    ends_on = models.DateField(_("Activities until"))
    claims_until = models.DateField(_("Claims until"))
    amount_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name


class FundsBudget(FundsTerms):
    """Money for one period and a segment, or for everyone. `allocated_minor` is the sum of its allocations.

    Above `second_above_minor` a second person approves a request, and a claim.
    """

    wall: ClassVar = "staff"

    segment = TenantForeignKey(Segment, null=True, related_name="+")
    purpose = models.CharField(_("What it is for"), max_length=500, blank=True)
    allocated_minor = models.BigIntegerField(default=0)
    second_above_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    created_by_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100), name="funds_budget_share_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), claims_until__gte=F("ends_on")),
                name="funds_budget_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0, allocated_minor__gte=0, allocated_minor__lte=F("amount_minor")
                ),
                name="funds_budget_is_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(second_above_minor__gte=0), name="funds_budget_limit_is_not_negative"
            ),
        ]


class FundsAllocation(FundsTerms):
    """A partner's part of a budget, with the terms of its day. `held_minor`: what its requests hold or have spent."""

    wall: ClassVar = "partner_id"

    budget = TenantForeignKey(FundsBudget, related_name="allocations")
    partner = TenantForeignKey(Partner, related_name="+")
    held_minor = models.BigIntegerField(default=0)
    allocated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "budget", "partner"], name="funds_allocation_one_per_partner"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, held_minor__gte=0, held_minor__lte=F("amount_minor")),
                name="funds_allocation_is_not_exceeded",
            ),
        ]

    @property
    def left_minor(self) -> int:
        return self.amount_minor - self.held_minor


class Decided(TenantModel):
    """Who asked, who said yes first and second, and why it came back; never the same person twice."""

    submitted_at = models.DateTimeField(null=True)
    submitted_by_label = models.CharField(max_length=200, blank=True)
    submitted_by_user_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_by_user_id = models.UUIDField(null=True)
    seconded_at = models.DateTimeField(null=True)
    seconded_by_label = models.CharField(max_length=200, blank=True)
    seconded_by_user_id = models.UUIDField(null=True)
    last_reason = models.CharField(max_length=500, blank=True)
    last_reason_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True


def by_different_people(name: str) -> models.CheckConstraint:
    """A constraint on a `Decided`: nulls compare as unknown and pass."""
    return models.CheckConstraint(
        name=name,
        condition=(
            Q(decided_by_user_id__isnull=True)
            | Q(submitted_by_user_id__isnull=True)
            | ~Q(decided_by_user_id=F("submitted_by_user_id"))
        )
        & (
            Q(seconded_by_user_id__isnull=True)
            | (
                ~Q(seconded_by_user_id=F("decided_by_user_id"))
                & (Q(submitted_by_user_id__isnull=True) | ~Q(seconded_by_user_id=F("submitted_by_user_id")))
            )
        ),
    )


class FundsRequest(Decided):
    """A partner's wish to have an activity paid in part. Of what is committed, `claimed_minor` went to claims and
    `released_minor` back to the allocation."""

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    allocation = TenantForeignKey(FundsAllocation, related_name="requests")
    partner = TenantForeignKey(Partner, related_name="+")
    activity = models.CharField(pgettext_lazy("funds", "Activity"), max_length=160)
    purpose = models.CharField(_("What it is to bring"), max_length=2000)
    expected_leads = models.PositiveIntegerField(_("Leads expected"), null=True)
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"))
    planned_minor = models.BigIntegerField()
    asked_minor = models.BigIntegerField()
    committed_minor = models.BigIntegerField(default=0)
    claimed_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=13, choices=RequestState.choices, default=RequestState.SUBMITTED)
    reminded_days = models.SmallIntegerField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="funds_request_one_per_number"),
            by_different_people("funds_request_by_different_people"),
            models.CheckConstraint(
                condition=Q(
                    planned_minor__gt=0, asked_minor__gt=0, committed_minor__lte=F("asked_minor"),
                    claimed_minor__gte=0, released_minor__gte=0,
                    committed_minor__gte=F("claimed_minor") + F("released_minor"),
                ),
                name="funds_request_is_not_exceeded",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="funds_request_days_in_order"),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "state", "id"], name="funds_request_by_state"),
        ]

    def __str__(self) -> str:
        return f"MR-{self.number}"

    @property
    def currency(self) -> str:
        return str(self.allocation.currency)

    @property
    def left_minor(self) -> int:
        """What claims may still take."""
        return self.committed_minor - self.claimed_minor - self.released_minor


class FundsClaim(Decided):
    """What a partner spent on an approved activity and wants its share of. Amounts to pay stand from the first yes;
    `settled_on` is the day on which it became payable."""

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    request = TenantForeignKey(FundsRequest, related_name="claims")
    partner = TenantForeignKey(Partner, related_name="+")
    note = models.CharField(_("Note"), max_length=500, blank=True)
    state = models.CharField(max_length=13, choices=ClaimState.choices, default=ClaimState.DRAFT)
    net_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField(default=0)
    computed_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    refused_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="funds_claim_one_per_number"),
            by_different_people("funds_claim_by_different_people"),
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0, refused_minor__gte=0, paid_minor__lte=F("computed_minor")),
                name="funds_claim_pays_what_was_computed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "state", "id"], name="funds_claim_by_state"),
        ]

    def __str__(self) -> str:
        return f"MC-{self.number}"

    @property
    def currency(self) -> str:
        return str(self.request.currency)


class FundsCost(TenantModel):
    """One invoice of a claim, with its proof. The share is of the net amount; `objection` says why it is not paid."""

    wall: ClassVar = "partner_id"

    claim = TenantForeignKey(FundsClaim, models.CASCADE, related_name="costs")
    partner_id = models.UUIDField()
    description = models.CharField(_("What was paid for"), max_length=200)
    supplier = models.CharField(_("Supplier"), max_length=160)
    invoice_number = models.CharField(_("Invoice number"), max_length=60)
    invoiced_on = models.DateField(_("Invoice date"))
    net_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    file = TenantForeignKey(StoredFile, related_name="+")
    share_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    objection = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(net_minor__gt=0, gross_minor__gte=F("net_minor")),
                name="funds_cost_net_within_gross",
            ),
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0, paid_minor__lte=F("share_minor")),
                name="funds_cost_pays_its_share",
            ),
        ]

    @property
    def currency(self) -> str:
        return str(self.claim.currency)

    @property
    def refused_minor(self) -> int:
        return self.share_minor - self.paid_minor
