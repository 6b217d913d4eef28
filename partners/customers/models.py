"""Customer: an end customer; called by customers actions and queries, by sales."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantModel


class Customer(TenantModel):
    """`match_key` is the tax id, else the folded name: what two spellings of one company share.

    `name_key` is how the name sorts and is searched.
    """

    wall: ClassVar = "staff"

    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=300)
    tax_id = models.CharField(_("Tax id"), max_length=30, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    match_key = models.CharField(max_length=300, editable=False)
    name_key = models.CharField(max_length=200, editable=False, db_default="")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="customer_one_per_code")
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "match_key"], name="customer_by_match_key"),
            models.Index(fields=["tenant", "name_key", "id"], name="customer_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
