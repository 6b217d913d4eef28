"""Look-ups that happen before a tenant is known, through guard functions that return ids and names only.

Promise: no row of a tenant table leaves here; called by middleware, sweeps, commands and the operator's admin.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from prm.tenancy.context import current_context, tenant_context
from prm.tenancy.models import Tenant


@dataclass(frozen=True)
class TenantCard:
    """What may be known of a tenant from its address alone; `light` and `dark` are the shades of its colour, `logo` is
    the beginning of its picture's hash, empty where it has none."""

    id: UUID
    slug: str
    name: str
    language: str
    time_zone: str
    suspended: bool
    light: str
    dark: str
    logo: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class TenantLine:
    """What an operator sees of a tenant."""

    id: UUID
    slug: str
    name: str
    created_at: datetime
    suspended_at: datetime | None


def find_tenant(slug: str) -> TenantCard | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, slug, name, language, time_zone, suspended, light, dark, logo "
            "FROM guard.tenant_by_slug(%s)",
            [slug],
        )
        row = cursor.fetchone()
    return None if row is None else TenantCard(*row)


def list_tenants() -> list[TenantLine]:
    """Every tenant of the installation, suspended ones too, by slug."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, slug, name, created_at, suspended_at FROM guard.every_tenant()")
        return [TenantLine(*row) for row in cursor.fetchall()]


def list_active_tenant_ids() -> list[UUID]:
    """Ids of every tenant that is not suspended, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM guard.active_tenants()")
        return [row[0] for row in cursor.fetchall()]


def each_tenant() -> Iterator[Tenant]:
    """Every active tenant in turn, each inside a context and a transaction of its own."""
    for tenant_id in list_active_tenant_ids():
        with tenant_context(tenant_id):
            yield Tenant.objects.get(id=tenant_id)


def current_tenant() -> Tenant:
    """The tenant of the context, read once per transaction where it matters."""
    context = current_context()
    if context is None:
        raise LookupError("no tenant in context")
    return Tenant.objects.get(id=context.tenant_id)


@contextmanager
def inside(slug: str) -> Iterator[Tenant]:
    """Work as the vendor's staff scope of the tenant with this slug; for commands and tests."""
    card = find_tenant(slug)
    if card is None:
        raise LookupError(f"There is no tenant {slug!r}.")
    with tenant_context(card.id):
        yield Tenant.objects.get(id=card.id)
