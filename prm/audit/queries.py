"""Reads of the audit trail; called by record pages and the workspace."""

from datetime import datetime
from uuid import UUID

from prm.audit.models import AuditRecord


def list_records_about(
    subject_id: UUID, *, limit: int = 50, before: datetime | None = None
) -> list[AuditRecord]:
    """What was done to one record, newest first, before an instant (None: of all)."""
    rows = AuditRecord.objects.filter(subject_id=subject_id)
    if before is not None:
        rows = rows.filter(recorded_at__lt=before)
    return list(rows.order_by("-recorded_at", "-id")[:limit])
