"""Throw-away servers for tests and benchmarks: quick, unsafe on purpose, gone afterwards.

Called by: the test plugin, `python -m prm.local exec`.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prm.local.servers import postgres_place, start_postgres, start_valkey

QUICK = (
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=256MB",
    "max_connections=200",
    "max_wal_size=4GB",
    "jit=off",
    "log_min_messages=fatal",
)
PREFIX = "prm-throwaway-"


@contextmanager
def throwaway_servers() -> Iterator[dict[str, str]]:
    """Start a fresh Postgres and Valkey; yields the environment that points at them."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    (folder / "owner.pid").write_text(str(os.getpid()))
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
        }
    finally:
        for child in reversed(running):
            child.stop()
        remove(folder)


def sweep() -> None:
    """Remove what a killed run left in the temporary folder; its servers went down with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            owner = int((folder / "owner.pid").read_text())
            try:
                os.kill(owner, 0)
            except ProcessLookupError:
                remove(folder)


def remove(folder: Path) -> None:
    if (folder / "postgres.place").exists():
        shutil.rmtree(postgres_place(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
