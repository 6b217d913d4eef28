"""The tenant context: the only door to tenant rows.

Promise: `tenant_context` opens the outermost transaction and tells Postgres the scope once, transaction-locally.
Called by: middleware, tasks, commands and tests.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction


class NoTenantContext(RuntimeError):
    """Tenant rows were asked for outside a tenant context."""


class TenantContextConflict(RuntimeError):
    """A second, different context was opened inside the first."""


@dataclass(frozen=True)
class TenantContext:
    """What Postgres is told: the tenant, and whether partners' walls stand (`scope` "partner") or not ("tenant")."""

    tenant_id: UUID
    scope: str = "tenant"
    partner_ids: tuple[UUID, ...] = ()
    read_only: bool = False


_current: ContextVar[TenantContext | None] = ContextVar("tenant_context", default=None)


def current_context() -> TenantContext | None:
    return _current.get()


def require_context() -> TenantContext:
    context = _current.get()
    if context is None:
        raise NoTenantContext("Open tenant_context(...) before touching tenant rows.")
    return context


def current_tenant_id() -> Any:
    """The tenant's UUID, or None outside a context; the default of every tenant column, which is never null."""
    context = _current.get()
    return None if context is None else context.tenant_id


@contextmanager
def tenant_context(
    tenant_id: UUID, *, scope: str = "tenant", partner_ids: Iterable[UUID] = (), read_only: bool = False
) -> Iterator[None]:
    """Work inside one tenant; re-entry with the same values is free, with others it raises.

    `read_only`: Postgres refuses every write of this transaction."""
    wanted = TenantContext(tenant_id, scope, tuple(sorted(partner_ids)), read_only)
    held = _current.get()
    if held is not None:
        if held != wanted:
            raise TenantContextConflict(f"already inside {held}, refused {wanted}")
        yield
        return
    settings = {
        "app.tenant_id": str(tenant_id),
        "app.scope": scope,
        "app.partner_ids": "{" + ",".join(str(partner_id) for partner_id in wanted.partner_ids) + "}",
    }
    token = _current.set(wanted)
    try:
        with _transaction_with(settings):
            if read_only:
                _forbid_writes()
            yield
            if read_only:
                transaction.set_rollback(True)  # in a test's own transaction this takes the prohibition back
    finally:
        _current.reset(token)


@contextmanager
def identity_context() -> Iterator[None]:
    """Read and write global identity rows (people, their addresses and second factors); sees no tenant's rows."""
    if _current.get() is not None:
        raise TenantContextConflict("identity rows are resolved before a tenant context is opened")
    with _transaction_with({"app.scope": "auth"}):
        yield


@contextmanager
def _transaction_with(settings: dict[str, str]) -> Iterator[None]:
    try:
        with transaction.atomic(durable=True):
            _tell_postgres(settings)
            yield
    finally:
        # Only inside a test's own transaction does anything outlive ours: take the settings back there.
        if connection.in_atomic_block and not connection.needs_rollback:
            _tell_postgres(dict.fromkeys(settings, ""))


def _forbid_writes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def _tell_postgres(settings: dict[str, str]) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    parameters: list[Any] = [part for pair in settings.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", parameters)
