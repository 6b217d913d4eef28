"""Event: one row per thing to tell or task to ring; claimed by the relay, kept as the feed of changes."""

from typing import ClassVar

from django.db import models

from prm.tenancy.models import TenantModel


class Event(TenantModel):
    """`kind` "event" goes to all subscribers of `name`; kind "task" rings the task called `name` once."""

    wall: ClassVar = "staff-reads"

    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)
    relayed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "id"], name="outbox_waiting", condition=models.Q(relayed_at__isnull=True)
            ),
        ]
