"""Bench of the row policies: the same statements with them and without.

Promise: both sides read the same rows; the side without policies names the tenant itself, as ours does. Called by the
bench command.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tests.bench.calculation import LINES, calculate, make_rows
from tests.bench.ratio import Ratio

ROUNDS = 7
SLOWEST_TO_NONE = 1.15
_POINT = "SELECT * FROM partners_saleline WHERE tenant_id = %(tenant)s AND id = %(line)s"
_LIST = """SELECT * FROM incentives_entry WHERE tenant_id = %(tenant)s AND partner_id = %(partner)s
    ORDER BY period_on DESC LIMIT 50"""
_SUMS = """SELECT count(*), sum(amount_minor), max(amount_minor) FROM (
        SELECT partner_id, occurred_on, sum(amount_minor) AS amount_minor FROM partners_saleline
        WHERE tenant_id = %(tenant)s GROUP BY partner_id, occurred_on) sums"""


def wall_ratios() -> Iterator[Ratio]:
    from prm.tenancy.context import tenant_context

    tenant_id = make_rows(LINES)
    calculate(tenant_id)
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT id, partner_id FROM partners_saleline ORDER BY external_id LIMIT 300")
        named = [
            {"tenant": tenant_id, "line": line, "partner": partner} for line, partner in cursor.fetchall()
        ]
    for what, work in (
        ("300 single rows", lambda cursor: _read(cursor, _POINT, named)),
        ("300 lists of a partner", lambda cursor: _read(cursor, _LIST, named)),
        ("one sum over all lines", lambda cursor: _read(cursor, _SUMS, named[:1])),
    ):
        ours, theirs = _both(tenant_id, work)
        yield Ratio("R1", f"row policies: seconds, {what}, to none", ours, theirs, SLOWEST_TO_NONE)


def _read(cursor: Any, text: str, named: list[dict[str, Any]]) -> int:
    rows = 0
    for parameters in named:
        cursor.execute(text, parameters)
        rows += len(cursor.fetchall())
    return rows


def _both(tenant_id: UUID, work: Callable[[Any], int]) -> tuple[float, float]:
    """Medians of rounds in turn."""
    from prm.tenancy.context import tenant_context

    ours: list[float] = []
    theirs: list[float] = []
    for _round in range(ROUNDS):
        with tenant_context(tenant_id), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300s'")
            started = time.perf_counter()
            read = work(cursor)
            ours.append(time.perf_counter() - started)
        with beyond_the_walls() as cursor:
            started = time.perf_counter()
            assert work(cursor) == read
            theirs.append(time.perf_counter() - started)
    return median(ours), median(theirs)


@contextmanager
def beyond_the_walls() -> Iterator[Any]:
    """The superuser, whom no policy holds."""
    from tests.support.databases import admin_connection

    link = admin_connection(connections["default"].settings_dict["NAME"])
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()
