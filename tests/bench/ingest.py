"""Bench of ingest: sales sent to the REST API over HTTP, beside COPY of the same rows.

Promise: both sides end with the same rows before their times are compared; called by the bench command.
"""

import io
import json
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from tests.bench.calculation import PARTNERS, make_parties
from tests.bench.ratio import Ratio
from tests.bench.walls import beyond_the_walls

ROWS_AT_ONCE, BATCHES, ROUNDS = 5_000, 6, 3
SLOWEST_TO_COPY = 2.0
JANUARY = date(2026, 1, 1)


def ingest_ratios() -> Iterator[Ratio]:
    from tests.support.api import make_key
    from tests.support.site import running_site

    tenant = make_parties()
    assert tenant.id is not None
    key = make_key(tenant, "sales:write", name="Bench")
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder) / "site.log") as address:
        for place in range(ROUNDS):
            bodies = [_body(place * BATCHES + batch) for batch in range(BATCHES)]
            sent = time.perf_counter()
            for body in bodies:
                _send(address, key, body)
            ours.append(time.perf_counter() - sent)
            theirs.append(_copy(tenant.id, place))
    what = f"ingest: seconds, {BATCHES} requests of {ROWS_AT_ONCE:,} sales over HTTP, to COPY"
    yield Ratio("I1", what, median(ours), median(theirs), SLOWEST_TO_COPY)


def _body(batch: int) -> bytes:
    return json.dumps({"rows": [_row(batch * ROWS_AT_ONCE + n) for n in range(ROWS_AT_ONCE)]}).encode()


def _row(n: int) -> dict[str, Any]:
    return {
        "source": "erp",
        "external_id": f"I{n:08d}",
        "kind": "sale",
        "occurred_on": (JANUARY + timedelta(days=n * 7919 % 365)).isoformat(),
        "order_number": f"O{n // 3}",
        "partner": f"P{n * 40503 % PARTNERS:05d}",
        "product": f"W{n % 200:04d}",
        "quantity": str(1 + n % 5),
        "amount": f"{10 + n * 2654435761 % 2500}.00",
        "currency": "EUR",
    }


def _send(address: str, key: str, body: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid4().hex,
    }
    request = urllib.request.Request(f"{address}/api/v1/sales:batch", body, headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        told = json.load(answer)
    assert told["summary"]["created"] == ROWS_AT_ONCE, told["summary"]


def _copy(tenant_id: UUID, place: int) -> float:
    """The rows that were sent in this round, copied once more into a table with the same columns, indexes and keys."""
    from prm.tenancy.context import tenant_context

    first = f"I{place * BATCHES * ROWS_AT_ONCE:08d}"
    rows = io.StringIO()
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT * FROM partners_saleline WHERE external_id >= '{first}' ORDER BY external_id) TO STDOUT",
            rows,
        )
    rows.seek(0)
    with beyond_the_walls() as cursor:
        if place == 0:
            cursor.execute("DROP TABLE IF EXISTS bench_line")
            cursor.execute("CREATE TABLE bench_line (LIKE partners_saleline INCLUDING ALL)")
            for name, definition in _foreign_keys(cursor):
                cursor.execute(f"ALTER TABLE bench_line ADD CONSTRAINT bench_{name} {definition}")
        started = time.perf_counter()
        cursor.copy_expert("COPY bench_line FROM STDIN", rows)
        seconds = time.perf_counter() - started
        cursor.execute("SELECT count(*) FROM bench_line")
        (copied,) = cursor.fetchone()
        assert copied == (place + 1) * BATCHES * ROWS_AT_ONCE, copied
        if place == ROUNDS - 1:
            cursor.execute("DROP TABLE bench_line")
    return seconds


def _foreign_keys(cursor: Any) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = 'partners_saleline'::regclass"
    )
    return [(str(name)[:50], str(definition)) for name, definition in cursor.fetchall()]
