"""Bench of the row policies: the same statements and calculations by the application, with them and without.

Promise: both sides read as many rows and earn the same; that without policies works as a role that is let past them.
Called by the bench command.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tests.bench.calculation import FEW_LINES, LINES, calculate, make_rows, timed
from tests.bench.quiet import beyond_the_walls
from tests.bench.ratio import Ratio

READS, RUNS = 15, 7
SLOWEST_TO_NONE = 1.15
_POINT = "SELECT * FROM partners_saleline WHERE tenant_id = %(tenant)s AND id = %(line)s"
_LIST = """SELECT * FROM incentives_entry WHERE tenant_id = %(tenant)s AND partner_id = %(partner)s
    ORDER BY period_on DESC LIMIT 50"""
_SUMS = """SELECT count(*), sum(amount_minor), max(amount_minor) FROM (
        SELECT partner_id, occurred_on, sum(amount_minor) AS amount_minor FROM partners_saleline
        WHERE tenant_id = %(tenant)s GROUP BY partner_id, occurred_on) sums"""

_EARNED = "SELECT count(*), sum(amount_minor) FROM incentives_entry WHERE tenant_id = %(tenant)s"


def wall_ratios() -> Iterator[Ratio]:
    from prm.tenancy.context import tenant_context

    tenant_id = make_rows(LINES)
    calculate(tenant_id)
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT id, partner_id FROM partners_saleline ORDER BY external_id LIMIT 300")
        named = [
            {"tenant": tenant_id, "line": line, "partner": partner} for line, partner in cursor.fetchall()
        ]
    for what, text, asked in (
        ("300 single rows", _POINT, named),
        ("300 lists of a partner", _LIST, named),
        ("one sum over all lines", _SUMS, named[:1]),
    ):
        ours, theirs = _both(tenant_id, text, asked)
        yield Ratio("R1", f"row policies: seconds, {what}, to none", ours, theirs, SLOWEST_TO_NONE)
    ours, theirs = _calculations()
    what = f"a calculation of {FEW_LINES:,} lines"
    yield Ratio("R1", f"row policies: seconds, {what}, to none", ours, theirs, SLOWEST_TO_NONE)


def _read(cursor: Any, text: str, named: list[dict[str, Any]]) -> int:
    rows = 0
    for parameters in named:
        cursor.execute(text, parameters)
        rows += len(cursor.fetchall())
    return rows


def _both(tenant_id: UUID, text: str, named: list[dict[str, Any]]) -> tuple[float, float]:
    """Medians of rounds over one connection, of which only the policies differ."""
    from prm.tenancy.context import tenant_context

    seconds: dict[bool, list[float]] = {True: [], False: []}
    read = set()
    for place in range(READS):
        for walls in _in_turn(place):
            with (
                nullcontext() if walls else _walls_down(),
                tenant_context(tenant_id),
                connection.cursor() as cursor,
            ):
                cursor.execute("SET LOCAL statement_timeout = '300s'")
                cursor.execute(f"EXPLAIN {text}", named[0])  # so that the server knows the tables already
                started = time.perf_counter()
                read.add(_read(cursor, text, named))
                seconds[walls].append(time.perf_counter() - started)
    assert len(read) == 1, read
    return median(seconds[True]), median(seconds[False])


def _in_turn(place: int) -> tuple[bool, bool]:
    return (True, False) if place % 2 else (False, True)


def _calculations() -> tuple[float, float]:
    """Medians of whole runs, each over rows of its own."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    earned = set()
    for place in range(RUNS):
        for walls in _in_turn(place):
            tenant_id = make_rows(FEW_LINES)
            with nullcontext() if walls else _walls_down():
                seconds[walls].append(timed(partial(calculate, tenant_id)))
            with beyond_the_walls() as cursor:
                cursor.execute(_EARNED, {"tenant": tenant_id})
                earned.add(cursor.fetchone())
    assert len(earned) == 1, earned
    return median(seconds[True]), median(seconds[False])


@contextmanager
def _walls_down() -> Iterator[None]:
    """The application itself is held by no policy as long as the block takes."""
    application = connections["default"].settings_dict["USER"]
    with beyond_the_walls() as cursor:
        cursor.execute(f"ALTER ROLE {application} BYPASSRLS")
        try:
            yield
        finally:
            cursor.execute(f"ALTER ROLE {application} NOBYPASSRLS")
