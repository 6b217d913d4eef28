"""Who may enter where: memberships and tokens, resolved before a tenant context exists.

Promise: guard functions return ids, names and hashes only; called by the middleware and the API.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection

from prm.accounts.actor import Actor
from prm.accounts.models import ApiToken


@dataclass(frozen=True)
class Place:
    """One live membership of a person, as the switcher shows it."""

    membership_id: UUID
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    role: str
    partner_id: UUID | None
    partner_name: str
    sees_money: bool

    @property
    def face(self) -> str:
        return "portal" if self.partner_id else "console"

    @property
    def path(self) -> str:
        return f"/{self.tenant_slug}/{'p' if self.partner_id else 'm'}/"


@dataclass(frozen=True)
class TokenCard:
    """What a presented API token is checked against."""

    tenant_id: UUID
    token_id: UUID
    name: str
    secret_hash: str
    scopes: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None


def user_behind(actor: Actor) -> UUID | None:
    """Who answers for what the actor does: the person, or whoever made the key; asked inside a context."""
    if actor.kind != "token" or actor.id is None:
        return actor.user_id
    return ApiToken.objects.filter(id=actor.id).values_list("created_by__user_id", flat=True).first()


def list_places(user_id: UUID) -> list[Place]:
    """The live memberships of a person in active tenants, console first, then by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.places_of(%s)", [str(user_id)])
        return [Place(*row) for row in cursor.fetchall()]


def list_second_factors(user_id: UUID) -> list[str]:
    """What a person can prove themselves with besides the password, in words."""
    kinds = Authenticator.objects.filter(user_id=user_id).order_by("id")
    return [str(kind.get_type_display()) for kind in kinds]


def find_token(prefix: str) -> TokenCard | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, id, name, secret_hash, scopes::text, expires_at, revoked_at "
            "FROM guard.token_by_prefix(%s)",
            [prefix],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return TokenCard(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6])


def find_invited_tenant(secret_hash: str) -> UUID | None:
    """The tenant whose live invitation carries this hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.tenant_of_invitation(%s)", [secret_hash])
        row = cursor.fetchone()
    return row[0] if row else None


def find_application(tenant_id: UUID, secret_hash: str) -> UUID | None:
    """The application whose link has this hash, in this tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.application_of_link(%s, %s)", [str(tenant_id), secret_hash])
        row = cursor.fetchone()
    return row[0] if row else None
