"""Decisions about people: who may give which role, how an invitation's secret is made and checked.

Pure; called by accounts actions.
"""

import hashlib
from datetime import timedelta

from prm.accounts.permissions import PARTNER_ADMIN, PARTNER_ROLES, PROGRAMME_ADMIN, STAFF_ROLES

INVITATION_LIFETIME = timedelta(days=14)


def roles_grantable_by(role: str) -> frozenset[str]:
    """A programme admin gives any role; a partner admin gives roles at the own partner."""
    if role == PROGRAMME_ADMIN:
        return STAFF_ROLES | PARTNER_ROLES
    if role == PARTNER_ADMIN:
        return PARTNER_ROLES
    return frozenset()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
