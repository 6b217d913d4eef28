"""Backtest with what each partner would have got and who stands before a bound; what a deal would earn.

Called by: trials actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.plans.models import PlanVersion
from partners.deals.models import Deal
from partners.directory.models import Partner
from partners.products.models import Product
from prm.jobs.models import Job
from prm.tenancy.models import TenantForeignKey, TenantModel


class TrialState(models.TextChoices):
    RUNNING = "running", _("Being tested")
    DONE = "done", _("Tested")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Backtest(TenantModel):
    """A version tried on the months from `first_on` to `last_on` (their first days), as it was at `revision`.

    `throughout`: it ruled in all these months, whatever its own dates. `attempts` counts workers that began.
    `segments`: per segment its name, partners and amounts. The row is locked while a worker is at it.
    """

    wall: ClassVar = "staff"

    version = TenantForeignKey(PlanVersion, related_name="backtests")
    revision = models.IntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    throughout = models.BooleanField()
    state = models.CharField(max_length=10, choices=TrialState.choices, default=TrialState.RUNNING)
    job = TenantForeignKey(Job, null=True, related_name="+")
    attempts = models.IntegerField(default=0)
    failure = models.TextField(blank=True)
    segments = models.JSONField(default=list)
    started_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "version"],
                name="backtest_one_going_on",
                condition=models.Q(state="running"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class BacktestAmount(TenantModel):
    """What a partner gets for a month: posted when it was tried, due by the plans in force, due with the version."""

    wall: ClassVar = "staff"

    backtest = TenantForeignKey(Backtest, models.CASCADE, related_name="amounts")
    partner = TenantForeignKey(Partner, related_name="+")
    month_on = models.DateField()
    currency = models.CharField(max_length=3)
    posted_minor = models.BigIntegerField()
    old_minor = models.BigIntegerField()
    new_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "partner", "month_on", "currency"], name="backtest_amount_one"
            ),
        ]


class BacktestChance(TenantModel):
    """How far a partner was from the next bound of a retroactive table, and what reaching it would have paid at once.
    `volume`, `bound` and `missing` in whole units of the plan currency, or in units."""

    wall: ClassVar = "staff"

    backtest = TenantForeignKey(Backtest, models.CASCADE, related_name="chances")
    partner = TenantForeignKey(Partner, related_name="+")
    component_id = models.CharField(max_length=40)
    window_on = models.DateField()
    volume = models.DecimalField(max_digits=24, decimal_places=6)
    bound = models.DecimalField(max_digits=24, decimal_places=6)
    missing = models.DecimalField(max_digits=24, decimal_places=6)
    gain_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "partner", "component_id", "window_on"],
                name="backtest_chance_one",
            ),
        ]


class DealProduct(TenantModel):
    """What a deal is about to sell, as people told it for its estimate: one row per product, in their order. Empty
    facts are not known. `months`: so many monthly lines of a subscription, amount and cost of each; 0: sold once."""

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    place = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    cost_minor = models.BigIntegerField(null=True)
    months = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "deal", "product"], name="deal_product_one_per_product"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="deal_product_is_worth_something"
            ),
        ]


class DealEstimate(TenantModel):
    """What a deal would earn if it were sold on `occurred_on`, as of `made_at`; its partner reads it.

    `taken`: per product what was calculated with. `missing`: facts that plans ask for and nobody told. `unpaid`: per
    partner and product the reason why a plan pays nothing.
    """

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    occurred_on = models.DateField()
    taken = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    unpaid = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "deal"], name="deal_estimate_one_per_deal"),
        ]


class EstimatedAmount(TenantModel):
    """What one beneficiary would get from one component; `earlier_minor` of it on sales made before. `inputs` as in
    entries."""

    wall: ClassVar = "partner_id"

    estimate = TenantForeignKey(DealEstimate, models.CASCADE, related_name="amounts")
    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(PlanVersion, related_name="+")
    component_id = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    earlier_minor = models.BigIntegerField()
    inputs = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "estimate"], name="estimated_amount_of")]


class Standing(TenantModel):
    """How far a partner is in the running window of a component that pays by volume, by goal or once for the window,
    as of `as_of`.

    `volume`, `goal` and `bounds` in whole units of the currency, or in units; `goal` None: the component has none.
    `bounds`: where each step of a bonus begins for this partner, as texts; None: its part of the goal comes to nothing.
    `barriers`: what about the partner keeps out whatever it sells on `as_of`: lists of failed conditions, of each of
    which one has to be met.
    """

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(PlanVersion, related_name="+")
    component_id = models.CharField(max_length=40)
    window_on = models.DateField()
    window_ends_on = models.DateField()
    volume = models.DecimalField(max_digits=24, decimal_places=6)
    goal = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    bounds = models.JSONField(default=list)
    barriers = models.JSONField(default=list)
    earned_minor = models.BigIntegerField()
    as_of = models.DateField()
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "version", "component_id"], name="standing_one_per_component"
            ),
        ]
