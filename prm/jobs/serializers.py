"""How a job looks to a machine."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from prm.api.fields import IdField, InstantField, TextField, WholeField
from prm.api.serializers import StrictSerializer
from prm.jobs.kinds import failure_text
from prm.jobs.models import Job, JobState

COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}


class JobProgress(StrictSerializer):
    done = WholeField()
    total = WholeField()


class JobRead(StrictSerializer):
    id = IdField()
    kind = TextField()
    status = serializers.ChoiceField(choices=JobState.choices, source="state")
    progress = JobProgress(source="*")
    counts = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()
    cancel_requested = serializers.SerializerMethodField()
    created_at = InstantField()
    started_at = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)

    def get_failure(self, job: Job) -> str:
        return failure_text(job.failure)

    @extend_schema_field(COUNTS)
    def get_counts(self, job: Job) -> Any:
        return job.counts

    def get_cancel_requested(self, job: Job) -> bool:
        return job.cancel_requested_at is not None


def accepted(job: Job) -> Response:
    """The 202 of any resource that started a job."""
    return Response(JobRead(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.id}"})
