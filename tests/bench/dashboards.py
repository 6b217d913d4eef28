"""Bench of the first page of the vendor's people: its figures over ten times the sales of the same partners, in the
database, and beside the same figures from the lines by hand-written SQL.

Promise: both sides show the same before times are compared; called by the bench command.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection

from tests.bench.calculation import LINES, make_rows, timed
from tests.bench.ratio import Ratio

ROUNDS, RAW_ROUNDS = 25, 5
TODAY = date(2026, 12, 17)
AT = datetime(2026, 12, 17, 9, tzinfo=UTC)
TEN_TIMES_TO_ONCE, MOST_MILLISECONDS = 2.0, 20.0
# A hundredth at a million lines: the lines take as much longer as there are more of them, the figures do not.
TILES_TO_RAW = 0.01 * max(1_000_000 / LINES, 1)
_SIGNED = "CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END"
_LINES = (
    "WHERE tenant_id = %(tenant)s AND NOT voided AND occurred_on >= %(since)s AND occurred_on < %(until)s"
)
# Every twentieth sale is the vendor's own.
_DIRECT = """
UPDATE partners_saleline SET partner_id = NULL
WHERE tenant_id = %(tenant)s AND split_terms = '[]' AND right(external_id, 2) IN ('03', '23', '43', '63', '83')
"""
_SUMS = f"""
SELECT coalesce(sum({_SIGNED}) FILTER (WHERE partner_id IS NOT NULL OR split_terms <> '[]'), 0),
    coalesce(sum({_SIGNED}), 0) FROM partners_saleline {_LINES}
"""
_CHART = f"""
SELECT date_trunc('month', occurred_on)::date, sum({_SIGNED}) FROM partners_saleline {_LINES}
    AND (partner_id IS NOT NULL OR split_terms <> '[]') GROUP BY 1
