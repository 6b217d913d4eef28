"""ProductCategory and Product; called by products actions and queries, by sales and plans."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantForeignKey, TenantModel


class ProductCategory(TenantModel):
    """A product line, the unit plans and protections speak of."""

    wall: ClassVar = "shared"

    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="category_one_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class Product(TenantModel):
    """Something with a code on an invoice line."""

    wall: ClassVar = "shared"

    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=300)
    name_key = models.CharField(max_length=200, editable=False, db_default="")
    category = TenantForeignKey(ProductCategory, null=True, blank=True, verbose_name=_("Category"))
    earns = models.BooleanField(_("Earns commission"), default=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="product_one_per_code")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "name_key", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name
