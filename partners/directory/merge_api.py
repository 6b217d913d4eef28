"""Duplicates for machines: who looks alike, what a merge would do, doing it; called by partners.directory.urls."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from partners.directory import merging, queries, tree
from partners.directory.duplicates import Pair, list_duplicates
from partners.directory.followers import ENDS, MOVES, STAYS
from partners.directory.likeness import REASONS
from partners.directory.merging import CHOOSABLE, MergePlan
from partners.directory.requisites import TaxIdInvalid
from partners.directory.serializers import PartnerRead
from prm.api.fields import ChoiceField, IdField, TextField, WholeField
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import StrictSerializer, read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import ApiView
from prm.tenancy.queries import current_tenant

READ, WRITE = "merges:read", "merges:write"


class PairRead(StrictSerializer):
    """Two partners that look alike, and why, the strongest reason first."""

    first_id = serializers.SerializerMethodField()
    second_id = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=ChoiceField(choices=[(reason, reason) for reason in REASONS]))

    def get_first_id(self, pair: Pair) -> str:
        return str(pair.first.id)

    def get_second_id(self, pair: Pair) -> str:
        return str(pair.second.id)


class PairsRead(StrictSerializer):
    pairs = PairRead(many=True)


class MergeQuery(StrictSerializer):
    merged_id = IdField()


class MergeWrite(StrictSerializer):
    """`take` names the fields whose value the merged partner gives; the others stay the survivor's."""

    merged_id = IdField()
    take = serializers.ListField(
        child=ChoiceField(choices=[(name, name) for name in CHOOSABLE]), required=False, default=list
    )


class FollowingRead(StrictSerializer):
    what = TextField(source="follower.name")
    count = WholeField()
    fate = ChoiceField(source="follower.fate", choices=[(fate, fate) for fate in (MOVES, STAYS, ENDS)])


class ObjectionRead(StrictSerializer):
    code = TextField()
    message = TextField()


class MergePlanRead(StrictSerializer):
    """What would follow, and why it may not be done now."""

    followings = FollowingRead(many=True)
    objections = ObjectionRead(many=True)


class Duplicates(ApiView):
    scopes: ClassVar = {"GET": READ}

    @operation("List partners that look alike", answer=PairsRead)
    def get(self, request: ApiRequest) -> Response:
        """At most 100 pairs, the strongest first: same tax id, same website, same name, similar name."""
        read_query(request)
        return Response({"pairs": PairRead(list_duplicates(request.actor), many=True).data})


class PartnerMerges(ApiView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True
    refusals: ClassVar = {
        merging.SamePartner: 422,
        merging.MergeForbidden: 409,
        TaxIdInvalid: 422,
        queries.PartnerMerged: 409,
    }

    @operation("See what merging a partner into this one would do", answer=MergePlanRead, query=MergeQuery)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        survivor = queries.access_partner(request.actor, partner_id)
        merged = queries.access_partner(request.actor, read_query(request, MergeQuery)["merged_id"])
        plan: MergePlan = merging.plan_merge(
            actor=request.actor, survivor=survivor, merged=merged, at=request.at
        )
        return Response(MergePlanRead(plan).data)

    @operation("Merge a partner into this one", body=MergeWrite, answer=PartnerRead)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        """For good, in one go. Refused with 409 while a payout run holds either or a conflict is between them."""
        survivor = queries.access_partner(request.actor, partner_id)
        content: dict[str, Any] = read_body(request, MergeWrite)
        merged = queries.access_partner(request.actor, content["merged_id"])
        merging.merge_partners(
            actor=request.actor, survivor=survivor, merged=merged, take=content["take"], at=request.at
        )
        today = request.at.astimezone(current_tenant().zone).date()
        rows = tree.with_parent_codes(queries.visible_partners(request.actor), today)
        partner = rows.select_related("manager__user").get(id=survivor.id)
        return with_etag(Response(PartnerRead(partner).data, status=HTTPStatus.OK), partner.version)
