"""Partners, their contacts and their place in the tree for machines; called by partners.directory.urls."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.response import Response

from partners.directory import actions, contacts, queries, tree
from partners.directory.extras import matching
from partners.directory.intake import ParentUnknown, ToldParent, find_parent, take_partner
from partners.directory.models import Partner, PartnerParent
from partners.directory.serializers import (
    ContactChange,
    ContactRead,
    ContactWrite,
    DayQuery,
    MoveRead,
    MoveWrite,
    PartnerChange,
    PartnerQuery,
    PartnerRead,
    PartnerRow,
    PartnerTold,
    PartnerWrite,
)
from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query, valid_code
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView
from prm.tenancy.queries import current_tenant

READ, WRITE = "partners:read", "partners:write"
REFUSALS: dict[type[Exception], int] = {
    actions.PartnerCodeTaken: 409,
    actions.PartnerChangedMeanwhile: 412,
}


class PartnerView(ApiView):
    """What all of these share: refusals, and partners shown with the code of the one above today."""

    refusals = REFUSALS

    def with_parents(self, rows: QuerySet[Partner]) -> QuerySet[Partner]:
        return tree.with_parent_codes(rows, self.today()).select_related("manager__user")

    def today(self) -> date:
        return self.request.at.astimezone(current_tenant().zone).date()

    def shown(self, partner_id: UUID, status: int = HTTPStatus.OK) -> Response:
        partner = self.with_parents(queries.visible_partners(self.request.actor)).get(id=partner_id)
        headers = {"Location": f"/api/v1/partners/{partner.id}"} if status == HTTPStatus.CREATED else {}
        return with_etag(Response(PartnerRead(partner).data, status=status, headers=headers), partner.version)

    def take(self, content: dict[str, Any]) -> tuple[Partner, str]:
        """Facts and place of one partner."""
        code, starts_on = content.pop("parent_code", None), content.pop("parent_from", None)
        parent = None if code is None else ToldParent(code, starts_on)
        facts: Any = content
        with told_at_field():
            return take_partner(actor=self.request.actor, facts=facts, parent=parent, at=self.request.at)


@contextmanager
def told_at_field() -> Iterator[None]:
    """What cannot be of one field is said at that field."""
    try:
        yield
    except (ParentUnknown, actions.PartnerTreeCycle, actions.TaxIdInvalid) as refusal:
        raise Invalid([FieldError(refusal.code, refusal.message, f"/{refusal.field}")]) from refusal


class Partners(PartnerView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("List partners", answer=PartnerRead, query=PartnerQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they came. `q` is the beginning of a name, or exactly a code, tax id or number.
        `industry` and `specialisation` are codes of words."""
        told = read_query(request, PartnerQuery)
        words: dict[str, str] = {name: told.pop(name, "") for name in ("industry", "specialisation")}
        wanted = queries.PartnerFilter(**told, also=matching(words))
        rows = self.with_parents(queries.list_partners(request.actor, wanted))
        return answer_list(request, rows, order=("id",), row=PartnerRead)

    @operation("Add a partner", body=PartnerWrite, answer=PartnerRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        facts: Any = read_body(request, PartnerWrite)
        with told_at_field():
            partner = actions.create_partner(actor=request.actor, facts=facts, at=request.at)
        return self.shown(partner.id, HTTPStatus.CREATED)


class OnePartner(PartnerView):
    scopes: ClassVar = {"GET": READ, "PATCH": WRITE}

    @operation("Read a partner", answer=PartnerRead)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        """One that was merged says so in `status`, and names its survivor in `merged_into_id`."""
        return self.shown(queries.access_even_merged(request.actor, partner_id).id)

    @operation("Change a partner", body=PartnerChange, answer=PartnerRead, versioned=True)
    def patch(self, request: ApiRequest, partner_id: UUID) -> Response:
        """A new type, country, region or tier counts from `standing_from`, or from today; earlier days keep theirs."""
        partner = queries.access_partner(request.actor, partner_id)
        require_match(request, partner.version)
        changes: Any = read_body(request, PartnerChange)
        standing_from = changes.pop("standing_from", None)
        with told_at_field():
            actions.change_partner(
                actor=request.actor,
                partner=partner,
                changes=changes,
                version=partner.version,
                standing_from=standing_from,
                at=request.at,
            )
        return self.shown(partner.id)


class PartnerByCode(PartnerView):
    scopes: ClassVar = {"GET": READ, "PUT": WRITE}

    @operation("Read a partner by its code", answer=PartnerRead)
    def get(self, request: ApiRequest, code: str) -> Response:
        return self.shown(queries.access_partner_by_code(request.actor, code).id)

    @operation("Add or change a partner by its code", body=PartnerTold, answer=PartnerRead)
    def put(self, request: ApiRequest, code: str) -> Response:
        """201 when it was added, 200 when it was there. Absent fields stay as they are."""
        partner, effect = self.take({**read_body(request, PartnerTold), "code": valid_code(code)})
        return self.shown(partner.id, HTTPStatus.CREATED if effect == "created" else HTTPStatus.OK)


class PartnerBatch(PartnerView):
    scopes: ClassVar = {"POST": WRITE}
    idempotent = True
    bucket = "bulk"

    @operation("Add or change many partners by code", body=PartnerRow, batch="partners")
    def post(self, request: ApiRequest) -> Response:
        """`{"mode": "partial", "partners": [...]}` with up to 500 rows; send a partner before those below it."""

        def write(content: dict[str, Any]) -> RowWritten:
            partner, effect = self.take(content)
            return RowWritten(effect, partner.id, partner.version)

        rows, mode = read_rows(request, name="partners")
        answers = write_rows(rows, write, shape=PartnerRow, key_name="code", refusals=REFUSALS)
        return answer_batch(answers, mode=mode, key_name="code")


class PartnersBelow(PartnerView):
    scopes: ClassVar = {"GET": READ}

    @operation("List the partners below a partner", answer=PartnerRead, query=DayQuery, listed=True)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        """At whatever depth, on the day `on`; today where none is named. `parent_code` is that of the same day."""
        partner = queries.access_partner(request.actor, partner_id)
        day = read_query(request, DayQuery).get("on", self.today())
        below = tree.subtree_ids(partner.id, day) - {partner.id}
        rows = queries.visible_partners(request.actor).filter(id__in=below)
        rows = tree.with_parent_codes(rows, day).select_related("manager__user")
        return answer_list(request, rows, order=("id",), row=PartnerRead)


class PartnerMoves(PartnerView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("List who stood above a partner", answer=MoveRead, listed=True)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        read_query(request)
        return answer_list(request, self._links(partner_id), order=("starts_on", "id"), row=MoveRead)

    @operation("Move a partner in the tree", body=MoveWrite, answer=PartnerRead, status=201)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        """From `starts_on` until the next move already known. A circle on any day is refused at `parent_code`."""
        partner = queries.access_partner(request.actor, partner_id)
        content = read_body(request, MoveWrite)
        with told_at_field():
            parent = find_parent(request.actor, content["parent_code"])
            actions.move_partner(
                actor=request.actor,
                partner=partner,
                parent=parent,
                starts_on=content["starts_on"],
                at=request.at,
            )
        return self.shown(partner.id, HTTPStatus.CREATED)

    def _links(self, partner_id: UUID) -> QuerySet[PartnerParent]:
        return tree.parent_links(queries.access_partner(self.request.actor, partner_id).id)


class Contacts(PartnerView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("List a partner's contacts", answer=ContactRead, listed=True)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        read_query(request)
        rows = queries.contacts_of(queries.access_partner(request.actor, partner_id))
        return answer_list(request, rows, order=("id",), row=ContactRead)

    @operation("Add a contact", body=ContactWrite, answer=ContactRead, status=201)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        partner = queries.access_partner(request.actor, partner_id)
        facts: Any = read_body(request, ContactWrite)
        contact = contacts.add_contact(actor=request.actor, partner=partner, facts=facts, at=request.at)
        return Response(ContactRead(contact).data, status=HTTPStatus.CREATED)


class OneContact(PartnerView):
    scopes: ClassVar = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @operation("Read a contact", answer=ContactRead)
    def get(self, request: ApiRequest, partner_id: UUID, contact_id: UUID) -> Response:
        partner = queries.access_partner(request.actor, partner_id)
        return Response(ContactRead(queries.access_contact(partner, contact_id)).data)

    @operation("Change a contact", body=ContactChange, answer=ContactRead)
    def patch(self, request: ApiRequest, partner_id: UUID, contact_id: UUID) -> Response:
        contact = queries.access_contact(queries.access_partner(request.actor, partner_id), contact_id)
        changes: Any = read_body(request, ContactChange)
        changed = contacts.change_contact(
            actor=request.actor, contact=contact, changes=changes, at=request.at
        )
        return Response(ContactRead(changed).data)

    @operation("Remove a contact", status=204)
    def delete(self, request: ApiRequest, partner_id: UUID, contact_id: UUID) -> Response:
        contact = queries.access_contact(queries.access_partner(request.actor, partner_id), contact_id)
        contacts.remove_contact(actor=request.actor, contact=contact, at=request.at)
        return Response(status=HTTPStatus.NO_CONTENT)
