"""Recalculating all segments of a tenant: progress, one broken rule, cancelling."""

from typing import Any

import pytest

from partners.directory.actions import change_partner
from partners.segments import work
from partners.segments.actions import ask_recalculation, create_segment
from partners.segments.models import Segment
from prm.jobs.actions import request_cancel
from prm.jobs.models import Job
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


@pytest.fixture
def acme(cast: Cast) -> Cast:
    with tenant_context(cast.acme.id):
        for code in ("one", "two"):
            rule = {"all": [{"fact": "region", "op": "eq", "value": "North"}]}
            create_segment(actor=cast.vera.actor, facts={"code": code, "name": code, "rule": rule}, at=NOW)
        change_partner(actor=cast.vera.actor, partner=cast.southwind, changes={"region": "South"}, at=NOW)
    return cast


def asked(cast: Cast) -> Job:
    with tenant_context(cast.acme.id):
        return ask_recalculation(actor=cast.vera.actor, at=NOW)


def worked(cast: Cast, job: Job) -> Job:
    work.recalculate_all(tenant_id=cast.acme.id, job_id=job.id, started_by="Vera", now=lambda: NOW)
    with tenant_context(cast.acme.id):
        return Job.objects.get(id=job.id)


def test_every_segment_follows_and_the_job_says_so(acme: Cast) -> None:
    job = worked(acme, asked(acme))
    assert (job.state, job.done, job.total) == ("succeeded", 2, 2)
    assert job.counts == {"entered": 0, "left": 2, "failed": 0}
    with tenant_context(acme.acme.id):
        assert set(Segment.objects.values_list("member_count", flat=True)) == {1}
        assert Event.objects.filter(name="partners.segments.recalculate").count() == 1


def test_one_broken_rule_does_not_stop_the_others(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        broken: dict[str, Any] = {"all": [{"fact": "gone", "op": "eq", "value": "x"}]}
        Segment.objects.filter(code="one").update(rule=broken)
    job = worked(acme, asked(acme))
    assert (job.state, job.counts) == ("partly", {"entered": 0, "left": 1, "failed": 1})


def test_a_cancelled_job_begins_nothing(acme: Cast) -> None:
    job = asked(acme)
    with tenant_context(acme.acme.id):
        request_cancel(actor=acme.vera.actor, job=job, at=NOW)
    worked(acme, job)
    with tenant_context(acme.acme.id):
        assert set(Segment.objects.values_list("member_count", flat=True)) == {2}
