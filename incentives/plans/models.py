"""Plan, its versions and its assignments; called by plans actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.directory.models import Partner
from prm.accounts.models import Membership
from prm.tenancy.models import TenantForeignKey, TenantModel


class Audience(models.TextChoices):
    """To whom a plan is assigned; the first in this order beats the later ones on the same day and slot."""

    PARTNER = "partner", _("Partner")
    SEGMENT = "segment", _("Segment")
    TIER = "tier", _("Tier")
    TYPE = "type", _("Partner type")
    EVERYONE = "everyone", _("Everyone")


class Plan(TenantModel):
    """A named set of rules that fills one slot."""

    wall: ClassVar = "shared"

    code = models.CharField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=120)
    slot = models.CharField(_("Slot"), max_length=40, default="main")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "code"], name="plan_one_per_code")]

    def __str__(self) -> str:
        return self.name


class PlanVersion(TenantModel):
    """One document in the plan language, effective on [starts_on, ends_on); frozen once published.

    `terms`: the text that partners accept, by language; none asks nobody. `pays_after_acceptance`: what a partner earns
    by its own sales is paid once it has accepted.

    `edited_by` is the last editor; publishing needs another person. What a key edited is answered for by whoever made
    the key: then `edited_by_user_id` alone is set. `proposed_at`: it waits to be published; an edit takes that back.
    """

    wall: ClassVar = "shared"

    plan = TenantForeignKey(Plan, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    note = models.TextField(_("What changes for partners"), blank=True)
    starts_on = models.DateField(_("In force from"))
    ends_on = models.DateField(_("Until before"), null=True, blank=True)
    edited_by = TenantForeignKey(Membership, null=True, related_name="+")
    edited_by_user_id = models.UUIDField(null=True)
    edited_at = models.DateTimeField()
    published_by = TenantForeignKey(Membership, null=True, related_name="+")
    published_by_user_id = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_by_label = models.CharField(max_length=200, blank=True, db_default="")
    revision = models.IntegerField(default=1)
    terms = models.JSONField(default=dict)
    pays_after_acceptance = models.BooleanField(default=False, db_default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "plan", "number"], name="plan_version_one_per_number"),
            models.CheckConstraint(
                name="plan_version_waits_for_a_text",
                condition=models.Q(pays_after_acceptance=False) | ~models.Q(terms={}),
            ),
            models.CheckConstraint(
                name="plan_version_published_by_another",
                condition=models.Q(published_by_user_id__isnull=True)
                | ~models.Q(published_by_user_id=models.F("edited_by_user_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class PlanAssignment(TenantModel):
    """A plan for an audience on [starts_on, ends_on). `target`: the partner's id, a segment's code, a tier, a type,
    or empty."""

    wall: ClassVar = "staff"

    plan = TenantForeignKey(Plan, related_name="assignments")
    slot = models.CharField(max_length=40)
    audience = models.CharField(_("For"), max_length=10, choices=Audience.choices)
    target = models.CharField(_("Who"), max_length=60, blank=True)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until before"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False


class PartnerGoal(TenantModel):
    """What a target measures one partner against in the window that starts at `window_on`, instead of everyone's goal:
    whole units of the plan currency, or units. `amount` None: it was taken away again."""

    wall: ClassVar = "partner_id"

    plan = TenantForeignKey(Plan, related_name="goals")
    component_id = models.CharField(max_length=40)
    partner = TenantForeignKey(Partner, related_name="+")
    window_on = models.DateField()
    amount = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "plan", "component_id", "window_on"],
                name="partner_goal_one_per_window",
            ),
            models.CheckConstraint(
                name="partner_goal_above_zero",
                condition=models.Q(amount__isnull=True) | models.Q(amount__gt=0),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "changed_at"], name="partner_goal_changed")]
