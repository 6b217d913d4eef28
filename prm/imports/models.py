"""Import and ImportRow: a file on its way in; called by imports actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.files.models import StoredFile
from prm.jobs.models import Job
from prm.tenancy.models import TenantForeignKey, TenantModel


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Applying")
    APPLIED = "applied", _("Applied")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


class RowState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READY = "ready", _("Ready")
    ERROR = "error", _("Error")
    APPLIED = "applied", _("Applied")
    UNCHANGED = "unchanged", _("Unchanged")
    UNDONE = "undone", _("Undone")


LEFT_OUT = "left_out"  # the effect of a row that somebody decided not to take: it stays unchanged


class Import(TenantModel):
    """`mapping` is {column key: header of the file}; `counts` are rows per state, kept by the last pass.

    `options` say how the file is read and who sent it in (`owner`, a membership's id).
    """

    wall: ClassVar = "staff"

    number = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    file = TenantForeignKey(StoredFile, related_name="+")
    source = models.CharField(max_length=40, default="file")
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job = TenantForeignKey(Job, null=True, related_name="+")
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="import_one_per_number")
        ]

    def __str__(self) -> str:
        return f"I-{self.number}"


class ImportRow(TenantModel):
    """One data row as it stood in the file (`values`: {column key: text}), with what is wrong with it.

    `errors` is a list of {column, code, params}; `effect` says created, updated or left_out, `record_id` which record;
    `undo` keeps what the record held before.
    """

    wall: ClassVar = "staff"

    batch = TenantForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.IntegerField()
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    errors = models.JSONField(default=list)
    effect = models.CharField(max_length=10, blank=True)
    record_id = models.UUIDField(null=True)
    undo = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "batch", "number"], name="import_row_one_per_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "batch", "state", "number"], name="import_row_by_state")
        ]
