"""One digest over every row of the tenant in context, or of all people, to show that a refusal wrote nothing.

Called by: the matrices, tests of refusals.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from prm.accounts.models import ApiToken
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant, TenantModel

# A key notes the minute in which it was used last, whatever was asked with it.
ROWS = {ApiToken._meta.db_table: "(to_jsonb(t) - 'last_used_at')::text"}


def digest_of_rows() -> str:
    return _digest(
        [model._meta.db_table for model in apps.get_models() if issubclass(model, (Tenant, TenantModel))]
    )


def digest_of_people() -> str:
    """The same of the rows that belong to no tenant: people, their addresses and second factors."""
    with identity_context():
        return _digest(["prm_user", "account_emailaddress", "mfa_authenticator"])


def _digest(tables: list[str]) -> str:
    parts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(string_agg({row}, '|' ORDER BY {row})) AS digest FROM \"{table}\" t"
        for table in tables
        for row in [ROWS.get(table, "t::text")]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT md5(string_agg(name || coalesce(digest, ''), '|' ORDER BY name)) FROM ({parts}) d"
        )
        digest: str = cursor.fetchone()[0]
    return digest


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails unless every row of the tenant is afterwards as it was."""
    before = digest_of_rows()
    try:
        yield
    finally:
        assert digest_of_rows() == before, "a row was written"


@contextmanager
def nothing_written_in(tenant: Tenant) -> Iterator[None]:
    """The same for work that opens its own context: digests are taken before and after it."""
    with tenant_context(tenant.id):
        before = digest_of_rows()
    try:
        yield
    finally:
        with tenant_context(tenant.id):
            assert digest_of_rows() == before, "a row was written"


@contextmanager
def nothing_changed(wrong: dict[str, Any], *tenants: Tenant) -> Iterator[None]:
    """For long lists of requests: when any row of these tenants or of any person changed, `wrong` says so."""
    before = _digests(tenants)
    yield
    if _digests(tenants) != before:
        wrong["rows"] = "changed"


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is rolled back, so that the next step meets the same world."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def _digests(tenants: Iterable[Tenant]) -> list[str]:
    digests = [digest_of_people()]
    for tenant in tenants:
        with tenant_context(tenant.id):
            digests.append(digest_of_rows())
    return digests