"""
_PARTNERS = f"""
WITH part AS (
    SELECT partner_id, occurred_on, {_SIGNED} AS amount FROM partners_saleline {_LINES}
        AND partner_id IS NOT NULL AND split_terms = '[]'
    UNION ALL SELECT partner_id, occurred_on, {_SIGNED} FROM partners_salesplit {_LINES}
), summed AS (
    SELECT partner_id, coalesce(sum(amount) FILTER (WHERE occurred_on >= %(starts_on)s), 0)::bigint AS now,
        coalesce(sum(amount) FILTER (WHERE occurred_on < %(before_ends_on)s), 0)::bigint AS before
    FROM part GROUP BY 1
)
SELECT partner_id, now, before, count(*) FILTER (WHERE now > 0) OVER (), count(*) FILTER (WHERE before > 0) OVER ()
FROM summed ORDER BY abs(now - before) DESC, now DESC, partner_id LIMIT 6
"""


@dataclass(frozen=True)
class Shown:
    """What the page shows of sales, in minor units."""

    through: tuple[int, int]
    sold: tuple[int, int]
    active: tuple[int, int]
    movers: list[tuple[UUID, int, int]]
    months: dict[date, int]


def dashboard_ratios() -> Iterator[Ratio]:
    few, many = (filled(lines) for lines in (LINES // 10, LINES))
    for code in ("quarter", "year"):
        _refuse_other_figures(many, code)
        once, ten = (_milliseconds(partial(_figures, tenant_id, code)) for tenant_id in (few, many))
        what = f"figures of {code}: ms, {LINES:,} lines to {LINES // 10:,}"
        yield Ratio("D1", what, ten, once, TEN_TIMES_TO_ONCE)
        spent = _in_database(partial(_figures, many, code))
        yield Ratio("D1", f"figures of {code}: ms in the database, to 20", spent, MOST_MILLISECONDS, 1.0)
        raw = _milliseconds(partial(_raw, many, code), RAW_ROUNDS)
        yield Ratio("D1", f"figures of {code}: ms, to {LINES:,} lines by hand", ten, raw, TILES_TO_RAW)


def filled(lines: int) -> UUID:
    """With rollups and rankings as a worker leaves them, a transaction for each portion."""
    from analytics.facts.actions import mark_everything, refresh_facts, refresh_rankings
    from prm.tenancy.context import tenant_context
    from tests.support.stored_sales import analyze

    tenant_id = make_rows(lines, months=12, at=AT)
    rebuilt = 1
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '600s'")
        cursor.execute(_DIRECT, {"tenant": tenant_id})
        mark_everything(at=AT)
    while rebuilt:
        with tenant_context(tenant_id):
            rebuilt = refresh_facts()
    analyze("analytics_partnermonth", "analytics_partnercategorymonth", "analytics_daysales")
    with tenant_context(tenant_id):
        refresh_rankings(today=TODAY)
    return tenant_id


def _milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    return median(timed(work) * 1000 for _round in range(rounds))


def _in_database(work: Callable[[], object]) -> float:
    """Milliseconds of all statements of the work together."""
    totals = []
    for _round in range(ROUNDS):
        with clocked() as spent:
            work()
        totals.append(sum(spent) * 1000)
    return median(totals)


@contextmanager
def clocked() -> Iterator[list[float]]:
    spent: list[float] = []

    def clock(execute: Any, *told: Any) -> Any:
        started = time.perf_counter()
        done = execute(*told)
        spent.append(time.perf_counter() - started)
        return done

    with connection.execute_wrapper(clock):
        yield spent


def _figures(tenant_id: UUID, code: str) -> Shown:
    """As the first page reads them."""
    from analytics.dashboards.today import chart_of, outlook_of
    from analytics.facts.queries import compare
    from prm.accounts.actor import system_actor
    from prm.kit.periods import Period
    from prm.tenancy.context import tenant_context
    from prm.tenancy.queries import current_tenant

    actor = system_actor(tenant_id)
    with tenant_context(tenant_id):
        tenant = current_tenant()
        outlook = outlook_of(code, tenant, TODAY)
        figures = compare(actor, outlook.span, outlook.before)
        chart = chart_of(actor, tenant, outlook)
    sides = (figures.now, figures.before)
    last = Period.of(outlook.last_day)
    rows = chart["rows"] if chart else []
    return Shown(
        through=(sides[0].through_partners, sides[1].through_partners),
        sold=(sides[0].sold, sides[1].sold),
        active=(sides[0].active_partners, sides[1].active_partners),
        movers=[(mover.partner.id, mover.now_minor, mover.before_minor) for mover in figures.movers],
        months={last.plus(step - 11).starts_on: row["now"] for step, row in enumerate(rows) if row["now"]}
        | {last.plus(step - 23).starts_on: row["ghost"] for step, row in enumerate(rows) if row["ghost"]},
    )


def _raw(tenant_id: UUID, code: str) -> Shown:
    """What a specialist would ask of the lines for the same page."""
    from analytics.dashboards.today import outlook_of
    from prm.kit.periods import Period
    from prm.tenancy.context import tenant_context
    from prm.tenancy.queries import current_tenant

    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        outlook = outlook_of(code, current_tenant(), TODAY)

        def rows(statement: str, since: date, until: date, **more: date) -> list[Any]:
            cursor.execute(statement, {"tenant": tenant_id, "since": since, "until": until, **more})
            return list(cursor.fetchall())

        now, before = outlook.span, outlook.before
        [sums], [earlier] = (rows(_SUMS, span.starts_on, span.ends_on) for span in (now, before))
        first = Period.of(outlook.last_day).plus(-23).starts_on
        months = {month: int(amount) for month, amount in rows(_CHART, first, now.ends_on)}
        edges = {"starts_on": now.starts_on, "before_ends_on": before.ends_on}
        found = rows(_PARTNERS, before.starts_on, now.ends_on, **edges)
    return Shown(
        through=(int(sums[0]), int(earlier[0])),
        sold=(int(sums[1]), int(earlier[1])),
        active=(found[0][3], found[0][4]),
        movers=[row[:3] for row in found],
        months=months,
    )


def _refuse_other_figures(tenant_id: UUID, code: str) -> None:
    shown, counted = _figures(tenant_id, code), _raw(tenant_id, code)
    assert shown == counted, (shown, counted)
    assert shown.sold[0] > shown.through[0] > 0
    assert len(shown.movers) == len({partner_id for partner_id, _now, _before in shown.movers}) > 0
