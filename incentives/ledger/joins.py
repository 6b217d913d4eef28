"""How many rows are joined that the planner knows nothing of, since this transaction has just written them.

Called by: ledger and earnings."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def joined_by_hash(*, wanted: bool) -> Iterator[None]:
    """Statements inside look through each table once, where else it would be looked up, or looked through, for each
    row."""
    with connection.cursor() as cursor:
        if wanted:
            cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        if wanted:
            cursor.execute("SET LOCAL enable_nestloop = on")
