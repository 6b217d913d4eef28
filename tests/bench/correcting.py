"""Bench of corrections: the calculation of a month again after a hundredth of its sales has changed, and after nothing
has, beside the calculation of the whole year that stands behind it.

Promise: a calculation of everybody afterwards has nothing left to post; called by the bench command.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection

from prm.kit.periods import Period
from tests.bench.calculation import LINES, make_rows, timed
from tests.bench.ratio import Ratio

MONTHS = 12
LOADED = datetime(2026, 12, 31, 9, tzinfo=UTC)
CHANGED_TO_FULL, NOTHING_TO_FULL, SPREAD_TO_FULL = 0.2, 0.02, 0.4
# Every hundredth sale from a month on, and two more cents a line.
_CHANGES = """
WITH last AS (
    SELECT id, row_number() OVER (ORDER BY external_id) AS place FROM partners_saleline
    WHERE tenant_id = %(tenant)s AND kind = 'sale' AND occurred_on >= %(month)s AND split_terms = '[]'
)
UPDATE partners_saleline l SET amount_minor = amount_minor + 2, revision = revision + 1, recorded_at = %(at)s
FROM last WHERE l.tenant_id = %(tenant)s AND l.id = last.id AND last.place %% 100 = 0
"""


def correction_ratios() -> Iterator[Ratio]:
    """A year of sales, calculated; then the last month twice more, and in the end all of them."""
    tenant_id = make_rows(LINES, months=MONTHS, at=LOADED)
    last = Period.of(date(2026, MONTHS, 1))
    whole = timed(lambda: calculate_months(tenant_id, LOADED + timedelta(hours=2)))
    nothing = timed(lambda: calculate_months(tenant_id, LOADED + timedelta(hours=4), last))
    changed_at = LOADED + timedelta(hours=6)
    _change(tenant_id, last, changed_at)
    changed = timed(lambda: calculate_months(tenant_id, changed_at + timedelta(hours=2), last))
    _refuse_a_rest(tenant_id, last, changed_at + timedelta(hours=4))
    january = Period.of(date(2026, 1, 1))
    spread_at = LOADED + timedelta(hours=12)
    _change(tenant_id, january, spread_at)
    spread = timed(lambda: _calculate_on(tenant_id, january, spread_at + timedelta(hours=2)))
    _refuse_a_rest(tenant_id, last, spread_at + timedelta(hours=4))
    lines = f"{LINES:,} lines"
    yield Ratio("C1", f"a hundredth changed, to {lines} of a year: seconds", changed, whole, CHANGED_TO_FULL)
    yield Ratio("C1", f"nothing changed, to {lines} of a year: seconds", nothing, whole, NOTHING_TO_FULL)
    yield Ratio("C2", f"a hundredth, over the year, to {lines}: seconds", spread, whole, SPREAD_TO_FULL)


def calculate_months(tenant_id: UUID, at: datetime, *periods: Period) -> None:
    from incentives.earnings.actions import start_calculation
    from incentives.earnings.models import CalculationRun
    from incentives.earnings.work import work_on_run
    from prm.accounts.actor import system_actor
    from prm.tenancy.context import tenant_context

    first = Period.of(date(2026, 1, 1))
    for period in periods or [first.plus(place) for place in range(MONTHS)]:
        with tenant_context(tenant_id):
            run = start_calculation(actor=system_actor(tenant_id), period_on=period.starts_on, at=at)
        work_on_run(tenant_id=tenant_id, run_id=run.id, now=lambda: at)
        with tenant_context(tenant_id):
            run = CalculationRun.objects.get(id=run.id)
            assert run.state == "calculated", run.failure


def _calculate_on(tenant_id: UUID, first: Period, at: datetime) -> None:
    """The first month, and whatever follows from it of itself."""
    from incentives.earnings.queries import open_run
    from incentives.earnings.work import work_on_run
    from prm.tenancy.context import tenant_context

    calculate_months(tenant_id, at, first)
    while True:
        with tenant_context(tenant_id):
            run = open_run()
        if run is None:
            return
        work_on_run(tenant_id=tenant_id, run_id=run.id, now=lambda: at)


def _change(tenant_id: UUID, month: Period, at: datetime) -> None:
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"tenant": tenant_id, "month": month.starts_on, "at": at})
        assert cursor.rowcount > 0


def _refuse_a_rest(tenant_id: UUID, month: Period, at: datetime) -> None:
    """Everybody calculated once more comes to the same."""
    from unittest.mock import patch

    from incentives.earnings import actions
    from incentives.earnings.models import CalculationRun
    from prm.tenancy.context import tenant_context

    with patch.object(actions, "touched_by_sales", lambda _period_on: None):
        calculate_months(tenant_id, at, month)
    with tenant_context(tenant_id):
        run = CalculationRun.objects.order_by("-number").first()
        assert run is not None
        assert run.entry_count == 0
