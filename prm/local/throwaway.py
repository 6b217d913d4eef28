"""Throw-away servers for tests and benchmarks: quick, unsafe on purpose, gone afterwards.

Called by: the test plugin, `python -m prm.local exec`.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prm.local.servers import start_postgres, start_valkey

QUICK = (
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=256MB",
    "max_connections=200",
    "max_wal_size=4GB",
    "jit=off",
    "log_min_messages=fatal",
)


@contextmanager
def throwaway_servers() -> Iterator[dict[str, str]]:
    """Start a fresh Postgres and Valkey; yields the environment that points at them."""
    folder = Path(tempfile.mkdtemp(prefix="prm-throwaway-"))
    folder.chmod(0o755)
    running = []
    try:
        postgres = start_postgres(folder, settings=QUICK)
        running.append(postgres.child)
        valkey = start_valkey(folder, durable=False)
        running.append(valkey.child)
        yield {
            "DATABASE_ADMIN_URL": postgres.admin_url,
            "DATABASE_URL": postgres.app_url(secrets.token_urlsafe(12)),
            "REDIS_URL": valkey.url,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "PRM_STATE_DIR": str(folder / "state"),
            "PATH": os.environ["PATH"],
        }
    finally:
        for child in reversed(running):
            child.stop()
        shutil.rmtree(folder, ignore_errors=True)
