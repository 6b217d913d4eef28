"""Reads of the audit trail; called by record pages and the workspace."""

from uuid import UUID

from prm.audit.models import AuditRecord


def list_records_about(subject_id: UUID, *, limit: int = 50) -> list[AuditRecord]:
    """What was done to one record, newest first."""
    return list(AuditRecord.objects.filter(subject_id=subject_id).order_by("-id")[:limit])
