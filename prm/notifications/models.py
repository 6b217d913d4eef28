"""Notice: what one person, or one address, is told; called by notifications actions and queries."""

from typing import ClassVar

from django.db import models

from prm.accounts.models import Membership
from prm.tenancy.models import TenantForeignKey, TenantModel


class Notice(TenantModel):
    """Told to a member, or to an address that has no login. `ring` is the same for all told by one event.

    `link_name` and `link_args` name a page of the member's face; a letter to an address carries `link_path`, relative
    to the tenant.
    """

    wall: ClassVar = "partner_id"

    ring = models.UUIDField()
    member = TenantForeignKey(Membership, null=True, related_name="+")
    partner_id = models.UUIDField(null=True)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    link_name = models.CharField(max_length=80, blank=True)
    link_args = models.JSONField(default=list)
    link_path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "ring", "member", "address"],
                name="notice_once_per_ring",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(member__isnull=False, address="")
                | models.Q(member__isnull=True, address__gt=""),
                name="notice_names_one_reader",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "member", "-id"], name="notice_of_a_member"),
            models.Index(
                fields=["tenant", "id"], name="notice_waiting_for_mail", condition=models.Q(mailed_at=None)
            ),
        ]
