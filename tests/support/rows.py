"""One digest over every row of the tenant in context, to show that a refusal wrote nothing.

Called by: the access matrix, tests of refusals.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant, TenantModel


def digest_of_rows() -> str:
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    parts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM \"{table}\" t"
        for table in tables
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
