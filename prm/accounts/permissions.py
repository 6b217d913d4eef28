"""The catalogue of permissions: each room declares its own, naming the roles that hold it.

Promise: a permission that no room declared cannot be asked for; called by catalogues and Actor.
"""

from collections.abc import Iterable
from dataclasses import dataclass

PROGRAMME_ADMIN = "programme_admin"
CHANNEL_MANAGER = "channel_manager"
FINANCE = "finance"
AUDITOR = "auditor"
PARTNER_ADMIN = "partner_admin"
PARTNER_USER = "partner_user"

STAFF_ROLES = frozenset({PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
PARTNER_ROLES = frozenset({PARTNER_ADMIN, PARTNER_USER})
ALL_STAFF = STAFF_ROLES


@dataclass(frozen=True)
class Permission:
    """A dotted code, the roles that hold it, and whether it also needs the right to see money."""

    code: str
    roles: frozenset[str]
    needs_money: bool = False


_catalogue: dict[str, Permission] = {}


def declare(code: str, roles: Iterable[str], *, needs_money: bool = False) -> None:
    """Add a permission at start; declaring the same code twice with other roles is a mistake in the code."""
    permission = Permission(code, frozenset(roles), needs_money)
    if _catalogue.setdefault(code, permission) != permission:
        raise ValueError(f"permission {code} is declared twice")


def known(code: str) -> Permission:
    return _catalogue[code]


def permissions_of(role: str, *, sees_money: bool) -> frozenset[str]:
    return frozenset(
        permission.code
        for permission in _catalogue.values()
        if role in permission.roles and (sees_money or not permission.needs_money)
    )


def roles_with(code: str) -> frozenset[str]:
    return _catalogue[code].roles
