"""How a job looks to a machine."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from prm.api.fields import IdField, InstantField, TextField, WholeField
from prm.api.serializers import StrictSerializer
from prm.jobs.models import Job, JobState

URL_OR_NULL = {"type": ["string", "null"]}
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
    failure = TextField()
    cancel_requested = serializers.SerializerMethodField()
    created_at = InstantField()
    started_at = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)
    result_url = serializers.SerializerMethodField()

    @extend_schema_field(COUNTS)
    def get_counts(self, job: Job) -> Any:
        return job.counts

    def get_cancel_requested(self, job: Job) -> bool:
        return job.cancel_requested_at is not None

    @extend_schema_field(URL_OR_NULL)
    def get_result_url(self, job: Job) -> str | None:
        return f"/api/v1/files/{job.result_file_id}" if job.result_file_id else None


def accepted(job: Job) -> Response:
    """The 202 of any resource that started a job."""
    return Response(JobRead(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.id}"})
