"""StoredFile: one private file of a tenant, perhaps of one partner; called by files actions and queries."""

from typing import ClassVar

from django.db import models

from prm.tenancy.models import TenantModel


class StoredFile(TenantModel):
    """Bytes at a random path under the tenant's folder; immutable once written."""

    wall: ClassVar = "partner_id"

    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    partner_id = models.UUIDField(null=True)
    stored_by_label = models.CharField(max_length=200)
    stored_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name
