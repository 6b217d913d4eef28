"""Customer: an end customer; called by customers actions and queries, by sales."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantModel


class Customer(TenantModel):
    """`match_key` is the strongest key of the company that is known: tax id, else own domain, else folded name.

    `web_key` and `fold_key` are the weaker ones, kept beside it: a claim meets the customer by any of the three.
    `name_key` is how the name sorts and is searched.
    """

    wall: ClassVar = "staff"

    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=300)
    tax_id = models.CharField(_("Tax id"), max_length=30, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    website = models.CharField(_("Website"), max_length=200, blank=True, default="", db_default="")
    match_key = models.CharField(max_length=300, editable=False)
    web_key = models.CharField(max_length=300, editable=False, default="", db_default="")
    fold_key = models.CharField(max_length=300, editable=False, default="", db_default="")
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
            models.Index(fields=["tenant", "web_key"], name="customer_by_web_key"),
            models.Index(fields=["tenant", "fold_key"], name="customer_by_fold_key"),
            models.Index(fields=["tenant", "name_key", "id"], name="customer_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def claim_keys(self) -> tuple[str, ...]:
        """Every key that a claim on this company can have, the strongest first."""
        return tuple(key for key in dict.fromkeys((self.match_key, self.web_key, self.fold_key)) if key)
