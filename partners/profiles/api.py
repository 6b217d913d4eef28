"""Profiles of partners, lists of words and custom fields for machines; called by profiles.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.directory.actions import PartnerChangedMeanwhile
from partners.directory.models import Partner
from partners.directory.queries import PartnerMerged, access_partner
from partners.profiles import actions, fields, terms
from partners.profiles.queries import find_listing
from partners.profiles.serializers import FieldRead, ProfileRead, ProfileWrite, TermRead
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView


class Terms(ApiView):
    scopes: ClassVar = {"GET": "vocabulary:read"}

    @operation("List words of the lists", answer=TermRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Industries, specialisations, languages and regions served, the retired ones too."""
        read_query(request)
        return answer_list(request, terms.term_rows(), order=("id",), row=TermRead)


class Fields(ApiView):
    scopes: ClassVar = {"GET": "vocabulary:read"}

    @operation("List custom fields", answer=FieldRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """The fields in use."""
        read_query(request)
        return answer_list(request, fields.field_rows(), order=("id",), row=FieldRead)


class Profile(ApiView):
    scopes: ClassVar = {"GET": "partners:read", "PATCH": "partners:write"}
    refusals: ClassVar = {PartnerChangedMeanwhile: 412, PartnerMerged: 409}

    @operation("Read a partner's profile", answer=ProfileRead)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        return _shown(access_partner(request.actor, partner_id))

    @operation("Change a partner's profile", body=ProfileWrite, answer=ProfileRead, versioned=True)
    def patch(self, request: ApiRequest, partner_id: UUID) -> Response:
        """All of it or nothing: an unknown code is refused at its list, a wrong value at its field."""
        partner = access_partner(request.actor, partner_id)
        require_match(request, partner.version)
        told = read_body(request, ProfileWrite)
        try:
            changed = actions.write_profile(
                actor=request.actor, partner=partner, told=told, version=partner.version, at=request.at
            )
        except terms.TermUnknown as refusal:
            raise Invalid([FieldError(refusal.code, refusal.message, f"/{refusal.field}")]) from refusal
        except fields.FieldValueInvalid as refusal:
            pointer = f"/custom_fields/{refusal.field}"
            raise Invalid([FieldError(refusal.code, refusal.message, pointer)]) from refusal
        return _shown(changed)


def _shown(partner: Partner) -> Response:
    content: dict[str, Any] = {
        "partner_id": partner.id,
        **terms.codes_of(partner.id),
        "custom_fields": fields.values_of(partner.id),
        "is_listed": find_listing(partner.id) is not None,
        "version": partner.version,
    }
    return with_etag(Response(ProfileRead(content).data), partner.version)
