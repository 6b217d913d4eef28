"""Deals for machines, with the vendor's keys; called by partners.deals.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from partners.deals import actions, amendments, queries, refusals
from partners.deals.models import Deal
from partners.deals.rulings import Part, set_parts
from partners.deals.serializers import (
    AmendmentRead,
    AmendWrite,
    AnswerWrite,
    CloseWrite,
    DealQuery,
    DealRead,
    DealWrite,
    ExtendWrite,
    PartsRead,
    PartsWrite,
    ReasonWrite,
    ReturnWrite,
)
from partners.deals.steps import today_of
from partners.directory.queries import partners_by_code
from partners.products.queries import categories_by_code
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    refusals.CustomerClaimed: 409,
    refusals.CustomerYours: 409,
    refusals.CertificateMissing: 409,
    refusals.DealStepRefused: 409,
    refusals.ApproverConflicted: 403,
    refusals.ReasonMissing: 422,
    refusals.ProtectionOver: 409,
    refusals.WeightsUnbalanced: 422,
    refusals.TooManyParts: 422,
    refusals.RivalNamed: 422,
    refusals.AmendmentAsked: 409,
    refusals.NothingAmended: 422,
    refusals.ClaimContested: 409,
}


def shown(request: ApiRequest, deal: Deal, status: int = 200) -> Response:
    deal = queries.access_deal(request.actor, deal.id)
    places = {deal.id: queries.place_of(deal, today_of(request.at))}
    headers = {"Location": f"/api/v1/deals/{deal.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    content = DealRead(deal, context={"places": places}).data
    return with_etag(Response(content, status=status, headers=headers), deal.version)


def _named(found: dict[str, Any], code: str, field: str, missing: str) -> Any:
    if code not in found:
        raise Invalid([FieldError(f"{field}_unknown", missing, f"/{field}")])
    return found[code]


class Deals(ApiView):
    scopes: ClassVar = {"GET": "deals:read", "POST": "deals:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List deals", answer=DealRead, query=DealQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they were registered; `place` is told of one deal at a time."""
        wanted = read_query(request, DealQuery)
        if "partner" in wanted:
            wanted["partner__code"] = wanted.pop("partner")
        rows = queries.visible_deals(request.actor).filter(**wanted).prefetch_related("protections")
        return answer_list(request, rows, order=("id",), row=DealRead)

    @operation("Register a deal", body=DealWrite, answer=DealRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """409 with the place it would have where the customer was registered earlier, and nothing is written; with
        `join_queue` it takes that place. Decided in the order of submission."""
        told: Any = read_body(request, DealWrite)
        join_queue = told.pop("join_queue", False)
        code, line = told.pop("partner"), told.pop("line")
        partner = _named(partners_by_code([code]), code, "partner", _("There is no partner with this code."))
        told["line"] = _named(
            categories_by_code([line]), line, "line", _("There is no category with this code.")
        )
        told["amount_minor"] = told.pop("amount")
        deal = actions.register_deal(
            actor=request.actor, partner=partner, facts=told, join_queue=join_queue, at=request.at
        )
        return shown(request, deal, 201)


class OneDeal(ApiView):
    scopes: ClassVar = {"GET": "deals:read"}

    @operation("Read a deal", answer=DealRead)
    def get(self, request: ApiRequest, deal_id: UUID) -> Response:
        """With its place in the queue for the customer and product line."""
        read_query(request)
        return shown(request, queries.access_deal(request.actor, deal_id))


class DealApproval(ApiView):
    scopes: ClassVar = {"POST": "deal-decisions:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Approve a deal", answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Protected at once, or on condition behind the claims before it."""
        deal = queries.access_deal(request.actor, deal_id)
        return shown(request, actions.approve_deal(actor=request.actor, deal=deal, at=request.at))


class DealRejection(ApiView):
    scopes: ClassVar = {"POST": "deal-decisions:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Reject a deal", body=ReasonWrite, answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """The partner reads the reason."""
        deal = queries.access_deal(request.actor, deal_id)
        reason = read_body(request, ReasonWrite)["reason"]
        return shown(
            request, actions.reject_deal(actor=request.actor, deal=deal, reason=reason, at=request.at)
        )


class DealReturning(ApiView):
    scopes: ClassVar = {"POST": "deal-decisions:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Ask the partner to correct a deal", body=ReturnWrite, answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Only the named fields can be changed then, by `answer_by`; the place stays where the claim does."""
        deal = queries.access_deal(request.actor, deal_id)
        told = read_body(request, ReturnWrite)
        deal = actions.return_deal(
            actor=request.actor, deal=deal, fields=told["fields_asked"], reason=told["reason"], at=request.at
        )
        return shown(request, deal)


class DealAmending(ApiView):
    scopes: ClassVar = {"POST": "deals:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Ask to amend an approved deal", body=AmendWrite, answer=AmendmentRead, status=201)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Another customer, tax id or product line of an approved claim, for its partner; the vendor answers."""
        deal = queries.access_deal(request.actor, deal_id)
        told = read_body(request, AmendWrite)
        why, code = told.pop("why"), told.get("line")
        if code is not None:
            missing = _("There is no category with this code.")
            told["line"] = _named(categories_by_code([code]), code, "line", missing)
        amendment = amendments.ask_amendment(
            actor=request.actor, deal=deal, facts=told, why=why, at=request.at
        )
        headers = {"Location": f"/api/v1/deals/{deal.id}/amendments"}
        return Response(AmendmentRead(amendment).data, status=201, headers=headers)


class DealAmendments(ApiView):
    scopes: ClassVar = {"GET": "deals:read"}

    @operation("List the amendments of a deal", answer=AmendmentRead, listed=True)
    def get(self, request: ApiRequest, deal_id: UUID) -> Response:
        """In the order in which they were asked for."""
        read_query(request)
        rows = queries.amendments_of(queries.access_deal(request.actor, deal_id))
        return answer_list(request, rows, order=("id",), row=AmendmentRead)


class DealAnswering(ApiView):
    scopes: ClassVar = {"POST": "deal-decisions:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Answer an amendment of a deal", body=AnswerWrite, answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Approved, a claim that moves takes the last place of its new queue. 409 where nothing was asked."""
        deal = queries.access_deal(request.actor, deal_id)
        told = read_body(request, AnswerWrite)
        amendment = queries.asked_amendment(deal)
        if amendment is None:
            raise refusals.DealStepRefused(deal)
        deal = amendments.answer_amendment(
            actor=request.actor,
            deal=deal,
            amendment=amendment,
            approve=told["approve"],
            answer=told.get("answer", ""),
            at=request.at,
        )
        return shown(request, deal)


class DealExtension(ApiView):
    scopes: ClassVar = {"POST": "deal-decisions:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Extend a protection", body=ExtendWrite, answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """While it lasts."""
        deal = queries.access_deal(request.actor, deal_id)
        told = read_body(request, ExtendWrite)
        reason = told.get("reason", "")
        deal = actions.extend_deal(
            actor=request.actor, deal=deal, days=told["days"], reason=reason, at=request.at
        )
        return shown(request, deal)


class DealClosing(ApiView):
    scopes: ClassVar = {"POST": "deals:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("Close a deal", body=CloseWrite, answer=DealRead)
    def post(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Won keeps the protection, lost and withdrawn end it."""
        deal = queries.access_deal(request.actor, deal_id)
        outcome = read_body(request, CloseWrite)["outcome"]
        return shown(
            request, actions.close_deal(actor=request.actor, deal=deal, outcome=outcome, at=request.at)
        )


class DealParts(ApiView):
    scopes: ClassVar = {"GET": "deals:read", "PUT": "deal-decisions:write"}
    refusals = REFUSALS

    @operation("Read who does what in a deal", answer=PartsRead)
    def get(self, request: ApiRequest, deal_id: UUID) -> Response:
        """Empty where the deal is its partner's alone."""
        read_query(request)
        return Response(PartsRead(queries.access_deal(request.actor, deal_id)).data)

    @operation("Set who does what in a deal", body=PartsWrite, answer=PartsRead)
    def put(self, request: ApiRequest, deal_id: UUID) -> Response:
        """All parts at once; their weights make 100 and are the default split of the sales that follow."""
        deal = queries.access_deal(request.actor, deal_id)
        rows = read_body(request, PartsWrite)["parts"]
        found = partners_by_code([row["partner"] for row in rows])
        missing = _("There is no partner with this code.")
        parts = [
            Part(
                _named(found, row["partner"], f"parts/{place}/partner", missing), row["part"], row["percent"]
            )
            for place, row in enumerate(rows)
        ]
        set_parts(actor=request.actor, deal=deal, parts=parts, at=request.at)
        return Response(PartsRead(deal).data)
