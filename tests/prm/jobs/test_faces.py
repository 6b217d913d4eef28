"""Jobs as people and machines see them."""

import re
from typing import Any

import pytest
from django.utils import timezone

from prm.jobs import kinds
from prm.jobs.actions import advance_job, finish_job, start_job
from prm.jobs.kinds import declare_job_kind
from prm.jobs.models import Job
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.clients import client_of


@pytest.fixture
def job(cast: Cast) -> Job:
    with tenant_context(cast.acme.id):
        job = start_job(
            actor=cast.vera.actor, kind="probe", label="March", path="/m/jobs/", total=1200, at=timezone.now()
        )
        line = ("job.chunk", {"done": 300, "total": 1200})
        advance_job(
            job_id=job.id, done=300, counts={"created": 299, "failed": 1}, line=line, at=timezone.now()
        )
        job.refresh_from_db()
    return job


def finish(cast: Cast, job: Job) -> None:
    with tenant_context(cast.acme.id):
        finish_job(job_id=job.id, at=timezone.now())


def test_the_list_shows_it_and_filters(cast: Cast, job: Job) -> None:
    client = client_of(cast.otto)
    assert "March" in client.get("/acme/m/jobs/").content.decode()
    assert "March" not in client.get("/acme/m/jobs/?state=failed").content.decode()
    assert "March" in client.get("/acme/m/jobs/?state=running").content.decode()


def test_the_page_shows_progress_counts_log_and_polls(cast: Cast, job: Job) -> None:
    page = client_of(cast.vera).get(f"/acme/m/jobs/{job.id}/").content.decode()
    assert f'hx-get="/acme/m/jobs/{job.id}/progress/" hx-trigger="every 2s"' in page
    assert 'value="300"' in page
    assert "300 of 1200 done" in page
    assert re.search(r"<dt>Created</dt>\s*<dd>299</dd>", page)
    assert 'href="/acme/m/jobs/"' in page


def test_polling_ends_when_the_job_is_over(cast: Cast, job: Job) -> None:
    client = client_of(cast.vera)
    assert client.get(f"/acme/m/jobs/{job.id}/progress/").status_code == 200
    finish(cast, job)
    last = client.get(f"/acme/m/jobs/{job.id}/progress/")
    assert last.status_code == 286
    assert "Stop this job" not in last.content.decode()
    assert "hx-trigger" not in client.get(f"/acme/m/jobs/{job.id}/").content.decode()


def test_cancel_asks_the_work_to_stop(cast: Cast, job: Job) -> None:
    client_of(cast.felix).post(f"/acme/m/jobs/{job.id}/cancel/")
    with tenant_context(cast.acme.id):
        job.refresh_from_db()
    assert job.cancel_requested_at is not None


def test_an_auditor_watches_but_does_not_cancel(cast: Cast, job: Job) -> None:
    client = client_of(cast.otto)
    assert "Stop this job" not in client.get(f"/acme/m/jobs/{job.id}/").content.decode()
    assert client.post(f"/acme/m/jobs/{job.id}/cancel/").status_code == 403
    with tenant_context(cast.acme.id):
        job.refresh_from_db()
    assert job.cancel_requested_at is None


def test_a_kind_with_its_own_permission_is_hidden_from_others(
    cast: Cast, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    declare_job_kind("probe", "Probe", permission="settings.view")
    assert client_of(cast.vera).get(f"/acme/m/jobs/{job.id}/").status_code == 200
    assert client_of(cast.felix).get(f"/acme/m/jobs/{job.id}/").status_code == 404
    assert "March" not in client_of(cast.felix).get("/acme/m/jobs/").content.decode()


@pytest.mark.parametrize("path", ["", "progress/"])
def test_another_tenants_job_is_missing(cast: Cast, job: Job, path: str) -> None:
    assert client_of(cast.zed).get(f"/zenith/m/jobs/{job.id}/{path}").status_code == 404


def answer_of(job: Job, **changes: Any) -> dict[str, Any]:
    def moment(value: Any) -> str:
        return str(value.isoformat().replace("+00:00", "Z"))

    return {
        "id": str(job.id),
        "kind": "probe",
        "status": "running",
        "progress": {"done": 300, "total": 1200},
        "counts": {"created": 299, "failed": 1},
        "failure": "",
        "cancel_requested": False,
        "created_at": moment(job.created_at),
        "started_at": moment(job.started_at),
        "finished_at": None,
        **changes,
    }


def test_a_machine_follows_and_stops_it(cast: Cast, job: Job) -> None:
    machine = Machine(make_key(cast.acme, "jobs:read", "jobs:write"))
    assert machine.get(f"jobs/{job.id}").json() == answer_of(job)
    stopped = machine.post(f"jobs/{job.id}:cancel")
    assert (stopped.status_code, stopped.json()) == (202, answer_of(job, cancel_requested=True))
    finish(cast, job)
    assert problem_of(machine.post(f"jobs/{job.id}:cancel"))["code"] == "job_over"


def test_another_tenants_machine_finds_nothing(cast: Cast, job: Job) -> None:
    machine = Machine(make_key(cast.zenith, "jobs:read", "jobs:write"))
    assert problem_of(machine.get(f"jobs/{job.id}"))["status"] == 404
    assert problem_of(machine.post(f"jobs/{job.id}:cancel"))["status"] == 404
