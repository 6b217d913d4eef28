"""Starting, reporting, ending and cancelling a job.

Promise: `advance_job` commits by itself, at once; the others belong to the caller's transaction.
Called by: rooms' actions and tasks, inside a tenant context unless they take `tenant_id`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.jobs.models import Job, JobState
from prm.jobs.progress import in_side_transaction
from prm.tenancy.context import current_tenant_id, tenant_context

LOG_LINES = 200


class Seen(Enum):
    """What a report met: the work may go on, should stop, or the row was held by somebody, or is not visible yet."""

    GO_ON = "go on"
    STOP = "stop"
    BUSY = "busy"
    MISSING = "missing"


class JobOver(Exception):
    """The job has ended: there is nothing left to stop."""

    code = "job_over"


def start_job(
    *,
    actor: Actor,
    kind: str,
    at: datetime,
    label: str = "",
    path: str = "",
    subject_id: UUID | None = None,
    total: int = 0,
) -> Job:
    """Make the row that people watch; the caller then enqueues the work with the job's id.

    `path` is the page of what it works on, below the tenant's address ("/m/imports/…/").
    """
    job = Job.objects.create(
        kind=kind,
        subject_id=subject_id,
        subject_label=label[:200],
        subject_path=path,
        total=total,
        started_by_label=actor.label,
        created_at=at,
    )
    record(actor=actor, action="job.started", subject=job, at=at, after={"kind": kind})
    return job


def advance_job(
    *,
    job_id: UUID,
    at: datetime,
    done: int | None = None,
    total: int | None = None,
    counts: Mapping[str, int] | None = None,
    line: tuple[str, Mapping[str, Any]] | None = None,
    tenant_id: UUID | None = None,
) -> bool:
    """Report absolute progress, visible at once; False when somebody asked to cancel.

    Cheap but a commit: report per chunk, not per row. Progress may be lost (the row is busy), never wrong, and never
    makes the work wait. `line` is one entry of the log: (code, params), declared in jobs.kinds.
    """

    def write() -> Seen:
        return _advance(job_id, at, done=done, total=total, counts=counts, line=line)

    return _beside_the_work(tenant_id, write) is not Seen.STOP


def finish_job(
    *,
    job_id: UUID,
    at: datetime,
    counts: Mapping[str, int] | None = None,
    partly: bool = False,
) -> None:
    """End a job that did its work (`partly`: some of it was refused), together with what it wrote."""
    changes: dict[str, Any] = {}
    if counts is not None:
        changes["counts"] = dict(counts)
    if not partly:
        changes["done"] = F("total")
    _end(job_id, JobState.PARTLY if partly else JobState.SUCCEEDED, at, **changes)


def fail_job(*, job_id: UUID, at: datetime, failure: str, tenant_id: UUID | None = None) -> None:
    """End a job that broke. Call it after the broken transaction, with `tenant_id` where no context is left.

    `failure` is a code that jobs.kinds declares (`code: detail`), or plain text."""
    with _own_context(tenant_id):
        _end(job_id, JobState.FAILED, at, failure=failure[:2000])


def stop_job(*, job_id: UUID, at: datetime, tenant_id: UUID | None = None) -> None:
    """End a job that saw its cancel request; `done` keeps saying where it stopped."""
    with _own_context(tenant_id):
        _end(job_id, JobState.CANCELLED, at)


def request_cancel(*, actor: Actor, job: Job, at: datetime) -> None:
    """Ask the work to stop at its next report; one that has not begun yet ends here."""
    locked = Job.objects.select_for_update().get(id=job.id)
    if locked.is_over:
        raise JobOver
    if locked.cancel_requested_at is not None:
        return
    Job.objects.filter(id=job.id).update(cancel_requested_at=at)
    if locked.state == JobState.QUEUED:
        _end(job.id, JobState.CANCELLED, at)
    record(actor=actor, action="job.cancel_requested", subject=job, at=at)


def _advance(
    job_id: UUID,
    at: datetime,
    *,
    done: int | None,
    total: int | None,
    counts: Mapping[str, int] | None,
    line: tuple[str, Mapping[str, Any]] | None,
) -> Seen:
    job = Job.objects.select_for_update(skip_locked=True).filter(id=job_id).first()
    if job is None:
        return Seen.BUSY if Job.objects.filter(id=job_id).exists() else Seen.MISSING
    if job.is_over:
        return Seen.STOP
    job.state = JobState.RUNNING
    job.started_at = job.started_at or at
    job.done = job.done if done is None else done
    job.total = job.total if total is None else total
    job.counts = job.counts if counts is None else dict(counts)
    if line is not None:
        entry = {"at": at.isoformat(), "code": line[0], "params": dict(line[1])}
        job.log = [*job.log, entry][-LOG_LINES:]
    job.save(update_fields=["state", "started_at", "done", "total", "counts", "log"])
    return Seen.STOP if job.cancel_requested_at else Seen.GO_ON


def _beside_the_work(tenant_id: UUID | None, write: Callable[[], Seen]) -> Seen:
    """Commit `write` at once: directly where no context is open, else on the side connection.

    A job that was started in the transaction still open is missing on the side: then the report joins that transaction.
    """
    inside = current_tenant_id()
    if inside is None:
        assert tenant_id is not None, "outside a context, name the tenant"
        with tenant_context(tenant_id):
            return write()
    seen = in_side_transaction(inside, write)
    return write() if seen is Seen.MISSING else seen


def _end(job_id: UUID, state: str, at: datetime, **changes: Any) -> None:
    """The last word is said once: a job that is over stays as it is."""
    live = Job.objects.filter(id=job_id, finished_at__isnull=True)
    live.update(state=state, finished_at=at, started_at=Coalesce(F("started_at"), at), **changes)


def _own_context(tenant_id: UUID | None) -> AbstractContextManager[None]:
    return nullcontext() if tenant_id is None else tenant_context(tenant_id)
