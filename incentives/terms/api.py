"""Terms for machines: the texts, who accepted them, accepting on a partner's behalf. Called by terms.urls."""

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.plans.actions import Terms, TermsMissing, VersionChangedMeanwhile, write_terms
from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.terms import queries
from incentives.terms.actions import accept_terms
from incentives.terms.refusals import TextChanged
from incentives.terms.serializers import TermsAcceptanceRead, TermsAcceptanceWrite, TermsRead, TermsWrite
from partners.directory.queries import usable_partners
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

CREATED = 201


class PlanTerms(ApiView):
    scopes: ClassVar = {"GET": "terms:read"}

    @operation("List terms of plans", answer=TermsRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Of published versions that ask partners to accept something; newest first."""
        read_query(request)
        return answer_list(request, queries.versions_with_terms(), order=("-id",), row=TermsRead)


class VersionTerms(ApiView):
    scopes: ClassVar = {"GET": "terms:read", "PUT": "plans:write"}
    refusals: ClassVar = {VersionChangedMeanwhile: 412, TermsMissing: 422}

    @operation("Read the terms of a version", answer=TermsRead)
    def get(self, request: ApiRequest, version_id: UUID) -> Response:
        read_query(request)
        return _shown(access_version(request.actor, version_id))

    @operation("Write the terms of a draft", body=TermsWrite, answer=TermsRead, versioned=True)
    def put(self, request: ApiRequest, version_id: UUID) -> Response:
        """What was proposed before is to be proposed again. Terms of a published version never change."""
        version = access_version(request.actor, version_id)
        require_match(request, version.revision)
        told = read_body(request, TermsWrite)
        terms = Terms(told["texts"], told.get("pays_after_acceptance", False))
        return _shown(
            write_terms(
                actor=request.actor, version=version, revision=version.revision, terms=terms, at=request.at
            )
        )


def _shown(version: PlanVersion) -> Response:
    return with_etag(Response(TermsRead(version).data), version.revision)


class VersionAcceptances(ApiView):
    scopes: ClassVar = {"GET": "terms:read", "POST": "terms:write"}
    idempotent = True
    refusals: ClassVar = {TextChanged: 422}

    @operation("List who accepted a version's terms", answer=TermsAcceptanceRead, listed=True)
    def get(self, request: ApiRequest, version_id: UUID) -> Response:
        read_query(request)
        rows = queries.list_acceptances(request.actor, access_version(request.actor, version_id))
        return answer_list(request, rows, order=("id",), row=TermsAcceptanceRead)

    @operation(
        "Accept terms on a partner's behalf",
        body=TermsAcceptanceWrite,
        answer=TermsAcceptanceRead,
        status=201,
    )
    def post(self, request: ApiRequest, version_id: UUID) -> Response:
        """What was accepted before is answered as it stands. 409 where the partner is not asked, or a later version
        is in force; 422 where the hash is not that of the text."""
        version = access_version(request.actor, version_id)
        told = read_body(request, TermsAcceptanceWrite)
        partner = usable_partners(request.actor).filter(code=told["partner"]).first()
        if partner is None:
            text = _("There is no partner with the code %(code)s.") % {"code": told["partner"]}
            raise Invalid([FieldError("unknown_partner", text, "/partner")])
        acceptance = accept_terms(
            actor=request.actor, partner=partner, version=version, language=told["language"],
            read_hash=told["text_hash"], at=request.at,
        )  # fmt: skip
        return Response(TermsAcceptanceRead(acceptance).data, status=CREATED)
