"""Job: one piece of long work; called by jobs actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantModel


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    PARTLY = "partly", _("Partly done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(TenantModel):
    """`subject_path` is the tenant-relative page of what it works on; `log` is a list of {at, code, params}."""

    wall: ClassVar = "staff"

    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=200, blank=True)
    subject_path = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    log = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    started_by_label = models.CharField(max_length=200)
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "-id"], name="job_newest_first")]

    def __str__(self) -> str:
        return self.subject_label or self.kind

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None
