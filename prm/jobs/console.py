"""Pages of jobs: the list, one job, its moving part, cancel."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from prm.jobs.actions import JobOver, request_cancel
from prm.jobs.forms import JobFilter
from prm.jobs.kinds import counts_in_words, failure_text, kind_of, line_text
from prm.jobs.models import Job
from prm.jobs.queries import access_job, list_jobs
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

STOP_POLLING = 286  # htmx: swap this answer in and ask no more


@require_safe
@console_page("jobs.view")
def job_list(request: PageRequest) -> HttpResponse:
    filters = JobFilter(request.GET or None)
    given = filters.cleaned_data if filters.is_valid() else {}
    page = page_of(request, list_jobs(request.actor, **given), order=("-id",))
    rows = [(job, kind_of(job.kind).label) for job in page.rows]
    content = {"page": page, "rows": rows, "filters": filters, "filtered": any(given.values())}
    return render(request, "console/prm/jobs/list.html", content)


@require_safe
@console_page("jobs.view")
def job_detail(request: PageRequest, job_id: UUID) -> HttpResponse:
    return render(request, "console/prm/jobs/detail.html", _shown(request, access_job(request.actor, job_id)))


@require_safe
@console_page("jobs.view")
def job_progress(request: PageRequest, job_id: UUID) -> HttpResponse:
    """The part that moves, asked for every two seconds until the job is over."""
    job = access_job(request.actor, job_id)
    status = STOP_POLLING if job.is_over else 200
    return render(request, "console/prm/jobs/_progress.html", _shown(request, job), status=status)


@require_POST
@console_page("jobs.view", post="jobs.cancel")
def job_cancel(request: PageRequest, job_id: UUID) -> HttpResponse:
    job = access_job(request.actor, job_id)
    try:
        request_cancel(actor=request.actor, job=job, at=timezone.now())
    except JobOver:
        messages.info(request, _("The job had already ended."))
    return redirect("job-detail", job_id)


def _shown(request: PageRequest, job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "kind_label": kind_of(job.kind).label,
        "subject_url": get_script_prefix() + job.subject_path.lstrip("/"),
        "counts": counts_in_words(job.counts),
        "failure": failure_text(job.failure),
        "lines": [
            (parse_datetime(entry["at"]), line_text(entry["code"], entry["params"]))
            for entry in reversed(job.log)
        ],
        "may_cancel": request.actor.can("jobs.cancel")
        and not job.is_over
        and job.cancel_requested_at is None,
    }
