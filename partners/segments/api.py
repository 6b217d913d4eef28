"""Segments for machines; called by partners.segments.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.segments import actions, queries
from partners.segments.facts import known_facts
from partners.segments.language import read_rule
from partners.segments.models import Segment
from partners.segments.selection import preview
from partners.segments.serializers import (
    CodesWrite,
    CountRead,
    FactRead,
    MemberRead,
    MembersQuery,
    PreviewRead,
    PreviewWrite,
    RecalculateRead,
    RecalculateWrite,
    SegmentChange,
    SegmentQuery,
    SegmentRead,
    SegmentWrite,
    rule_faults_told,
)
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    actions.SegmentCodeTaken: 409,
    actions.SegmentChangedMeanwhile: 412,
    actions.PartnerCodesUnknown: 422,
    actions.SegmentHistoryLater: 409,
    actions.SegmentLeadsBack: 422,
}


def shown(segment: Segment, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/segments/{segment.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(SegmentRead(segment).data, status=status, headers=headers), segment.version)


class Segments(ApiView):
    scopes: ClassVar = {"GET": "segments:read", "POST": "segments:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List segments", answer=SegmentRead, query=SegmentQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """`q` is a part of the name, or exactly the code."""
        rows = queries.list_segments(**read_query(request, SegmentQuery))
        return answer_list(request, rows, order=("id",), row=SegmentRead)

    @operation("Define a segment", body=SegmentWrite, answer=SegmentRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """Its members are there at once."""
        facts: Any = read_body(request, SegmentWrite)
        with rule_faults_told():
            segment = actions.create_segment(actor=request.actor, facts=facts, at=request.at)
        return shown(segment, 201)


class SegmentPreview(ApiView):
    scopes: ClassVar = {"POST": "segments:read"}

    @operation("Try a rule without saving it", body=PreviewWrite, answer=PreviewRead)
    def post(self, request: ApiRequest) -> Response:
        """Counts the partners it fits on a day."""
        told = read_body(request, PreviewWrite)
        with rule_faults_told():
            rule = read_rule(told["rule"])
        found = preview(rule, told.get("as_of") or actions.today_of(request.at), None)
        return Response({"matching": found.matching, "of": found.of, "sample": found.sample})


class OneSegment(ApiView):
    scopes: ClassVar = {"GET": "segments:read", "PATCH": "segments:write", "DELETE": "segments:write"}
    refusals = REFUSALS

    @operation("Read a segment", answer=SegmentRead)
    def get(self, request: ApiRequest, segment_id: UUID) -> Response:
        read_query(request)
        return shown(queries.access_segment(segment_id))

    @operation("Change a segment", body=SegmentChange, answer=SegmentRead, versioned=True)
    def patch(self, request: ApiRequest, segment_id: UUID) -> Response:
        """A changed rule takes effect at once."""
        segment = queries.access_segment(segment_id)
        require_match(request, segment.version)
        changes: Any = read_body(request, SegmentChange)
        with rule_faults_told():
            segment = actions.change_segment(
                actor=request.actor, segment=segment, changes=changes, version=segment.version, at=request.at
            )
        return shown(segment)

    @operation("Remove a segment that nothing uses", status=204)
    def delete(self, request: ApiRequest, segment_id: UUID) -> Response:
        actions.remove_segment(actor=request.actor, segment=queries.access_segment(segment_id), at=request.at)
        return Response(status=204)


class SegmentRecalculation(ApiView):
    scopes: ClassVar = {"POST": "segments:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Recalculate a segment", body=RecalculateWrite, answer=RecalculateRead)
    def post(self, request: ApiRequest, segment_id: UUID) -> Response:
        """As of a day not before the last recalculation; today without one."""
        segment = queries.access_segment(segment_id)
        as_of = read_body(request, RecalculateWrite).get("as_of") or actions.today_of(request.at)
        applied = actions.recalculate_segment(
            actor=request.actor, segment=segment, as_of=as_of, at=request.at
        )
        return Response(vars(applied))


class SegmentMembers(ApiView):
    scopes: ClassVar = {"GET": "segments:read"}

    @operation("List the members of a segment", answer=MemberRead, query=MembersQuery, listed=True)
    def get(self, request: ApiRequest, segment_id: UUID) -> Response:
        """Those of a day; of today without one."""
        day = read_query(request, MembersQuery).get("on") or actions.today_of(request.at)
        rows = queries.visible_members(request.actor, queries.access_segment(segment_id), day)
        return answer_list(request, rows, order=("id",), row=MemberRead)


class SegmentAdding(ApiView):
    scopes: ClassVar = {"POST": "segments:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Put partners into a fixed list", body=CodesWrite, answer=CountRead)
    def post(self, request: ApiRequest, segment_id: UUID) -> Response:
        """Answers how many were not in it. An unknown code refuses all."""
        codes = read_body(request, CodesWrite)["codes"]
        segment = queries.access_segment(segment_id)
        count = actions.add_members(actor=request.actor, segment=segment, codes=codes, at=request.at)
        return Response({"count": count})


class SegmentTakingOut(ApiView):
    scopes: ClassVar = {"POST": "segments:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Take partners out of a fixed list", body=CodesWrite, answer=CountRead)
    def post(self, request: ApiRequest, segment_id: UUID) -> Response:
        """Answers how many were in it."""
        codes = read_body(request, CodesWrite)["codes"]
        segment = queries.access_segment(segment_id)
        count = actions.remove_members(actor=request.actor, segment=segment, codes=codes, at=request.at)
        return Response({"count": count})


class SegmentFacts(ApiView):
    scopes: ClassVar = {"GET": "segments:read"}

    @operation("List the facts that rules may ask for", answer=FactRead)
    def get(self, request: ApiRequest) -> Response:
        """With their types, units and terms."""
        read_query(request)
        facts = [
            {
                "name": fact.name,
                "title": str(fact.label),
                "type": str(fact.fact_type),
                "unit": fact.unit,
                "terms": [term.name for term in fact.terms],
            }
            for fact in known_facts()
        ]
        return Response({"data": facts})
