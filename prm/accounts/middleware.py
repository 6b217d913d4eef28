"""TenantMiddleware: from an address and a session to a tenant, an actor and an open context.

Promise: the first path segment names the tenant and becomes the mount prefix, so `reverse()` links stay inside it;
an address that names no tenant, or one where the person has no place, answers 404 like any missing page.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone

from prm.accounts.actor import APPLICANT_LABEL, Actor
from prm.accounts.family import family_of
from prm.accounts.permissions import permissions_of
from prm.accounts.queries import Place, find_application, list_places
from prm.accounts.requests import PlatformRequest
from prm.accounts.rules import hash_of
from prm.accounts.viewing import viewer, viewing_in
from prm.kit.ids import uuid7
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.queries import TenantCard, find_tenant

RESERVED = frozenset(
    {
        "account",
        "api",
        "static",
        "operator",
        "healthz",
        "readyz",
        "switch",
        "preferences",
        "invite",
        "join",
        "favicon.ico",
    }
)
FACES = {
    "m": "console",
    "p": "portal",
    "join": "public",
    "check": "public",
    "find": "public",
    "brand": "brand",
}
# Below these addresses of the public face the next segment is the secret of an applicant's link.
WITH_LINK = ("apply", "status")
Respond = Callable[[PlatformRequest], HttpResponse]


class TenantMiddleware:
    """Opens the context around everything that follows, template rendering included."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: PlatformRequest) -> HttpResponse:
        prefix = get_script_prefix()
        try:
            return self._answer(request)
        finally:
            set_script_prefix(prefix)

    def _answer(self, request: PlatformRequest) -> HttpResponse:
        request.tenant = None
        request.actor = None
        request.visitor = None
        request.viewing = None
        request.places = []
        head = _head(request.path_info)
        if head in ("static", "healthz", "readyz", "api"):
            return self.get_response(request)  # the API opens its own context from the token
        if head == "invite":
            self._know_person(request)
            return self.get_response(request)  # an invitation opens contexts of its own, one after another
        if head and head not in RESERVED:
            self._mount(request, head)
        if request.tenant and FACES.get(_head(request.path_info)) == "public":
            self._know_person(request)  # for the language alone: a visitor's context shows no people
        zone = request.tenant.zone if request.tenant else None
        with self._open(request), timezone.override(zone):
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            return response

    def _know_person(self, request: PlatformRequest) -> None:
        """Find the session's person now, for AuthenticationMiddleware: later no identity context is open."""
        with identity_context():
            request._cached_user = get_user(request)  # type: ignore[attr-defined]

    def _mount(self, request: PlatformRequest, slug: str) -> None:
        """Take the slug off the path; an unknown one leaves the path as it is, and the resolver answers 404."""
        request.tenant = find_tenant(slug)
        if request.tenant is None:
            request.path_info = "/missing/"
            return
        request.path_info = request.path_info[len(slug) + 1 :] or "/"
        set_script_prefix(f"/{slug}/")

    def _open(self, request: PlatformRequest) -> AbstractContextManager[None]:
        """A vendor's stylesheet and logo are nobody's: no session is read for them, so that any cache may keep them."""
        if request.tenant and FACES.get(_head(request.path_info)) == "brand":
            request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
            return self._visit(request, request.tenant)
        return self._context(request)

    def _context(self, request: PlatformRequest) -> AbstractContextManager[None]:
        user_id = request.session.get(SESSION_KEY)
        if user_id:
            request.places = list_places(UUID(user_id))
        face = FACES.get(_head(request.path_info))
        if request.tenant is None or face is None:
            return identity_context()
        if face == "public":
            return self._visit(request, request.tenant)
        if face == "portal" and (looking := self._look(request, request.tenant)):
            return looking
        place = _place_for(request, face, request.tenant)
        if place is None:
            if user_id:
                request.path_info = "/missing/"
            return identity_context()
        request.actor = actor_for(place, user_id=UUID(user_id), label="", request_id=request.request_id)
        if place.partner_id is None:
            return tenant_context(request.tenant.id)
        family = family_of(request.tenant.id, place.partner_id)
        return tenant_context(request.tenant.id, scope="partner", partner_ids=family)

    def _look(self, request: PlatformRequest, tenant: TenantCard) -> AbstractContextManager[None] | None:
        """The portal as a partner sees it, for a member of staff who began to look; nothing can be written."""
        viewing = viewing_in(request.session, request.places, at=timezone.now())
        place = _place_for(request, "console", tenant)
        if viewing is None or place is None or place.membership_id != viewing.membership_id:
            return None
        self._know_person(request)  # behind the partner's wall staff are not to be seen
        user_id = UUID(request.session[SESSION_KEY])
        staff = actor_for(place, user_id=user_id, label="", request_id=request.request_id)
        request.actor = viewer(staff, viewing)
        request.viewing = viewing
        family = family_of(tenant.id, viewing.partner_id)
        return tenant_context(tenant.id, scope="partner", partner_ids=family, read_only=True)

    def _visit(self, request: PlatformRequest, tenant: TenantCard) -> AbstractContextManager[None]:
        """A stranger sees the one application that the link names; without a link, none, and may begin one: the id
        that stands in the context is then a new one, which no row has yet."""
        if tenant.suspended:
            request.path_info = "/missing/"
            return identity_context()
        _face, page, secret, *_rest = [*request.path_info.strip("/").split("/"), "", "", ""]
        named = find_application(tenant.id, hash_of(secret)) if page in WITH_LINK and secret else None
        visitor_id = named or uuid7()
        request.visitor = Actor(
            kind="visitor",
            id=visitor_id,
            label=APPLICANT_LABEL,
            tenant_id=tenant.id,
            request_id=request.request_id,
        )
        return tenant_context(tenant.id, scope="partner", partner_ids=[visitor_id])


def _head(path: str) -> str:
    return path.lstrip("/").split("/", 1)[0]


def _place_for(request: PlatformRequest, face: str, tenant: TenantCard) -> Place | None:
    """The membership this face is entered with: the one chosen in the switcher, else the first."""
    if tenant.suspended:
        return None
    places = [place for place in request.places if place.tenant_id == tenant.id and place.face == face]
    chosen = request.session.get("membership")
    return next(
        (place for place in places if str(place.membership_id) == chosen), places[0] if places else None
    )


def actor_for(place: Place, *, user_id: UUID, label: str, request_id: str = "") -> Actor:
    return Actor(
        kind="person",
        id=place.membership_id,
        label=label,
        tenant_id=place.tenant_id,
        role=place.role,
        permissions=permissions_of(place.role, sees_money=place.sees_money),
        partner_id=place.partner_id,
        user_id=user_id,
        sees_money=place.sees_money,
        request_id=request_id,
    )
