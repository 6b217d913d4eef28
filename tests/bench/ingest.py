"""Bench of ingest: sales sent to the REST API over HTTP, beside COPY of the same rows, into tables that hold a year of
sales already.

Promise: both sides begin and end with as many rows before their times are compared; called by the bench command.
"""

import io
import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from tests.bench.calculation import LINES, NOW, PARTNERS, make_rows, timed
from tests.bench.quiet import beyond_the_walls
from tests.bench.ratio import Ratio

ROWS_AT_ONCE, BATCHES, ROUNDS = 5_000, 6, 5
SLOWEST_TO_COPY = 2.0
JANUARY = date(2026, 1, 1)


def ingest_ratios() -> Iterator[Ratio]:
    from tests.support.site import running_site

    tenant_id = make_rows(LINES, months=12)
    key = make_key(tenant_id, "sales:write")
    ours: list[float] = []
    theirs: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder) / "site.log") as address,
        _filled_copy(),
    ):
        for place in range(ROUNDS):
            bodies = [_body(place * BATCHES + batch) for batch in range(BATCHES)]
            answers: list[bytes] = []
            ours.append(timed(partial(_send_all, address, key, bodies, answers)))
            for answer in answers:
                summary = json.loads(answer)["summary"]
                assert summary["created"] == ROWS_AT_ONCE, summary
            theirs.append(_copy(tenant_id, place))
    what = f"ingest: seconds, {BATCHES} requests of {ROWS_AT_ONCE:,} sales over HTTP, to COPY"
    yield Ratio("I1", what, median(ours), median(theirs), SLOWEST_TO_COPY)


def make_key(tenant_id: UUID, scope: str) -> str:
    from prm.accounts.actions import create_token
    from prm.accounts.actor import system_actor
    from prm.tenancy.context import tenant_context

    actor = system_actor(tenant_id)
    with tenant_context(tenant_id):
        _token, key = create_token(actor=actor, name="Bench", scopes=[scope], expires_at=None, at=NOW)
    return key


def _body(batch: int) -> bytes:
    return json.dumps({"rows": [sale_row(batch * ROWS_AT_ONCE + n) for n in range(ROWS_AT_ONCE)]}).encode()


def sale_row(n: int) -> dict[str, Any]:
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


def _send_all(address: str, key: str, bodies: list[bytes], answers: list[bytes]) -> None:
    answers += [send(f"{address}/api/v1/sales:batch", key, body) for body in bodies]


def send(url: str, key: str, body: bytes) -> bytes:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid4().hex,
    }
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        told: bytes = answer.read()
    return told


@contextmanager
def _filled_copy() -> Iterator[None]:
    """A table with the columns, indexes and foreign keys of the one of sales, and with all that stands there, for as
    long as the block takes."""
    with beyond_the_walls() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_line")
        cursor.execute("CREATE TABLE bench_line (LIKE partners_saleline INCLUDING ALL)")
        for name, definition in _foreign_keys(cursor):
            cursor.execute(f"ALTER TABLE bench_line ADD CONSTRAINT bench_{name} {definition}")
        cursor.execute("INSERT INTO bench_line SELECT * FROM partners_saleline ORDER BY tenant_id, id")
        cursor.execute("ANALYZE bench_line")
        yield
        cursor.execute("DROP TABLE bench_line")


def _copy(tenant_id: UUID, place: int) -> float:
    """The rows that were sent in this round, copied once more."""
    from prm.tenancy.context import tenant_context

    first, last = (f"I{n * BATCHES * ROWS_AT_ONCE:08d}" for n in (place, place + 1))
    rows = io.StringIO()
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY (SELECT * FROM partners_saleline"
            f" WHERE external_id >= '{first}' AND external_id < '{last}' ORDER BY external_id) TO STDOUT",
            rows,
        )
    rows.seek(0)
    with beyond_the_walls() as cursor:
        seconds = timed(lambda: cursor.copy_expert("COPY bench_line FROM STDIN", rows))
        cursor.execute("SELECT (SELECT count(*) FROM bench_line), (SELECT count(*) FROM partners_saleline)")
        copied, sent = cursor.fetchone()
        assert copied == sent, (copied, sent)
    return seconds


def _foreign_keys(cursor: Any) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = 'partners_saleline'::regclass"
    )
    return [(str(name)[:50], str(definition)) for name, definition in cursor.fetchall()]
