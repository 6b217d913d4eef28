"""Bench of the first page of the vendor's people: its figures over ten times the sales of the same partners, and beside
the sums over the lines themselves.

Promise: the figures equal those sums before times are compared; called by the bench command.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from statistics import median
from uuid import UUID

from django.db import connection

from tests.bench.calculation import LINES, make_rows, timed
from tests.bench.ratio import Ratio

ROUNDS = 5
TODAY = date(2026, 12, 17)
AT = datetime(2026, 12, 17, 9, tzinfo=UTC)
TEN_TIMES_TO_ONCE, TILES_TO_RAW = 2.0, 0.01
_RAW = """SELECT sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END) FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND NOT voided AND occurred_on >= '2026-01-01' AND occurred_on < '2027-01-01'"""


def dashboard_ratios() -> Iterator[Ratio]:
    few, many = (_filled(lines) for lines in (LINES // 10, LINES))
    _refuse_other_sums(many)
    for code in ("quarter", "year"):
        once, ten = (_seconds(partial(_figures, tenant_id, code)) for tenant_id in (few, many))
        what = f"figures of {code}: seconds, {LINES:,} lines to {LINES // 10:,}"
        yield Ratio("D1", what, ten, once, TEN_TIMES_TO_ONCE)
    raw = _seconds(partial(_raw, many))
    yield Ratio("D1", f"figures of a year: seconds, to the sum of {LINES:,} lines", ten, raw, TILES_TO_RAW)


def _filled(lines: int) -> UUID:
    from analytics.facts.actions import mark_everything, refresh_facts
    from prm.tenancy.context import tenant_context

    tenant_id = make_rows(lines, months=12, at=AT)
    with tenant_context(tenant_id):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '600s'")
        mark_everything(at=AT)
        while refresh_facts():
            pass
    return tenant_id


def _seconds(work: Callable[[], object]) -> float:
    work()
    return median(timed(work) for _round in range(ROUNDS))


def _figures(tenant_id: UUID, code: str) -> int:
    """What the first page reads of sales for a span; the sum through partners, in minor units."""
    from analytics.dashboards.today import chart_of, outlook_of, read_figures
    from analytics.facts.queries import top_movers
    from prm.accounts.actor import system_actor
    from prm.tenancy.context import tenant_context
    from prm.tenancy.queries import current_tenant

    actor = system_actor(tenant_id)
    with tenant_context(tenant_id):
        tenant = current_tenant()
        outlook = outlook_of(code, tenant, TODAY)
        figures = read_figures(actor, outlook)
        chart_of(actor, tenant, outlook)
        top_movers(figures.now, figures.before, 5)
        return figures.now.total


def _raw(tenant_id: UUID) -> int:
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(_RAW, {"tenant": tenant_id})
        (total,) = cursor.fetchone()
        return int(total)


def _refuse_other_sums(tenant_id: UUID) -> None:
    shown, counted = _figures(tenant_id, "year"), _raw(tenant_id)
    assert shown == counted, (shown, counted)
