"""Two workers that share a run, however quick the first of them is; called by the crash tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.db.models import Model

from incentives.earnings.models import Shard, ShardState
from prm.tenancy.context import tenant_context
from tests.support.databases import admin_connection
from tests.support.workers import PATIENCE, ring, wait_for


def begin_together(
    shards: type[Shard], results: type[Model], tenant_id: UUID, database: str, *logs: Path
) -> None:
    """Wake the workers; returns when each holds a shard, and until then nobody could write a shard's results."""
    wait_for(lambda: all(" ready." in log.read_text() for log in logs), seconds=PATIENCE, what="the workers")
    with kept_from_writing(results, database):
        ring("prm.outbox.relay", tenant_id=str(tenant_id))
        what = "each worker to begin a shard"
        wait_for(lambda: running(shards, tenant_id) == len(logs), seconds=PATIENCE, what=what)


def running(shards: type[Shard], tenant_id: UUID) -> int:
    with tenant_context(tenant_id):
        return shards.objects.filter(state=ShardState.RUNNING).count()


@contextmanager
def kept_from_writing(results: type[Model], database: str) -> Iterator[None]:
    """Who would write into the table waits until the block ends."""
    connection = admin_connection(database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {results._meta.db_table} IN SHARE MODE")
            yield
    finally:
        connection.close()
