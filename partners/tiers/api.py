"""Tiers for machines; called by partners.tiers.urls."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.directory.queries import partner_ids_by_code
from partners.segments.actions import PartnerCodesUnknown, today_of
from partners.segments.serializers import rule_faults_told
from partners.tiers import actions, queries
from partners.tiers.models import Tier
from partners.tiers.reviewing import CannotLeaveOut, review_tiers
from partners.tiers.serializers import (
    ReviewCounts,
    ReviewQuery,
    ReviewRead,
    ReviewWrite,
    TierChange,
    TierRead,
    TierWrite,
)
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    actions.TierTaken: 409,
    actions.TierHeld: 409,
    actions.TierInUse: 409,
}


def shown(tier: Tier, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/tiers/{tier.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(TierRead(tier).data, status=status, headers=headers), tier.version)


class Tiers(ApiView):
    scopes: ClassVar = {"GET": "tiers:read", "POST": "tiers:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List tiers", answer=TierRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were defined."""
        read_query(request)
        return answer_list(request, queries.all_tiers(), order=("id",), row=TierRead)

    @operation("Define a tier", body=TierWrite, answer=TierRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """Nobody moves before the next review."""
        facts: Any = read_body(request, TierWrite)
        with rule_faults_told():
            return shown(actions.define_tier(actor=request.actor, facts=facts, at=request.at), 201)


class OneTier(ApiView):
    scopes: ClassVar = {"GET": "tiers:read", "PATCH": "tiers:write", "DELETE": "tiers:write"}
    refusals = REFUSALS

    @operation("Read a tier", answer=TierRead)
    def get(self, request: ApiRequest, tier_id: UUID) -> Response:
        read_query(request)
        return shown(queries.access_tier(tier_id))

    @operation("Change a tier", body=TierChange, answer=TierRead, versioned=True)
    def patch(self, request: ApiRequest, tier_id: UUID) -> Response:
        """A new name goes with its partners; it is refused while rules or plans say the old one."""
        tier = queries.access_tier(tier_id)
        require_match(request, tier.version)
        changes: Any = read_body(request, TierChange)
        with rule_faults_told():
            return shown(actions.change_tier(actor=request.actor, tier=tier, changes=changes, at=request.at))

    @operation("Remove a tier that no partner holds", status=204)
    def delete(self, request: ApiRequest, tier_id: UUID) -> Response:
        actions.remove_tier(actor=request.actor, tier=queries.access_tier(tier_id), at=request.at)
        return Response(status=204)


class TierReview(ApiView):
    scopes: ClassVar = {"GET": "tiers:read", "POST": "tiers:write"}
    idempotent = True
    refusals: ClassVar = {PartnerCodesUnknown: 422, CannotLeaveOut: 409}

    @operation("Preview a review of tiers", answer=ReviewRead, query=ReviewQuery)
    def get(self, request: ApiRequest) -> Response:
        """What a review of a day does, of every active partner; of today without one."""
        day = read_query(request, ReviewQuery).get("on") or today_of(request.at)
        outcomes = queries.outcomes_on(day, day - timedelta(days=1))
        return Response({"data": ReviewRead(outcomes, many=True).data})

    @operation("Review tiers today", body=ReviewWrite, answer=ReviewCounts)
    def post(self, request: ApiRequest) -> Response:
        """As every night: raises, warns and lowers as the preview of today shows, but for those you leave out. A second
        time it does nothing."""
        told = read_body(request, ReviewWrite)
        kept = {one["partner_code"]: one["reason"] for one in told.get("keep", [])}
        known = partner_ids_by_code(kept)
        unknown = [code for code in kept if code not in known]
        if unknown:
            raise PartnerCodesUnknown(unknown)
        counts = review_tiers(
            actor=request.actor,
            today=today_of(request.at),
            at=request.at,
            keep={known[code]: reason for code, reason in kept.items()},
        )
        return Response(counts)
