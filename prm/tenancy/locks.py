"""One at a time for a name within a tenant, until the transaction ends; called by actions of every room."""

from django.db import connection

from prm.tenancy.context import require_context


def hold(name: str, *, shared: bool = False) -> None:
    """Wait until nobody else in this tenant holds the name, then hold it; taking it again is free.

    `shared`: beside others who hold it so, and apart from whoever holds it alone.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        held = f"{require_context().tenant_id}:{name}"
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [held])
