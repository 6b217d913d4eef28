"""Who starts and stops a calculation beside one that stands in each state: at the pages every other pair changes
nothing."""

from collections.abc import Callable
from datetime import date

import pytest

from incentives.earnings.actions import cancel_calculation, start_calculation
from incentives.earnings.models import CalculationRun, CalculationShard, RunState
from incentives.earnings.shards import claim_shard
from incentives.earnings.work import work_on_run
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import NOW, calculate
from tests.support.matrix import ADMINS, FINANCE, Form, check_forms

JANUARY = date(2026, 1, 1)
CALCULATORS = ADMINS | FINANCE


def queued(cast: Cast) -> CalculationRun:
    with tenant_context(cast.acme.id):
        return start_calculation(actor=cast.vera.actor, period_on=JANUARY, at=NOW, shard_count=2)


def half_done(cast: Cast) -> CalculationRun:
    """A worker is at one shard while another does the rest."""
    run = queued(cast)
    claim_shard(CalculationShard, tenant_id=cast.acme.id, run_id=run.id, at=NOW)
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: NOW)
    return run


def stopped(cast: Cast) -> CalculationRun:
    run = queued(cast)
    with tenant_context(cast.acme.id):
        cancel_calculation(run_id=run.id)
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: NOW)
    return run


STATES: dict[str, Callable[[Cast], CalculationRun]] = {
    "queued": queued,
    "calculating": half_done,
    "calculated": lambda cast: calculate(cast.acme, JANUARY),
    "failed": stopped,
}
GOING_ON = {"queued", "calculating"}


def test_the_matrix_knows_every_state() -> None:
    assert set(STATES) == set(RunState.values)


@pytest.mark.parametrize("state", RunState.values)
def test_one_calculation_at_a_time_is_started_and_stopped_by_its_people_alone(cast: Cast, state: str) -> None:
    run = STATES[state](cast)
    with tenant_context(cast.acme.id):
        run.refresh_from_db()
        assert run.state == state
    forms = {
        "start": Form("/acme/m/calculations/start/", {"period": "2026-01-01"}),
        "stop": Form(f"/acme/m/jobs/{run.job_id}/cancel/", {}),
    }
    check_forms(cast, forms, {"stop" if state in GOING_ON else "start": CALCULATORS})
