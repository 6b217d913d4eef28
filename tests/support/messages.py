"""What waits in a tenant's outbox, carried out in this process by the workers' own tasks.

Promise: relay and tasks are those of the workers, started by their names with what the messages carry; only the broker
is left out. Called by the acceptance cases.
"""

from collections import deque
from typing import Any
from unittest.mock import patch
from uuid import UUID

from prm.celery import app
from prm.outbox import actions as outbox

RELAY = "prm.outbox.relay"


def work_off(tenant_id: UUID) -> list[str]:
    """Carry out every waiting message and those that follow from them; the names of the tasks, in order."""
    app.loader.import_default_modules()
    rung: deque[tuple[str, dict[str, Any]]] = deque([(RELAY, {"tenant_id": str(tenant_id)})])
    done: list[str] = []
    with patch.object(outbox, "ring", lambda name, **kwargs: rung.append((name, kwargs))):
        while rung:
            name, kwargs = rung.popleft()
            app.tasks[name](**kwargs)
            done.append(name)
            if name != RELAY and not rung:
                rung.append((RELAY, {"tenant_id": str(tenant_id)}))
    return done
