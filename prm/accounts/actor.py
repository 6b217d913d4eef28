"""Actor: who acts, in one value that every action takes.

Promise: built once per request, task or command; knows its permissions and its partner, asks no database.
Called by: interfaces (built there), actions and queries (read there).
"""

from dataclasses import dataclass, field
from uuid import UUID

from prm.accounts.permissions import CHANNEL_MANAGER, known

APPLICANT_LABEL = "applicant"


@dataclass(frozen=True)
class Actor:
    """A person in one membership, an API token, a visitor with an application, or the system itself.

    `id` is the membership's or token's id (None for the system); `partner_id` is set for people of a partner.
    A token holds no permissions; what it may do stands in `scopes`. `is_viewing`: a member of the vendor's staff looks
    at the portal as that partner and changes nothing.
    """

    kind: str
    id: UUID | None
    label: str
    tenant_id: UUID
    role: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    partner_id: UUID | None = None
    user_id: UUID | None = None
    sees_money: bool = True
    request_id: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    is_viewing: bool = False

    def can(self, permission: str) -> bool:
        """Whether the actor holds a declared permission; an undeclared one raises KeyError."""
        known(permission)
        return self.kind == "system" or permission in self.permissions

    @property
    def has_portfolio_wall(self) -> bool:
        """A channel manager sees only the partners of their own portfolio."""
        return self.role == CHANNEL_MANAGER

    @property
    def is_partner(self) -> bool:
        return self.partner_id is not None


def system_actor(tenant_id: UUID, label: str = "system") -> Actor:
    """The product itself, for scheduled work and commands."""
    return Actor(kind="system", id=None, label=label, tenant_id=tenant_id)
