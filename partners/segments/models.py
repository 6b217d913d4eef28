"""Segment, its members by date, its recalculations, and what engagement and potential are made of.

Called by: segments actions and queries; members are read by tiers and incentives."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner, never_twice
from prm.tenancy.models import TenantForeignKey, TenantModel


class SegmentKind(models.TextChoices):
    RULE = "rule", pgettext_lazy("segment", "By a rule")
    LIST = "list", pgettext_lazy("segment", "Fixed list")


class Segment(TenantModel):
    """A named group of partners. `code` is what plans and exports say; `rule` is a predicate, null for a list.

    `member_count` and `calculated_for` are those of the last recalculation.
    """

    wall: ClassVar = "staff"

    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=120)
    purpose = models.CharField(_("What it is for"), max_length=300, blank=True)
    kind = models.CharField(_("Kind"), max_length=4, choices=SegmentKind.choices, default=SegmentKind.RULE)
    rule = models.JSONField(null=True)
    member_count = models.IntegerField(default=0)
    calculated_for = models.DateField(null=True)
    calculated_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="segment_one_per_code"),
            models.CheckConstraint(
                condition=models.Q(kind="rule", rule__isnull=False)
                | models.Q(kind="list", rule__isnull=True),
                name="segment_rule_where_it_has_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(TenantModel):
    """A partner in a segment from `starts_on` until before `ends_on` (open: null).

    `facts` are those that let it in, `left_facts` those that put it out: [{"fact", "with", "value"}].
    """

    wall: ClassVar = "staff"

    segment = TenantForeignKey(Segment, models.CASCADE, related_name="members")
    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    facts = models.JSONField(default=list)
    left_facts = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            never_twice("segment_member_once_a_day", "tenant", "segment", "partner"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
                name="segment_member_for_a_day_at_least",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "segment", "ends_on", "partner"], name="segment_member_of"),
            models.Index(fields=["tenant", "partner", "-starts_on"], name="segment_member_is_in"),
        ]


class SegmentRun(TenantModel):
    """One recalculation: by which rule, for which day, who came and went."""

    wall: ClassVar = "staff"

    segment = TenantForeignKey(Segment, models.CASCADE, related_name="runs")
    as_of = models.DateField()
    rule = models.JSONField(null=True)
    entered = models.IntegerField()
    left = models.IntegerField()
    members = models.IntegerField()
    started_by_label = models.CharField(max_length=200)
    finished_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "segment", "-id"], name="segment_run_newest")]


class EngagementWeight(TenantModel):
    """What one kind of event counts for on its day; without a row the kind's own default holds."""

    wall: ClassVar = "shared"

    kind = models.CharField(max_length=40)
    weight = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind"], name="engagement_weight_one_per_kind"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0), name="engagement_weight_is_not_negative"
            ),
        ]


class EngagementEvent(TenantModel):
    """Something a partner did that shows engagement; `reference` makes it count once."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    happened_on = models.DateField()
    reference = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "kind", "reference"], name="engagement_event_counts_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "happened_on"], name="engagement_event_of_partner")
        ]


class PotentialEstimate(TenantModel):
    """What the channel manager thinks the partner could sell in twelve months, in the programme currency."""

    wall: ClassVar = "staff"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    author_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "starts_on"], name="potential_estimate_one_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="potential_estimate_is_not_negative"
            ),
        ]


class QuadrantPlan(TenantModel):
    """What partners of one quadrant of the resource page get."""

    wall: ClassVar = "staff"

    quadrant = models.CharField(max_length=10)
    approach = models.CharField(_("Approach"), max_length=300, blank=True)
    funds_percent = models.PositiveSmallIntegerField(_("Share of funds, percent"), default=0)
    leads_percent = models.PositiveSmallIntegerField(_("Share of leads, percent"), default=0)
    content = models.CharField(_("Content"), max_length=300, blank=True)
    hours_a_month = models.PositiveSmallIntegerField(_("Manager's hours a month, each"), default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "quadrant"], name="quadrant_plan_one"),
            models.CheckConstraint(
                condition=models.Q(funds_percent__lte=100, leads_percent__lte=100),
                name="quadrant_plan_percents",
            ),
        ]
