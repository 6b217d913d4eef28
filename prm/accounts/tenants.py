"""Opening, suspending and resuming a tenant: what those who run the installation do.

Promise: a new tenant has one open invitation for its first programme admin; a suspended one keeps all its rows and lets
nobody in. Called by commands.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prm.accounts.actions import invite
from prm.accounts.actor import Actor
from prm.accounts.models import Invitation
from prm.accounts.permissions import PROGRAMME_ADMIN
from prm.audit.actions import record
from prm.kit.currencies import is_currency
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant, find_tenant

SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


class TenantRefused(ValueError):
    """The tenant cannot be opened as described; the text says why."""

    code = "tenant_refused"


class TenantStateUnchanged(Exception):
    """The tenant is already in the wanted state."""

    code = "tenant_state_unchanged"


@dataclass(frozen=True)
class NewTenant:
    """What a vendor is opened with."""

    slug: str
    name: str
    currency: str
    time_zone: str
    first_period_on: date
    language: str = "en"
    fiscal_month: int = 1


def open_tenant(
    *, wanted: NewTenant, admin_email: str, reserved: frozenset[str], at: datetime
) -> tuple[Invitation, str]:
    """Make a tenant and invite its first programme admin; returns the invitation and the secret of its link."""
    _check(wanted, reserved)
    tenant_id = uuid7()
    with tenant_context(tenant_id):
        tenant = Tenant.objects.create(id=tenant_id, **vars(wanted))
        actor = Actor(
            kind="system", id=None, label="operator", tenant_id=tenant_id, role=PROGRAMME_ADMIN
        )  # the role lets the first invitation be given
        record(actor=actor, action="tenant.opened", subject=tenant, at=at, after={"slug": tenant.slug})
        return invite(
            actor=actor, email=admin_email, role=PROGRAMME_ADMIN, partner_id=None, sees_money=True, at=at
        )


def suspend_tenant(*, actor: Actor, at: datetime, reason: str) -> None:
    """Close the tenant in context to its people and its keys, from the next request on."""
    _set_suspended(actor, at, at, action="tenant.suspended", reason=reason)


def resume_tenant(*, actor: Actor, at: datetime, reason: str) -> None:
    _set_suspended(actor, None, at, action="tenant.resumed", reason=reason)


def _set_suspended(actor: Actor, value: datetime | None, at: datetime, *, action: str, reason: str) -> None:
    tenant = current_tenant()
    if (tenant.suspended_at is None) == (value is None):
        raise TenantStateUnchanged
    before = {"suspended_at": tenant.suspended_at}
    tenant.suspended_at = value
    tenant.save(update_fields=["suspended_at"])
    after = {"suspended_at": value}
    record(actor=actor, action=action, subject=tenant, at=at, before=before, after=after, reason=reason)


def _check(wanted: NewTenant, reserved: frozenset[str]) -> None:
    if not SLUG.fullmatch(wanted.slug) or wanted.slug in reserved:
        raise TenantRefused(
            "The slug is 3 to 40 small letters, digits and hyphens, and no address of the product."
        )
    if find_tenant(wanted.slug) is not None:
        raise TenantRefused("The slug is taken.")
    if not is_currency(wanted.currency):
        raise TenantRefused(f"{wanted.currency!r} is not a currency code in use.")
    if wanted.first_period_on.day != 1:
        raise TenantRefused("The first period starts on the first day of a month.")
    try:
        ZoneInfo(wanted.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise TenantRefused(f"{wanted.time_zone!r} is not a time zone.") from fault
