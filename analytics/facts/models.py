"""PartnerMonth, PartnerCategoryMonth, DaySales, the marks that ask for their rebuilding, and Ranking; written by facts
actions alone."""

from typing import ClassVar

from django.db import models

from prm.tenancy.models import TenantModel


class PartnerMonth(TenantModel):
    """Sales of one partner (or the vendor itself: partner null) in one month and currency, net of refunds."""

    wall: ClassVar = "partner_id"

    partner_id = models.UUIDField(null=True)
    month_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    line_count = models.IntegerField()
    first_sold_on = models.DateField(null=True)
    last_sold_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "month_on", "partner_id", "currency"],
                name="partner_month_one",
                nulls_distinct=False,
            ),
        ]


class PartnerCategoryMonth(TenantModel):
    """The same by product category (null: products without one)."""

    wall: ClassVar = "partner_id"

    partner_id = models.UUIDField(null=True)
    month_on = models.DateField()
    category_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "month_on", "partner_id", "category_id", "currency"],
                name="partner_category_month_one",
                nulls_distinct=False,
            ),
        ]


class DaySales(TenantModel):
    """Sales of one day in one currency, net of refunds, those through partners apart from direct ones. It names nobody:
    the vendor's sums come from a few rows a day, however many partners there are."""

    wall: ClassVar = "staff"

    sold_on = models.DateField()
    through_partners = models.BooleanField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "sold_on", "through_partners", "currency"], name="day_sales_one"
            ),
        ]


class Ranking(TenantModel):
    """What partners made of a span beside the one that it is compared with: how many sold in each, and whose sales
    moved most, as [partner, now, before] in the programme currency, the largest change first.

    One that stands holds: rebuilding a month of either span takes it away. `basis` names what else it was made with.
    """

    wall: ClassVar = "staff"

    starts_on = models.DateField()
    ends_on = models.DateField()
    before_starts_on = models.DateField()
    before_ends_on = models.DateField()
    basis = models.CharField(max_length=120)
    active_now = models.IntegerField()
    active_before = models.IntegerField()
    movers = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "starts_on", "ends_on", "before_starts_on", "before_ends_on"],
                name="ranking_one",
            ),
        ]


class DirtyMonth(TenantModel):
    """A month of a partner whose sums no longer hold; written by the subscriber of `sales.recorded`."""

    wall: ClassVar = "staff"

    partner_id = models.UUIDField(null=True)
    month_on = models.DateField()
    marked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "month_on", "partner_id"], name="dirty_month_key")
        ]


class DirtyDay(TenantModel):
    """A day whose sums no longer hold; written beside the months."""

    wall: ClassVar = "staff"

    sold_on = models.DateField()
    marked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "sold_on"], name="dirty_day_key")]
