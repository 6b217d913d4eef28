"""A second connection for progress: what it commits is seen while the work's transaction is still open.

Promise: the caller waits for one short commit and for nothing else; called by jobs actions only.

Django binds a connection to a thread, so the side work runs in one helper thread per process, in a context of its own.
The thread starts with the first report: a worker that forks before has none to lose.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

from django.db import close_old_connections, connection

from prm.tenancy.context import tenant_context

T = TypeVar("T")
_threads: dict[int, ThreadPoolExecutor] = {}


def in_side_transaction(tenant_id: UUID, work: Callable[[], T]) -> T:
    """Run `work` in a short transaction of its own and wait for it; it must not wait for rows the caller holds."""
    return _thread().submit(_commit, tenant_id, work).result()


def _thread() -> ThreadPoolExecutor:
    mine = _threads.get(os.getpid())
    if mine is None:
        mine = _threads[os.getpid()] = ThreadPoolExecutor(1, thread_name_prefix="prm-progress")
    return mine


def _commit(tenant_id: UUID, work: Callable[[], T]) -> T:
    close_old_connections()
    if (
        connection.connection is not None
        and connection.connection.info.dbname != connection.settings_dict["NAME"]
    ):
        connection.close()  # tests move the whole process to another database
    with tenant_context(tenant_id):
        return work()
