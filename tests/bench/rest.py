"""Bench of ingest beside Django REST framework: sales sent over HTTP to the product, to a tuned view, and to one
as DRF's manual begins, all into the same table.

Promise: rows of the peers say what ours say before speeds are told; called by the bench command.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

from tests.bench.calculation import LINES, make_rows, timed
from tests.bench.ingest import make_key, sale_row, send
from tests.bench.quiet import beyond_the_walls, no_vacuum_by_itself, settle
from tests.bench.ratio import Line, Speed

ROUNDS, ROUND_ROWS = 5, 10_000
QUICKER_THAN_TUNED, QUICKER_THAN_DEFAULT = 4.0, 40.0
# source: (address, rows of a request, requests of a round)
SIDES = {
    "erp": ("api/v1/sales:batch", 5_000, 2),
    "tuned": ("drf/tuned", 1_000, 5),
    "default": ("drf/default", 1_000, 1),
}
_SAYS = "kind, occurred_on, order_number, partner_id, product_id, quantity, amount_minor, currency, voided, split_terms"
_DIFFERENT = f"""
SELECT count(*), count(*) FILTER (WHERE o.id IS NOT NULL) FROM partners_saleline t
    LEFT JOIN partners_saleline o ON o.tenant_id = t.tenant_id AND o.source = 'erp' AND o.external_id = t.external_id
        AND ({", ".join(f"o.{name}" for name in _SAYS.split(", "))})
            = ({", ".join(f"t.{name}" for name in _SAYS.split(", "))})
WHERE t.tenant_id = %s AND t.source = %s
"""


def rest_ratios() -> Iterator[Line]:
    tenant_id = make_rows(LINES, months=12)
    key = make_key(tenant_id, "sales:write")
    speeds: dict[str, list[float]] = {source: [] for source in SIDES}
    with both_sites() as (ours, theirs), no_vacuum_by_itself():
        for place in range(ROUNDS):
            for source in SIDES if place % 2 else reversed(SIDES):
                path, rows, requests = SIDES[source]
                url = f"{ours if source == 'erp' else theirs}/{path}"
                starts = [place * ROUND_ROWS + batch * rows for batch in range(requests)]
                bodies = [_body(source, start, rows) for start in starts]
                settle()
                seconds = timed(partial(_send_all, url, key, bodies))
                speeds[source].append(rows * requests / seconds)
    for source in ("tuned", "default"):
        _refuse_different_rows(tenant_id, source)
    mine, tuned, default = (median(speeds[source]) for source in SIDES)
    yield Speed("I2", "ingest: sales/s over HTTP, to tuned DRF many=True", mine, tuned, QUICKER_THAN_TUNED)
    yield Speed("I2", "ingest: sales/s over HTTP, to default DRF", mine, default, QUICKER_THAN_DEFAULT)


@contextmanager
def both_sites() -> Iterator[tuple[str, str]]:
    """Addresses of the product and of the peers, each served by a gunicorn of its own."""
    from tests.support.site import running_site

    peers = {
        "DJANGO_SETTINGS_MODULE": "tests.bench.site_settings",
        "PRM_BENCH_BARE_URL": os.environ["DATABASE_ADMIN_URL"],
    }
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder)
        with running_site(logs / "ours.log") as ours, running_site(logs / "theirs.log", **peers) as theirs:
            yield ours, theirs


def _body(source: str, start: int, count: int) -> bytes:
    return json.dumps([{**sale_row(n), "source": source} for n in range(start, start + count)]).encode()


def _send_all(url: str, key: str, bodies: list[bytes]) -> None:
    for body in bodies:
        send(url, key, body)


def _refuse_different_rows(tenant_id: UUID, source: str) -> None:
    _path, rows, requests = SIDES[source]
    with beyond_the_walls() as cursor:
        cursor.execute(_DIFFERENT, [tenant_id, source])
        written, same = cursor.fetchone()
    assert written == same == rows * requests * ROUNDS, (source, written, same)
