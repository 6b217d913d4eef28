"""Brand: what a vendor's pages look like; written by workspace branding alone."""

from typing import ClassVar

from django.db import models

from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class Brand(TenantModel):
    """The tenant's colour and logo, one row at most. `colour` is what was wished, `light` and `dark` what each theme
    shows of it; all three or none."""

    wall: ClassVar = "shared"

    colour = models.CharField(max_length=7, blank=True)
    light = models.CharField(max_length=7, blank=True)
    dark = models.CharField(max_length=7, blank=True)
    logo = TenantForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], name="brand_one_per_tenant"),
            models.CheckConstraint(
                name="brand_colour_has_its_shades",
                condition=models.Q(colour="", dark="", light="")
                | models.Q(~models.Q(colour=""), ~models.Q(dark=""), ~models.Q(light="")),
            ),
        ]

    def __str__(self) -> str:
        return self.colour
