"""Plans for machines: draft, replace, propose, assign. No key publishes: that is a second person's act on the page.

Called by: plans.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.plans import actions, queries
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from incentives.plans.serializers import (
    AssignmentRead,
    AssignmentWrite,
    EndWrite,
    PlanRead,
    PlanWrite,
    VersionRead,
    VersionWrite,
    canonical_document,
    document_faults_told,
)
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

CREATED = 201
REFUSALS: dict[type[Exception], int] = {actions.VersionChangedMeanwhile: 412}


def shown(version: PlanVersion, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/plan-versions/{version.id}"} if status == CREATED else {}
    return with_etag(Response(VersionRead(version).data, status=status, headers=headers), version.revision)


def shown_assignment(assignment: PlanAssignment, status: int = 200) -> Response:
    codes = queries.partner_codes([assignment])
    return Response(AssignmentRead(assignment, context={"codes": codes}).data, status=status)


class Plans(ApiView):
    scopes: ClassVar = {"GET": "plans:read", "POST": "plans:write"}
    idempotent = True

    @operation("List plans", answer=PlanRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        read_query(request)
        return answer_list(request, queries.all_plans(request.actor), order=("id",), row=PlanRead)

    @operation("Create a plan", body=PlanWrite, answer=PlanRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """It pays nothing until a version of it is published and it is assigned."""
        told = {"slot": "main", **read_body(request, PlanWrite)}
        plan: Plan = actions.create_plan(actor=request.actor, at=request.at, **told)
        headers = {"Location": f"/api/v1/plans/{plan.id}"}
        return Response(PlanRead(plan).data, status=CREATED, headers=headers)


class OnePlan(ApiView):
    scopes: ClassVar = {"GET": "plans:read"}

    @operation("Read a plan", answer=PlanRead)
    def get(self, request: ApiRequest, plan_id: UUID) -> Response:
        read_query(request)
        return Response(PlanRead(queries.access_plan(request.actor, plan_id)).data)


class PlanVersions(ApiView):
    scopes: ClassVar = {"GET": "plans:read", "POST": "plans:write"}
    idempotent = True

    @operation("List the versions of a plan", answer=VersionRead, listed=True)
    def get(self, request: ApiRequest, plan_id: UUID) -> Response:
        """Newest first, drafts among them."""
        read_query(request)
        plan = queries.access_plan(request.actor, plan_id)
        return answer_list(request, queries.list_versions(plan), order=("-number",), row=VersionRead)

    @operation("Draft a version", body=VersionWrite, answer=VersionRead, status=201)
    def post(self, request: ApiRequest, plan_id: UUID) -> Response:
        """Faults of the document are told at their pointers, such as `/document/components/0/rate`."""
        plan = queries.access_plan(request.actor, plan_id)
        told = read_body(request, VersionWrite)
        told["document"] = canonical_document(told["document"])
        return shown(actions.draft_version(actor=request.actor, plan=plan, at=request.at, **told), CREATED)


class OneVersion(ApiView):
    scopes: ClassVar = {"GET": "plans:read", "PUT": "plans:write"}
    refusals = REFUSALS

    @operation("Read a version", answer=VersionRead)
    def get(self, request: ApiRequest, version_id: UUID) -> Response:
        read_query(request)
        return shown(queries.access_version(request.actor, version_id))

    @operation("Replace a draft", body=VersionWrite, answer=VersionRead, versioned=True)
    def put(self, request: ApiRequest, version_id: UUID) -> Response:
        """Document, dates and note as a whole. What was proposed before is to be proposed again."""
        version = queries.access_version(request.actor, version_id)
        require_match(request, version.revision)
        told = {"note": "", **read_body(request, VersionWrite)}
        told["document"] = canonical_document(told["document"])
        edited = actions.edit_version(
            actor=request.actor, version=version, revision=version.revision, at=request.at, **told
        )
        return shown(edited)


class VersionProposal(ApiView):
    scopes: ClassVar = {"POST": "plans:write"}
    idempotent = True

    @operation("Propose a draft for publishing", answer=VersionRead)
    def post(self, request: ApiRequest, version_id: UUID) -> Response:
        """Those who may publish are told. An API key never publishes: a person does it on the page, and not the one who
        edited the draft last or made the key that did."""
        version = queries.access_version(request.actor, version_id)
        with document_faults_told():
            return shown(actions.propose_version(actor=request.actor, version=version, at=request.at))


class PlanAssignments(ApiView):
    scopes: ClassVar = {"GET": "plans:read", "POST": "plans:write"}
    idempotent = True

    @operation("List to whom a plan is assigned", answer=AssignmentRead, listed=True)
    def get(self, request: ApiRequest, plan_id: UUID) -> Response:
        read_query(request)
        rows = queries.list_assignments(queries.access_plan(request.actor, plan_id))
        codes = queries.partner_codes(rows)

        def row(assignment: PlanAssignment) -> dict[str, Any]:
            return dict(AssignmentRead(assignment, context={"codes": codes}).data)

        return answer_list(request, rows, order=("id",), row=row)

    @operation("Assign a plan", body=AssignmentWrite, answer=AssignmentRead, status=201)
    def post(self, request: ApiRequest, plan_id: UUID) -> Response:
        """409 where another plan of the slot has the same audience on some of the days."""
        plan = queries.access_plan(request.actor, plan_id)
        told = read_body(request, AssignmentWrite)
        target = queries.find_target(told["audience"], told.get("target", ""))
        if target is None:
            missing = _("There is nothing of this name to assign a plan to.")
            raise Invalid([FieldError("target_unknown", missing, "/target")])
        told["target"] = target
        assignment = actions.assign_plan(actor=request.actor, plan=plan, at=request.at, **told)
        return shown_assignment(assignment, CREATED)


class AssignmentEnding(ApiView):
    scopes: ClassVar = {"POST": "plans:write"}
    idempotent = True

    @operation("End an assignment", body=EndWrite, answer=AssignmentRead)
    def post(self, request: ApiRequest, assignment_id: UUID) -> Response:
        """Earlier than it would end; a day that it did not cover is given by a new assignment."""
        assignment = queries.access_assignment(request.actor, assignment_id)
        ends_on = read_body(request, EndWrite)["ends_on"]
        ended = actions.end_assignment(
            actor=request.actor, assignment=assignment, ends_on=ends_on, at=request.at
        )
        return shown_assignment(ended)
