"""Tier, the programme's calendar, pins and warnings; called by tiers actions and queries."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from prm.tenancy.models import TenantForeignKey, TenantModel


class Tier(TenantModel):
    """A step of the programme. `name` is what partners and plans say; `rule` is a predicate over facts of segments."""

    wall: ClassVar = "shared"

    name = models.CharField(_("Name"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("Rank"))
    rule = models.JSONField()
    benefits = models.CharField(_("Benefits"), max_length=1000, blank=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="tier_one_per_name"),
            models.UniqueConstraint(fields=["tenant", "rank"], name="tier_one_per_rank"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="tier_rank_begins_at_one"),
        ]

    def __str__(self) -> str:
        return self.name


class ReviewEvery(models.TextChoices):
    QUARTER = "quarter", pgettext_lazy("every", "Quarter")
    HALF = "half", pgettext_lazy("every", "Half-year")
    YEAR = "year", pgettext_lazy("every", "Year")


class TierCalendar(TenantModel):
    """How the programme reviews; one row, or the defaults."""

    wall: ClassVar = "shared"

    every = models.CharField(
        _("Review every"), max_length=7, choices=ReviewEvery.choices, default=ReviewEvery.QUARTER
    )
    warn_days = models.PositiveSmallIntegerField(_("Warn so many days before"), default=60)
    grace_days = models.PositiveSmallIntegerField(_("Days of grace after the review"), default=0)
    rises_at_once = models.BooleanField(_("Rise at once"), default=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant"], name="tier_calendar_one")]


class TierPin(TenantModel):
    """A partner keeps its tier until a day, whatever it reaches."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    ends_on = models.DateField(_("Until before"))
    reason = models.CharField(_("Reason"), max_length=300)
    author_label = models.CharField(max_length=200)
    pinned_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], name="tier_pin_one_per_partner")
        ]


class TierWarning(TenantModel):
    """Told to a partner that would fall: what is missing as of the last review, and until when. Gone when the tier is
    reached again, pinned or lost. `decides_on` is the last day that counts; `kept_reason`: why somebody left it out of
    a review and so put that day off."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    tier = TenantForeignKey(Tier, models.CASCADE, related_name="+")
    warned_on = models.DateField()
    decides_on = models.DateField()
    missing = models.JSONField(default=list)
    kept_reason = models.CharField(max_length=300, blank=True, db_default="")
    kept_by_label = models.CharField(max_length=200, blank=True, db_default="")

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], name="tier_warning_one_per_partner")
        ]

    @property
    def falls_on(self) -> date:
        """The partner was told the last day that counts: the next one is the day it falls."""
        return self.decides_on + timedelta(days=1)
