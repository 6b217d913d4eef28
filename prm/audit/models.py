"""AuditRecord and its seal: rows are inserted, never changed; called by audit actions and workspace queries."""

from typing import ClassVar

from django.db import models

from prm.tenancy.models import TenantModel


class AuditRecord(TenantModel):
    """One thing somebody did."""

    wall: ClassVar = "staff-reads"

    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-id"], name="audit_newest_first"),
            models.Index(fields=["tenant", "subject_id", "-id"], name="audit_of_a_subject"),
        ]


class AuditSeal(TenantModel):
    """One link of the chain: the record, its place, and the hash over everything up to it."""

    wall: ClassVar = "staff"

    position = models.BigIntegerField()
    record_id = models.UUIDField()
    chain_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "position"], name="audit_seal_one_per_position"),
            models.UniqueConstraint(fields=["tenant", "record_id"], name="audit_seal_once_per_record"),
        ]
