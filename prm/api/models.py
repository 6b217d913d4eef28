"""IdempotencyRecord: the answer already given to a key, written with the effect; called by prm.api."""

from typing import ClassVar

from django.db import models

from prm.tenancy.models import TenantModel


class IdempotencyRecord(TenantModel):
    """`client_id` is the token's id; the body is kept as text so that a replay is the same bytes."""

    wall: ClassVar = "staff"

    client_id = models.UUIDField()
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=300)
    body_sha256 = models.CharField(max_length=64)
    answer_status = models.SmallIntegerField()
    answer_headers = models.JSONField(default=dict)
    answer_body = models.TextField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "client_id", "key"], name="idempotency_one_answer_per_key"
            ),
        ]
