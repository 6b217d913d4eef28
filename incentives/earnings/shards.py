"""Claiming a shard: lease, heartbeat, fence.

Promise: two workers never both commit one shard; a dead worker's shard is taken over when its lease ends.
Called by: the shard tasks of earnings and payouts.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from incentives.earnings.models import Shard, ShardState
from prm.tenancy.context import tenant_context

LEASE_SECONDS: int = settings.SHARD_LEASE_SECONDS
FRUITLESS_CLAIMS = 5
AnyShard = TypeVar("AnyShard", bound=Shard)


class FenceLost(RuntimeError):
    """Another worker has taken the shard over; whatever this transaction wrote must not be committed."""


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def claim_shard(model: type[AnyShard], *, tenant_id: UUID, run_id: UUID, at: datetime) -> AnyShard | None:
    """Take the lowest shard that waits or whose lease has ended, in a transaction of its own; None when none is left.

    A shard claimed `FRUITLESS_CLAIMS` times without finishing is set aside as stuck.
    """
    with tenant_context(tenant_id):
        claimable = Q(state=ShardState.WAITING) | Q(state=ShardState.RUNNING, lease_until__lt=at)
        of_run = model.objects.select_for_update(skip_locked=True).filter(claimable, run_id=run_id)
        of_run.filter(fence__gte=FRUITLESS_CLAIMS).update(state=ShardState.STUCK, lease_until=None)
        shard = of_run.order_by("number").first()
        if shard is None:
            return None
        shard.fence += 1
        shard.state = ShardState.RUNNING
        shard.lease_owner = worker_name()
        shard.lease_until = at + timedelta(seconds=LEASE_SECONDS)
        shard.save(update_fields=["fence", "state", "lease_owner", "lease_until"])
        return shard


def release_shard(
    shard: Shard, *, tenant_id: UUID, failure: str, at: datetime, code: str | None = None
) -> None:
    """Give a shard back after its transaction failed, in a transaction of its own; the claim stays counted. `failure`
    is for engineers; `code`, where there is one, is what people are told."""
    with tenant_context(tenant_id):
        mine = type(shard).objects.filter(id=shard.id, fence=shard.fence, state=ShardState.RUNNING)
        told = {"failure": failure, "at": at.isoformat()} | ({"code": code} if code else {})
        mine.update(state=ShardState.WAITING, lease_until=None, counts=told)


def has_claimable_shards(model: type[AnyShard], *, run_id: UUID, at: datetime) -> bool:
    """Whether a worker that is rung now would find work in the run; asked inside a tenant context."""
    claimable = Q(state=ShardState.WAITING) | Q(state=ShardState.RUNNING, lease_until__lt=at)
    return model.objects.filter(claimable, run_id=run_id).exists()


def finish_shard(shard: Shard, *, counts: dict[str, object], at: datetime) -> None:
    """The last statement of the shard's transaction: done, if the fence is still ours; else `FenceLost`."""
    mine = type(shard).objects.filter(id=shard.id, fence=shard.fence, state=ShardState.RUNNING)
    if not mine.update(state=ShardState.DONE, counts=counts, finished_at=at, lease_until=None):
        raise FenceLost(f"shard {shard.number} was taken over")


@contextmanager
def heartbeat(shard: Shard) -> Iterator[None]:
    """Extend the lease from a thread with a connection of its own while the block runs."""
    stop = threading.Event()
    beat = threading.Thread(
        target=_beat, args=(type(shard), shard.tenant_id, shard.id, shard.fence, stop), daemon=True
    )
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(model: type[Shard], tenant_id: UUID, shard_id: UUID, fence: int, stop: threading.Event) -> None:
    try:
        while not stop.wait(LEASE_SECONDS / 4):
            until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
            with tenant_context(tenant_id):
                model.objects.filter(id=shard_id, fence=fence).update(lease_until=until)
    finally:
        connection.close()
