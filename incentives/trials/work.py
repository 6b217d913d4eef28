"""A worker's turn at a backtest: hold its row, rehearse, keep the result.

Promises: the result is kept once, whoever dies when; stopping it or failing leaves only that it ended so.
Called by: trials.tasks.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models import F

from incentives.trials.actions import SHARDS, TRY, end_backtest, keep_result
from incentives.trials.models import Backtest, TrialState
from incentives.trials.rehearsal import Rehearsal, Report, rehearse
from prm.jobs.actions import advance_job
from prm.kit.periods import Period
from prm.outbox.actions import enqueue
from prm.tenancy.context import tenant_context

log = logging.getLogger(__name__)
FRUITLESS_ATTEMPTS = 3
LEFT_ALONE = timedelta(minutes=2)
BROKE, GIVEN_UP = "backtest.broke", "backtest.given_up"


class Stopped(Exception):
    """Somebody asked to stop the job."""


def work_on_backtest(*, tenant_id: UUID, backtest_id: UUID, now: Callable[[], datetime]) -> None:
    """Do all of it in one transaction, whose row lock tells other workers that it is being done."""
    if not _begin(tenant_id, backtest_id, now):
        return
    try:
        with tenant_context(tenant_id):
            backtest = _hold(backtest_id)
            if backtest is not None:
                _rehearse(backtest, now)
    except Stopped:
        _end(tenant_id, backtest_id, now)
    except (DatabaseError, ValueError, LookupError):
        log.exception("backtest %s failed", backtest_id)
        _end(tenant_id, backtest_id, now, failure=BROKE)


def _begin(tenant_id: UUID, backtest_id: UUID, now: Callable[[], datetime]) -> bool:
    """Count the attempt, so that a test that kills its workers ends."""
    with tenant_context(tenant_id):
        backtest = _hold(backtest_id)
        if backtest is None:
            return False
        if backtest.attempts >= FRUITLESS_ATTEMPTS:
            end_backtest(backtest, at=now(), failure=GIVEN_UP)
            return False
        Backtest.objects.filter(id=backtest_id).update(attempts=F("attempts") + 1)
    return True


def _hold(backtest_id: UUID) -> Backtest | None:
    """The row, locked; None: it is over, or another worker is at it."""
    going_on = Backtest.objects.select_for_update(skip_locked=True, of=("self",))
    return going_on.select_related("version__plan").filter(id=backtest_id, state=TrialState.RUNNING).first()


def _rehearse(backtest: Backtest, now: Callable[[], datetime]) -> None:
    at = now()
    trial = Rehearsal(
        version=backtest.version,
        first_on=backtest.first_on,
        until=Period.of(backtest.last_on).ends_on,
        throughout=backtest.throughout,
        at=at,
        shard_count=SHARDS,
    )
    amounts, chances = rehearse(trial, report=_reporter(backtest, now))
    keep_result(backtest, amounts, chances, at=now())


def _reporter(backtest: Backtest, now: Callable[[], datetime]) -> Report:
    assert backtest.job_id is not None
    job_id, done = backtest.job_id, 0

    def report(parts: int) -> None:
        nonlocal done
        done += parts
        if not advance_job(job_id=job_id, at=now(), done=done):
            raise Stopped

    report(0)
    return report


def _end(tenant_id: UUID, backtest_id: UUID, now: Callable[[], datetime], failure: str = "") -> None:
    with tenant_context(tenant_id):
        backtest = _hold(backtest_id)
        if backtest is not None:
            end_backtest(backtest, at=now(), failure=failure)


def resume_backtests(*, at: datetime) -> int:
    """Ring again for tests of the tenant in context that no worker is at: a lost ring, a dead worker."""
    left = Backtest.objects.select_for_update(skip_locked=True).filter(
        state=TrialState.RUNNING, created_at__lt=at - LEFT_ALONE
    )
    ids = [backtest.id for backtest in left]
    for backtest_id in ids:
        enqueue(TRY, backtest_id=backtest_id)
    return len(ids)
