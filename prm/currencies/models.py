"""ExchangeRate: how many units of `quote` one unit of `base` was worth on a day; called by currencies."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantModel


class ExchangeRate(TenantModel):
    """One published rate. A correction is a later row for the same day; the last one recorded counts."""

    wall: ClassVar = "shared"

    base = models.CharField(_("From currency"), max_length=3)
    quote = models.CharField(_("To currency"), max_length=3)
    published_on = models.DateField(_("Day"))
    rate = models.DecimalField(_("Rate"), max_digits=20, decimal_places=10)
    source = models.CharField(_("Source"), max_length=60, default="manual")
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "base", "quote", "-published_on", "-id"], name="rate_of_a_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(base=models.F("quote")), name="exchange_rate_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.published_on}"
