"""What a calculation spends on writing entries and ledger, beside COPY of exactly those rows.

Promise: COPY writes into copies of the same tables with the same keys, as the superuser, whom no policy holds: it does
not know policies. Called by tests.bench.calculation.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tests.bench.same_tables import copy_of

WRITTEN = ("incentives_entry", "incentives_ledgeraccount", "incentives_transfer")
COPIES = "copied"


@contextmanager
def writing_seconds() -> Iterator[list[float]]:
    """Of each statement of the block that inserts into these tables, whatever it joins and explains included."""
    spent: list[float] = []

    def clock(execute: Any, text: Any, *told: Any) -> Any:
        started = time.perf_counter()
        done = execute(text, *told)
        if any(f"INSERT INTO {table}" in str(text).replace('"', "") for table in WRITTEN):
            spent.append(time.perf_counter() - started)
        return done

    with connection.execute_wrapper(clock):
        yield spent


def copying_seconds(tenant_id: UUID) -> float:
    from tests.support.databases import admin_connection

    link = admin_connection(connections["default"].settings_dict["NAME"])
    spent = 0.0
    with link.cursor() as cursor:
        for table in WRITTEN:
            with tempfile.TemporaryFile() as rows:
                cursor.copy_expert(
                    f"COPY (SELECT * FROM {table} WHERE tenant_id = '{tenant_id}' ORDER BY id) TO STDOUT",
                    rows,
                )
                rows.seek(0)
                started = time.perf_counter()
                cursor.copy_expert(f"COPY {copy_of(table, COPIES)} FROM STDIN", rows)
                spent += time.perf_counter() - started
    started = time.perf_counter()
    link.commit()
    link.close()
    return spent + time.perf_counter() - started
