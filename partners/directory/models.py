"""Partner, its dated standing and parents, and contacts; called by directory actions and queries."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.models import TenantForeignKey, TenantModel


class PartnerType(models.TextChoices):
    DISTRIBUTOR = "distributor", _("Distributor")
    RESELLER = "reseller", _("Reseller")
    INTEGRATOR = "integrator", _("System integrator")
    TECHNOLOGY = "technology", _("Technology partner")


class PartnerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    LEFT = "left", _("Left the programme")
    MERGED = "merged", _("Merged into another")


# What a person or an ERP may say of a partner; the rest follows from actions of their own.
SETTABLE_STATUSES = [choice for choice in PartnerStatus.choices if choice[0] != PartnerStatus.MERGED]


class DateSpan(models.Func):
    """The half-open range of two date columns, for exclusion constraints."""

    function = "DATERANGE"
    output_field = DateRangeField()


def never_twice(name: str, *owners: str) -> ExclusionConstraint:
    """At most one row per owner on any day of [starts_on, ends_on)."""
    span = DateSpan("starts_on", "ends_on", RangeBoundary())
    return ExclusionConstraint(
        name=name,
        expressions=[*((owner, RangeOperators.EQUAL) for owner in owners), (span, RangeOperators.OVERLAPS)],
    )


class Partner(TenantModel):
    """A company that sells, refers, implements or extends the vendor's product.

    `code` is the ERP's id of it, exact bytes, unique in the tenant. Type, region, tier and status here are today's;
    `PartnerStanding` and `StatusSpan` have them by date. `match_key`, `tax_key` and `domain_key` are what duplicates
    are known by (directory.likeness). A duplicate that was merged stays, with what was booked to it, and names its
    survivor, which is never merged itself.
    """

    wall: ClassVar = "id"

    number = models.BigIntegerField()
    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    match_key = models.CharField(max_length=300, editable=False, db_default="")
    tax_key = models.CharField(max_length=30, editable=False, db_default="")
    domain_key = models.CharField(max_length=200, editable=False, db_default="")
    legal_name = models.CharField(_("Legal name"), max_length=300, blank=True)
    tax_id = models.CharField(_("Tax id"), max_length=30, blank=True)
    partner_type = models.CharField(
        _("Type"), max_length=20, choices=PartnerType.choices, default=PartnerType.RESELLER
    )
    country = models.CharField(_("Country"), max_length=2, blank=True)
    region = models.CharField(_("Region"), max_length=80, blank=True)
    tier = models.CharField(_("Tier"), max_length=40, blank=True)
    status = models.CharField(
        _("Status"), max_length=10, choices=PartnerStatus.choices, default=PartnerStatus.ACTIVE
    )
    manager = TenantForeignKey(
        Membership, null=True, blank=True, related_name="+", verbose_name=_("Channel manager")
    )
    joined_on = models.DateField(_("Joined on"))
    website = models.CharField(_("Website"), max_length=200, blank=True)
    merged_into = TenantForeignKey("self", null=True, related_name="merged_partners")
    merged_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="partner_one_per_code"),
            models.UniqueConstraint(fields=["tenant", "number"], name="partner_one_per_number"),
            models.CheckConstraint(
                name="partner_merged_names_its_survivor",
                condition=models.Q(status="merged", merged_into__isnull=False, merged_at__isnull=False)
                | models.Q(~models.Q(status="merged"), merged_into__isnull=True, merged_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "name_key", "id"], name="partner_by_name"),
            models.Index(fields=["tenant", "joined_on"], name="partner_by_joining"),
            models.Index(fields=["tenant", "match_key"], name="partner_by_match_key"),
            models.Index(fields=["tenant", "tax_key"], name="partner_by_tax_key"),
            models.Index(fields=["tenant", "domain_key"], name="partner_by_domain_key"),
            models.Index(
                fields=["tenant", "merged_into"],
                name="partner_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DistinctPartners(TenantModel):
    """Two partners that look alike and that somebody found to be different companies; `first` has the lower id."""

    wall: ClassVar = "staff"

    first = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    second = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    found_by_label = models.CharField(max_length=200)
    found_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "first", "second"], name="distinct_partners_once_per_pair"
            ),
        ]


class PartnerStanding(TenantModel):
    """What a partner was from `starts_on` until before `ends_on` (open: null)."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="standings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    partner_type = models.CharField(max_length=20, choices=PartnerType.choices)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [never_twice("partner_standing_one_a_day", "tenant", "partner")]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-starts_on"], name="partner_standing_as_of")
        ]


class StatusSpan(TenantModel):
    """The status of a partner from `starts_on` until before `ends_on`. One whose status never changed has no row: it
    was always what it is."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=PartnerStatus.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [never_twice("partner_status_one_a_day", "tenant", "partner")]


class PartnerParent(TenantModel):
    """Who stood above a partner from `starts_on` until before `ends_on`."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="parent_links")
    parent = TenantForeignKey(Partner, models.PROTECT, related_name="child_links")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            never_twice("partner_parent_one_a_day", "tenant", "partner"),
            models.CheckConstraint(
                condition=~models.Q(partner=models.F("parent")), name="partner_parent_is_another"
            ),
        ]


class Contact(TenantModel):
    """A person at a partner, with or without a login."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="contacts")
    name = models.CharField(_("Name"), max_length=150)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    position = models.CharField(_("Position"), max_length=100, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name
