"""Bench of the row policies: the same reads and calculations as the application makes them, with them and without.

Promise: both sides read as many rows and earn the same; that without policies works as a role that is let past them.
Called by the bench command.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tests.bench.calculation import FEW_LINES, LINES, calculate, make_rows, timed
from tests.bench.quiet import beyond_the_walls
from tests.bench.ratio import Ratio

Read = Callable[[], int]  # what it found, the same with and without policies
READS, RUNS = 15, 7
SLOWEST_TO_NONE = 1.15
_SUMS = """SELECT count(*), sum(amount_minor), max(amount_minor) FROM (
        SELECT partner_id, occurred_on, sum(amount_minor) AS amount_minor FROM partners_saleline
        WHERE tenant_id = %(tenant)s GROUP BY partner_id, occurred_on) sums"""

_EARNED = "SELECT count(*), sum(amount_minor) FROM incentives_entry WHERE tenant_id = %(tenant)s"


def wall_ratios() -> Iterator[Ratio]:
    tenant_id = make_rows(LINES)
    calculate(tenant_id)
    for what, read in (
        ("300 single rows", _single_rows),
        ("300 lists of a partner", _lists_of_partners),
        ("one sum over all lines", _sum_over_lines),
    ):
        ours, theirs = _both(tenant_id, read)
        yield Ratio("R1", f"row policies: seconds, {what}, to none", ours, theirs, SLOWEST_TO_NONE)
    ours, theirs = _calculations()
    what = f"a calculation of {FEW_LINES:,} lines"
    yield Ratio("R1", f"row policies: seconds, {what}, to none", ours, theirs, SLOWEST_TO_NONE)


def _some_lines() -> list[Any]:
    from partners.sales.models import SaleLine

    return list(SaleLine.objects.order_by("external_id")[:300])


def _single_rows() -> Read:
    from partners.sales.models import SaleLine

    ids = [line.id for line in _some_lines()]
    return lambda: sum(SaleLine.objects.get(id=line_id).amount_minor for line_id in ids)


def _lists_of_partners() -> Read:
    from incentives.earnings.models import Entry

    ids = [line.partner_id for line in _some_lines()]
    of_partner = Entry.objects.order_by("-period_on")
    return lambda: sum(len(of_partner.filter(partner_id=partner_id)[:50]) for partner_id in ids)


def _sum_over_lines() -> Read:
    """Summed up in the server: fetching its rows would hide what the policy costs."""

    from prm.tenancy.context import current_tenant_id

    def summed() -> int:
        with connection.cursor() as cursor:
            cursor.execute(_SUMS, {"tenant": current_tenant_id()})
            return int(cursor.fetchone()[0])

    return summed


def _both(tenant_id: UUID, read: Callable[[], Read]) -> tuple[float, float]:
    """Medians of rounds over one connection, of which only the policies differ."""
    from prm.tenancy.context import tenant_context

    seconds: dict[bool, list[float]] = {True: [], False: []}
    found = set()
    for place in range(READS):
        for walls in _in_turn(place):
            with nullcontext() if walls else _walls_down(), tenant_context(tenant_id):
                _be_patient()
                rows = read()
                rows()  # so that the server knows the tables already
                started = time.perf_counter()
                found.add(rows())
                seconds[walls].append(time.perf_counter() - started)
    assert len(found) == 1, found
    return median(seconds[True]), median(seconds[False])


def _be_patient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")


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
