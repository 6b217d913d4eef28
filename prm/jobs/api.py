"""Jobs for machines: where a 202 answer's Location points."""

from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.views import ApiView
from prm.jobs.actions import request_cancel
from prm.jobs.queries import access_job
from prm.jobs.serializers import JobRead


class OneJob(ApiView):
    scopes: ClassVar = {"GET": "jobs:read"}

    @operation("Read a job", answer=JobRead)
    def get(self, request: ApiRequest, job_id: UUID) -> Response:
        """Ask every few seconds; `finished_at` ends the waiting."""
        return Response(JobRead(access_job(request.actor, job_id)).data)


class JobCancel(ApiView):
    scopes: ClassVar = {"POST": "jobs:write"}

    @operation("Ask a job to stop", answer=JobRead, status=202)
    def post(self, request: ApiRequest, job_id: UUID) -> Response:
        """The work stops at its next report; repeating the request changes nothing."""
        request_cancel(actor=request.actor, job=access_job(request.actor, job_id), at=request.at)
        return Response(JobRead(access_job(request.actor, job_id)).data, status=202)
