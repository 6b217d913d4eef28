"""PartnerMonth, PartnerCategoryMonth and the marks that ask for its rebuilding; written by facts actions alone."""

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
