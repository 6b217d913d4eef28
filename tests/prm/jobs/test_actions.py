"""A job's life, and that its progress is seen while the work is still open."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from prm.accounts.actor import system_actor
from prm.audit.models import AuditRecord
from prm.jobs.actions import (
    LOG_LINES,
    JobOver,
    advance_job,
    fail_job,
    finish_job,
    request_cancel,
    start_job,
    stop_job,
)
from prm.jobs.models import Job
from prm.tenancy.context import tenant_context
from prm.tenancy.models import DocumentCounter, Tenant
from tests.support.cast import NOW, Cast, make_tenant

LATER = NOW + timedelta(seconds=5)


def start(cast: Cast) -> Job:
    return start_job(actor=cast.vera.actor, kind="probe", label="March", path="/m/x/", total=10, at=NOW)


def test_from_queued_to_succeeded(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        assert (job.state, str(job), job.started_by_label) == ("queued", "March", "Vera")
        assert advance_job(job_id=job.id, done=4, line=("job.chunk", {"done": 4, "total": 10}), at=LATER)
        job.refresh_from_db()
        assert (job.state, job.done, job.total, job.started_at) == ("running", 4, 10, LATER)
        assert job.log == [{"at": LATER.isoformat(), "code": "job.chunk", "params": {"done": 4, "total": 10}}]
        finish_job(job_id=job.id, counts={"created": 10}, at=LATER)
        job.refresh_from_db()
    assert (job.state, job.done, job.counts, job.finished_at) == ("succeeded", 10, {"created": 10}, LATER)


def test_partly_keeps_what_was_done(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        advance_job(job_id=job.id, done=7, at=LATER)
        finish_job(job_id=job.id, partly=True, counts={"failed": 3}, at=LATER)
        job.refresh_from_db()
    assert (job.state, job.done) == ("partly", 7)


def test_the_last_word_is_said_once(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        fail_job(job_id=job.id, failure="the disk is full", at=NOW)
        finish_job(job_id=job.id, at=LATER)
        assert advance_job(job_id=job.id, done=9, at=LATER) is False
        job.refresh_from_db()
    assert (job.state, job.failure, job.finished_at, job.done) == ("failed", "the disk is full", NOW, 0)


def test_a_waiting_job_is_cancelled_at_once(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        request_cancel(actor=cast.felix.actor, job=job, at=LATER)
        job.refresh_from_db()
        assert (job.state, job.finished_at) == ("cancelled", LATER)
        assert AuditRecord.objects.get(action="job.cancel_requested").actor_label == "Felix"
        with pytest.raises(JobOver):
            request_cancel(actor=cast.felix.actor, job=job, at=LATER)


def test_running_work_hears_of_the_cancel_at_its_next_report(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        advance_job(job_id=job.id, done=3, at=NOW)
        request_cancel(actor=cast.felix.actor, job=job, at=LATER)
        assert advance_job(job_id=job.id, done=4, at=LATER) is False
        stop_job(job_id=job.id, at=LATER)
        job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 4)


def test_the_log_keeps_its_last_lines(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        job = start(cast)
        Job.objects.update(log=[{"at": NOW.isoformat(), "code": "old", "params": {}}] * LOG_LINES)
        advance_job(job_id=job.id, line=("new", {}), at=LATER)
        job.refresh_from_db()
    assert (len(job.log), job.log[-1]["code"]) == (LOG_LINES, "new")


def committed_job(tenant: Tenant) -> Job:
    with tenant_context(tenant.id):
        return start_job(actor=system_actor(tenant.id), kind="probe", total=10, at=NOW)


def seen_elsewhere(tenant: Tenant, job: Job) -> Any:
    """What another connection sees now."""
    seen: list[Any] = []

    def look() -> None:
        with tenant_context(tenant.id):
            row = Job.objects.get(id=job.id)
            seen.append((row.state, row.done))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return seen[0]


@pytest.mark.race
def test_progress_is_seen_while_the_work_is_open(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    job = committed_job(acme)

    def work() -> None:
        with tenant_context(acme.id):
            DocumentCounter.objects.create(kind="effect")
            advance_job(job_id=job.id, done=3, at=NOW)
            assert seen_elsewhere(acme, job) == ("running", 3)
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        work()
    assert seen_elsewhere(acme, job) == ("running", 3)
    fail_job(job_id=job.id, failure="broken", at=NOW, tenant_id=acme.id)
    assert seen_elsewhere(acme, job) == ("failed", 3)
    with tenant_context(acme.id):
        assert DocumentCounter.objects.count() == 0


@pytest.mark.race
def test_a_row_the_work_has_locked_is_passed_over(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    job = committed_job(acme)
    with tenant_context(acme.id):
        Job.objects.select_for_update().get(id=job.id)
        assert advance_job(job_id=job.id, done=3, at=NOW) is True
    assert seen_elsewhere(acme, job) == ("queued", 0)


@pytest.mark.race
def test_a_report_between_transactions_names_its_tenant(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    job = committed_job(acme)
    assert advance_job(job_id=job.id, done=5, at=NOW, tenant_id=acme.id)
    assert seen_elsewhere(acme, job) == ("running", 5)


@pytest.mark.race
def test_another_tenants_work_does_not_touch_the_job(own_database: str) -> None:
    acme, zenith = make_tenant("acme", "Acme"), make_tenant("zenith", "Zenith")
    job = committed_job(acme)
    with tenant_context(zenith.id):
        advance_job(job_id=job.id, done=9, at=NOW)
        finish_job(job_id=job.id, at=NOW)
    assert seen_elsewhere(acme, job) == ("queued", 0)
