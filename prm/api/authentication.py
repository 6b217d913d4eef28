"""TokenAuthentication: from `Authorization: Bearer prm_live_…` to a token and an actor.

Promise: missing, garbled, wrong, expired and revoked keys are answered alike.
Called by: ApiView and, through settings, DRF.
"""

from datetime import datetime

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from prm.accounts.actor import Actor
from prm.accounts.queries import TokenCard, find_token
from prm.accounts.tokens import opens, parse_token


def find_presented_token(request: HttpRequest, *, at: datetime) -> TokenCard | None:
    """The live token whose key the request carries; asked before any tenant is known."""
    scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    presented = parse_token(key.strip()) if scheme.lower() == "bearer" else None
    if presented is None:
        return None
    card = find_token(presented.prefix)
    good = opens(
        presented,
        secret_hash=card.secret_hash if card else None,
        expires_at=card.expires_at if card else None,
        revoked_at=card.revoked_at if card else None,
        at=at,
    )
    return card if good else None


def actor_of(card: TokenCard, *, request_id: str) -> Actor:
    return Actor(
        kind="token",
        id=card.token_id,
        label=card.name,
        tenant_id=card.tenant_id,
        request_id=request_id,
        scopes=frozenset(card.scopes),
    )


class TokenAuthentication(BaseAuthentication):
    """Hands DRF what `ApiView` resolved; a view that is not one of ours meets nobody."""

    def authenticate(self, request: Request) -> tuple[Actor, TokenCard] | None:
        card: TokenCard | None = getattr(request._request, "token", None)
        actor: Actor | None = getattr(request._request, "actor", None)
        return None if card is None or actor is None else (actor, card)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
