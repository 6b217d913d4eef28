"""Starting a backtest and keeping what it found.

Promises: one test of a version at a time; a published version is not tested. Called by: trials.{console,api,work}.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from incentives.plans.actions import VersionIsPublished, check_version
from incentives.plans.models import PlanVersion
from incentives.trials.models import Backtest, BacktestAmount, BacktestChance, TrialState
from incentives.trials.queries import segments_told
from incentives.trials.refusals import (
    BacktestGoingOn,
    MonthAhead,
    MonthsBeforeBooks,
    MonthsInDisorder,
    RulesNoDay,
    TooManyMonths,
    TrialRefused,
)
from incentives.trials.rehearsal import Amounts, PartnerChance
from incentives.trials.rules import LONGEST_TRIAL, months_between
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.jobs.actions import fail_job, finish_job, start_job, stop_job
from prm.kit.periods import Period
from prm.outbox.actions import enqueue
from prm.tenancy.queries import current_tenant

TRY = "incentives.trials.backtest"
JOB_KIND = "trials.backtest"
SHARDS = 4
PARTS = 2 * SHARDS

__all__ = ["TrialRefused", "VersionIsPublished", "end_backtest", "keep_result", "start_backtest"]


def start_backtest(
    *, actor: Actor, version: PlanVersion, first_on: date, last_on: date, throughout: bool, at: datetime
) -> Backtest:
    """Queue the test of a draft on whole months. Raises `PlanInvalid`, `VersionIsPublished` or one of
    trials.refusals, and writes nothing."""
    if version.published_at is not None:
        raise VersionIsPublished
    check_version(version)
    first, last = Period.of(first_on), Period.of(last_on)
    _refuse_months(
        version, first, last, throughout=throughout, today=at.astimezone(current_tenant().zone).date()
    )
    try:
        with transaction.atomic():
            backtest = Backtest.objects.create(
                version=version,
                revision=version.revision,
                first_on=first.starts_on,
                last_on=last.starts_on,
                throughout=throughout,
                started_by_label=actor.label,
                created_at=at,
            )
    except IntegrityError as clash:
        raise BacktestGoingOn from clash
    backtest.job = start_job(
        actor=actor,
        kind=JOB_KIND,
        at=at,
        label=f"{version} · {first}…{last}",
        path=f"/m/plans/backtests/{backtest.id}/",
        subject_id=backtest.id,
        total=PARTS,
    )
    backtest.save(update_fields=["job"])
    after = {"first": first.starts_on, "last": last.starts_on, "throughout": throughout}
    record(actor=actor, action="plan.backtest_started", subject=version, at=at, after=after)
    enqueue(TRY, backtest_id=backtest.id)
    return backtest


def _refuse_months(
    version: PlanVersion, first: Period, last: Period, *, throughout: bool, today: date
) -> None:
    begins = current_tenant().first_period_on
    if last < first:
        raise MonthsInDisorder
    if len(months_between(first.starts_on, last.starts_on)) > LONGEST_TRIAL:
        raise TooManyMonths
    if first.starts_on < begins:
        raise MonthsBeforeBooks(begins)
    if last > Period.of(today):
        raise MonthAhead
    meets = version.starts_on < last.ends_on and (
        version.ends_on is None or version.ends_on > first.starts_on
    )
    if not throughout and not meets:
        raise RulesNoDay


def keep_result(
    backtest: Backtest, amounts: Sequence[Amounts], chances: Sequence[PartnerChance], *, at: datetime
) -> None:
    """Write what a trial found and end it, in the caller's transaction."""
    BacktestAmount.objects.bulk_create(
        BacktestAmount(
            backtest=backtest,
            partner_id=one.partner_id,
            month_on=one.month_on,
            currency=one.currency,
            posted_minor=one.posted_minor,
            old_minor=one.old_minor,
            new_minor=one.new_minor,
        )
        for one in amounts
    )
    BacktestChance.objects.bulk_create(
        BacktestChance(
            backtest=backtest,
            partner_id=one.partner_id,
            component_id=one.component_id,
            window_on=one.window_on,
            volume=one.volume,
            bound=one.chance.bound,
            missing=one.chance.missing,
            gain_minor=one.chance.gain_minor,
        )
        for one in chances
    )
    last_day = min(Period.of(backtest.last_on).ends_on, at.astimezone(current_tenant().zone).date())
    backtest.segments = segments_told(
        ((one.partner_id, one.currency, one.old_minor, one.new_minor) for one in amounts), last_day
    )
    _end(backtest, TrialState.DONE, at)
    assert backtest.job_id is not None
    counts = {"partners": len({one.partner_id for one in amounts})}
    finish_job(job_id=backtest.job_id, at=at, counts=counts)


def end_backtest(backtest: Backtest, *, at: datetime, failure: str = "") -> None:
    """End one without a result: it failed, or without a `failure` somebody stopped it."""
    assert backtest.job_id is not None
    backtest.failure = failure
    _end(backtest, TrialState.FAILED if failure else TrialState.CANCELLED, at)
    if failure:
        fail_job(job_id=backtest.job_id, at=at, failure=failure)
    else:
        stop_job(job_id=backtest.job_id, at=at)


def _end(backtest: Backtest, state: TrialState, at: datetime) -> None:
    backtest.state, backtest.finished_at = state, at
    backtest.save(update_fields=["state", "finished_at", "failure", "segments"])
