"""Taking a payout run from one state to the next: the lock, the permission, the state.

Promise: nothing of a run is changed but under its row's lock and by a step of `rules.STEPS`.
Called by: payouts actions, calculation and exporting.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from incentives.payouts.content import content_hash_of
from incentives.payouts.models import (
    PayoutAllocation,
    PayoutApproval,
    PayoutItem,
    PayoutRun,
    PayoutShard,
    PayoutState,
)
from incentives.payouts.rules import STEPS, SYSTEM, may_take
from prm.accounts.actor import Actor
from prm.jobs.actions import stop_job


class RunStateRefuses(Exception):
    """The run is not in a state that allows this."""

    code = "payout_run_state"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class ContentChanged(Exception):
    """The items, or the details they are paid to, are not what was hashed."""

    code = "content_changed"


def begin(step: str, *, actor: Actor, run_id: UUID) -> PayoutRun:
    """The run, locked until our commit, if this actor may take the step from where it stands."""
    run = PayoutRun.objects.select_for_update().get(id=run_id)
    permission = STEPS[step].permission
    allowed = actor.kind == "system" if permission == SYSTEM else actor.can(permission)
    if not allowed:
        raise PermissionDenied(permission or "a step of the system")
    if not may_take(step, run.state):
        raise RunStateRefuses(run.state)
    return run


def finish(step: str, run: PayoutRun) -> PayoutRun:
    """Move the locked run to where the step ends, with whatever else was changed on it."""
    if not may_take(step, run.state):
        raise RunStateRefuses(run.state)
    run.state = PayoutState(STEPS[step].ends)
    run.version += 1
    run.save()
    return run


def release(run: PayoutRun, *, at: datetime) -> None:
    """Give back what the run has taken. A worker that is at one of its shards writes nothing any more: its shard goes
    first, so either its work is committed and released here, or it finds its fence gone. A calculation that is still
    watched ends here."""
    PayoutShard.objects.filter(run_id=run.id).delete()
    PayoutAllocation.objects.filter(run_id=run.id, released_at__isnull=True).update(released_at=at)
    PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True).update(voided_at=at)
    if run.job_id is not None:
        stop_job(job_id=run.job_id, at=at)


def empty(run: PayoutRun, *, at: datetime) -> None:
    """Forget a calculation, so that another one starts from nothing."""
    release(run, at=at)
    PayoutItem.objects.filter(run_id=run.id).delete()
    run.content_hash, run.item_count, run.total_minor, run.funnel = "", 0, 0, {}
    run.submitted_at = run.approvals_needed = run.limit_rate = None


def require_unchanged(run: PayoutRun, *, lock: bool = False) -> None:
    """Raise `ContentChanged` unless what would be paid now hashes to what was calculated."""
    if content_hash_of(run, lock=lock) != run.content_hash:
        raise ContentChanged
