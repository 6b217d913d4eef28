"""Reads of jobs: the list, one job, what is running now.

Promise: a kind whose permission the actor lacks is missing, and so is work on what the actor may not see.
Called by: jobs pages, the API, and rooms that show their job.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from prm.accounts.actor import Actor
from prm.jobs.kinds import known_kinds
from prm.jobs.models import Job, JobState

ALIVE = (JobState.QUEUED, JobState.RUNNING)


def list_jobs(actor: Actor, *, state: str = "", kind: str = "") -> QuerySet[Job]:
    """Newest first is the order `("-id",)`."""
    jobs = Job.objects.exclude(kind__in=hidden_kinds(actor))
    for walled in known_kinds():
        ids = walled.subjects(actor) if walled.subjects and actor.kind != "token" else None
        if ids is not None:
            jobs = jobs.exclude(Q(kind=walled.code) & ~Q(subject_id__in=ids))
    if state:
        jobs = jobs.filter(state=state)
    return jobs.filter(kind=kind) if kind else jobs


def access_job(actor: Actor, job_id: UUID) -> Job:
    job = list_jobs(actor).filter(id=job_id).first()
    if job is None:
        raise Http404
    return job


def count_running(actor: Actor) -> int:
    return list_jobs(actor).filter(state__in=ALIVE).count()


def latest_job_of(subject_id: UUID, *, kinds: Sequence[str] = ()) -> Job | None:
    """The job that last worked on a thing, for that thing's own page."""
    jobs = Job.objects.filter(subject_id=subject_id)
    return (jobs.filter(kind__in=kinds) if kinds else jobs).order_by("-id").first()


def hidden_kinds(actor: Actor) -> list[str]:
    """A key with the scope of jobs follows any job: it learns counts and states only."""
    if actor.kind == "token":
        return []
    return [kind.code for kind in known_kinds() if not actor.can(kind.permission)]
