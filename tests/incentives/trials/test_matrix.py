"""Who starts and stops the test of a version beside one that stands in each state: at the pages every other pair
changes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from incentives.plans.actions import draft_version, publish_version
from incentives.plans.models import PlanVersion
from incentives.trials.actions import end_backtest, start_backtest
from incentives.trials.models import Backtest, TrialState
from incentives.trials.work import BROKE, work_on_backtest
from prm.jobs.actions import request_cancel
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import make_plan
from tests.support.matrix import ADMINS, FINANCE, Form, check_forms

JANUARY = date(2026, 1, 1)
AT = datetime(2026, 2, 1, 12, tzinfo=UTC)
TESTERS = ADMINS | FINANCE
FLAT = {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": "0.08"}]}


@pytest.fixture
def version(cast: Cast) -> PlanVersion:
    """A draft of Vera's."""
    with tenant_context(cast.acme.id):
        return draft_version(actor=cast.vera.actor, plan=make_plan(), document=FLAT, starts_on=JANUARY, at=AT)


def started(cast: Cast, version: PlanVersion) -> Backtest:
    with tenant_context(cast.acme.id):
        return start_backtest(
            actor=cast.vera.actor, version=version, first_on=JANUARY, last_on=JANUARY, throughout=True, at=AT
        )


def worked_off(cast: Cast, backtest: Backtest) -> Backtest:
    work_on_backtest(tenant_id=cast.acme.id, backtest_id=backtest.id, now=lambda: AT)
    return backtest


def broken(cast: Cast, version: PlanVersion) -> Backtest:
    backtest = started(cast, version)
    with tenant_context(cast.acme.id):
        end_backtest(backtest, at=AT, failure=BROKE)
    return backtest


def stopped(cast: Cast, version: PlanVersion) -> Backtest:
    backtest = started(cast, version)
    assert backtest.job is not None
    with tenant_context(cast.acme.id):
        request_cancel(actor=cast.vera.actor, job=backtest.job, at=AT)
    return worked_off(cast, backtest)


STATES: dict[str, Callable[[Cast, PlanVersion], Backtest]] = {
    "running": started,
    "done": lambda cast, version: worked_off(cast, started(cast, version)),
    "failed": broken,
    "cancelled": stopped,
}


def forms_of(backtest: Backtest) -> dict[str, Form]:
    told = {"first_on": "2026-01-01", "last_on": "2026-01-01", "throughout": "all"}
    return {
        "start": Form(f"/acme/m/plans/versions/{backtest.version_id}/backtest/", told),
        "stop": Form(f"/acme/m/jobs/{backtest.job_id}/cancel/", {}),
    }


def test_the_matrix_knows_every_state() -> None:
    assert set(STATES) == set(TrialState.values)


@pytest.mark.parametrize("state", TrialState.values)
def test_one_test_of_a_version_at_a_time_is_started_and_stopped_by_its_people_alone(
    cast: Cast, version: PlanVersion, state: str
) -> None:
    backtest = STATES[state](cast, version)
    with tenant_context(cast.acme.id):
        backtest.refresh_from_db()
        assert backtest.state == state
    check_forms(cast, forms_of(backtest), {"stop" if state == "running" else "start": TESTERS})


def test_a_published_version_is_tested_by_nobody(cast: Cast, version: PlanVersion) -> None:
    tested = worked_off(cast, started(cast, version))
    with tenant_context(cast.acme.id):
        publish_version(actor=cast.felix.actor, version=version, at=AT)
    check_forms(cast, forms_of(tested), {})
