"""Recalculating every segment of a tenant: each in a transaction of its own, progress on the job.

Promise: a segment that fails is told in the log and does not stop the others; called by segments tasks."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from partners.segments.actions import recalculate_segment, today_of
from partners.segments.models import Segment, SegmentKind
from prm.accounts.actor import system_actor
from prm.jobs.actions import advance_job, finish_job, stop_job
from prm.tenancy.context import tenant_context

log = logging.getLogger("partners.segments")
Now = Callable[[], datetime]
SYSTEM = "system"


def recalculate_all(
    *, tenant_id: UUID, now: Now, job_id: UUID | None = None, started_by: str = SYSTEM
) -> None:
    """Without a job it is the schedule's own round."""
    with tenant_context(tenant_id):
        ids = list(
            Segment.objects.filter(kind=SegmentKind.RULE).order_by("name").values_list("id", flat=True)
        )
    counts = {"entered": 0, "left": 0, "failed": 0}
    for done, segment_id in enumerate(ids):
        if job_id and not advance_job(
            job_id=job_id, at=now(), done=done, total=len(ids), counts=counts, tenant_id=tenant_id
        ):
            stop_job(job_id=job_id, at=now(), tenant_id=tenant_id)
            return
        _recalculate_one(tenant_id, segment_id, started_by, now(), counts)
    if job_id:
        with tenant_context(tenant_id):
            finish_job(job_id=job_id, at=now(), counts=counts, partly=counts["failed"] > 0)


def _recalculate_one(
    tenant_id: UUID, segment_id: UUID, started_by: str, at: datetime, counts: dict[str, int]
) -> None:
    try:
        with tenant_context(tenant_id):
            segment = Segment.objects.filter(id=segment_id).first()
            if segment is None:  # removed meanwhile
                return
            applied = recalculate_segment(
                actor=system_actor(tenant_id, started_by), segment=segment, as_of=today_of(at), at=at
            )
    except Exception:
        # One broken rule must not keep the other segments from being right; the log has its trace.
        log.exception("segment %s could not be recalculated", segment_id)
        counts["failed"] += 1
        return
    counts["entered"] += applied.entered
    counts["left"] += applied.left
