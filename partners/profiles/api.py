"""Profiles and documents of partners, lists of words and custom fields for machines; called by profiles.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.directory.actions import PartnerChangedMeanwhile
from partners.directory.models import Partner
from partners.directory.queries import PartnerMerged, access_partner
from partners.profiles import actions, fields, terms
from partners.profiles.queries import access_document, document_rows, find_listing
from partners.profiles.serializers import (
    DocumentRead,
    DocumentWrite,
    FieldChange,
    FieldRead,
    FieldWrite,
    ProfileRead,
    ProfileWrite,
    TermRead,
)
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView
from prm.files.actions import FileRefused
from prm.files.rules import MEGABYTE


class Terms(ApiView):
    scopes: ClassVar = {"GET": "vocabulary:read"}

    @operation("List words of the lists", answer=TermRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Industries, specialisations, languages and regions served, the retired ones too."""
        read_query(request)
        return answer_list(request, terms.term_rows(), order=("id",), row=TermRead)


def at_field(refusal: fields.FieldFactsInvalid) -> Invalid:
    return Invalid([FieldError(refusal.code, refusal.message, f"/{refusal.field}")])


class Fields(ApiView):
    scopes: ClassVar = {"GET": "vocabulary:read", "POST": "vocabulary:write"}
    idempotent = True

    @operation("List custom fields", answer=FieldRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """The fields in use."""
        read_query(request)
        return answer_list(request, fields.field_rows(), order=("id",), row=FieldRead)

    @operation("Define a custom field", body=FieldWrite, answer=FieldRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """At the end of the list."""
        facts: Any = read_body(request, FieldWrite)
        try:
            field = fields.define_field(actor=request.actor, facts=facts, at=request.at)
        except fields.FieldFactsInvalid as refusal:
            raise at_field(refusal) from refusal
        return Response(FieldRead(field).data, status=201, headers={"Location": f"/api/v1/fields/{field.id}"})


class OneField(ApiView):
    scopes: ClassVar = {"GET": "vocabulary:read", "PATCH": "vocabulary:write"}

    @operation("Read a custom field", answer=FieldRead)
    def get(self, request: ApiRequest, field_id: UUID) -> Response:
        read_query(request)
        return Response(FieldRead(fields.access_field(field_id)).data)

    @operation("Change a custom field", body=FieldChange, answer=FieldRead)
    def patch(self, request: ApiRequest, field_id: UUID) -> Response:
        """Names, choices, who sees it, its place, whether it is in use. A choice that is taken away stays where
        somebody said it."""
        field = fields.access_field(field_id)
        changes: Any = read_body(request, FieldChange)
        place, retired = changes.pop("place", None), changes.pop("is_retired", None)
        try:
            fields.change_field(actor=request.actor, field=field, changes=changes, at=request.at)
        except fields.FieldFactsInvalid as refusal:
            raise at_field(refusal) from refusal
        if place is not None:
            fields.place_field(actor=request.actor, field=field, place=place, at=request.at)
        if retired is not None and retired != (field.retired_at is not None):
            fields.turn_field(actor=request.actor, field=field, at=request.at)
        return Response(FieldRead(fields.access_field(field_id)).data)


class Documents(ApiView):
    scopes: ClassVar = {"GET": "documents:read", "POST": "documents:write"}
    idempotent = True
    body_limit_bytes = 28 * MEGABYTE  # twenty of a file, a third more in base64
    refusals: ClassVar = {PartnerMerged: 409}

    @operation("List a partner's documents", answer=DocumentRead, listed=True)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        read_query(request)
        rows = document_rows(access_partner(request.actor, partner_id).id)
        return answer_list(request, rows, order=("id",), row=DocumentRead)

    @operation("Store a document of a partner", body=DocumentWrite, answer=DocumentRead, status=201)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        """PDF, picture, table, text or archive, up to 20 MB."""
        partner = access_partner(request.actor, partner_id)
        told = read_body(request, DocumentWrite)
        name, content = told.pop("file_name"), told.pop("content_base64")
        facts: Any = told
        try:
            document = actions.add_document(
                actor=request.actor, company=partner, facts=facts, name=name, content=content, at=request.at
            )
        except FileRefused as refusal:
            raise Invalid([FieldError(refusal.code, refusal.message, "/content_base64")]) from refusal
        return Response(DocumentRead(document).data, status=201)


class OneDocument(ApiView):
    scopes: ClassVar = {"GET": "documents:read", "DELETE": "documents:write"}

    @operation("Read a document", answer=DocumentRead)
    def get(self, request: ApiRequest, paper_id: UUID) -> Response:
        read_query(request)
        return Response(DocumentRead(access_document(request.actor, paper_id)).data)

    @operation("Remove a document", status=204)
    def delete(self, request: ApiRequest, paper_id: UUID) -> Response:
        """Its bytes go with it."""
        document = access_document(request.actor, paper_id)
        actions.remove_document(actor=request.actor, document=document, at=request.at)
        return Response(status=204)


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
