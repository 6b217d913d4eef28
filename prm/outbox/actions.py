"""Emitting, enqueueing and relaying.

Promise: nothing leaves before commit; a lost ring is found again by the sweep; called by actions and the relay task.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction

from prm.kit.failpoints import failpoint
from prm.outbox.models import Event
from prm.tenancy.context import require_context

RELAYED_AT_ONCE = 500
_subscribers: dict[str, list[str]] = defaultdict(list)


def subscribe(event: str, task_name: str) -> None:
    """Ring the named task with the event's payload each time; declared in a room's catalogue at start."""
    if task_name not in _subscribers[event]:
        _subscribers[event].append(task_name)


def subscribed_task_names() -> set[str]:
    return {name for names in _subscribers.values() for name in names}


def emit(name: str, **payload: Any) -> None:
    """Tell that something happened (`sale.recorded`); ids and plain values only."""
    _write("event", name, payload)


def enqueue(task_name: str, **payload: Any) -> None:
    """Ring one task after commit."""
    _write("task", task_name, payload)


def _write(kind: str, name: str, payload: dict[str, Any]) -> None:
    Event.objects.create(kind=kind, name=name, payload={key: _plain(value) for key, value in payload.items()})
    tenant_id = str(require_context().tenant_id)
    # robust: a broker that is away must not turn a committed change into an error; the sweep rings again.
    transaction.on_commit(lambda: ring("prm.outbox.relay", tenant_id=tenant_id), robust=True)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | str | list | dict | None):
        return value
    return str(value)


def ring(task_name: str, **kwargs: Any) -> None:
    """Send a message now. Only the relay and the sweeps may: business code goes through `enqueue`."""
    current_app.send_task(task_name, kwargs=kwargs, retry=False)


def relay_waiting(*, at: datetime) -> int:
    """Ring for the waiting rows of the tenant in context; rows another relay holds are passed over."""
    tenant_id = str(require_context().tenant_id)
    rows = list(
        Event.objects.select_for_update(skip_locked=True)
        .filter(relayed_at__isnull=True)
        .order_by("id")[:RELAYED_AT_ONCE]
    )
    for row in rows:
        names = [row.name] if row.kind == "task" else _subscribers.get(row.name, [])
        for name in names:
            ring(name, tenant_id=tenant_id, **row.payload)
    failpoint("outbox.sent")
    Event.objects.filter(id__in=[row.id for row in rows]).update(relayed_at=at)
    return len(rows)
