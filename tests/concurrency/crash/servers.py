"""A Postgres and a Valkey of this run alone, which it may stop as hard as it likes.

Promise: both are gone when the block ends; called by tests.concurrency.crash.__main__."""

import os
import secrets
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prm.local.servers import Postgres, Valkey, start_postgres, start_valkey
from prm.local.throwaway import PREFIX, QUICK, remove, sweep


@dataclass
class Servers:
    folder: Path
    postgres: Postgres
    valkey: Valkey

    def stop_postgres_at_once(self) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, sessions cut off; then it recovers on the same port."""
        process = self.postgres.child.process
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(timeout=30)
        port = self.postgres.port
        self.postgres = start_postgres(self.folder, settings=QUICK)
        if self.postgres.port != port:
            raise RuntimeError(f"somebody took port {port} while Postgres was down")


@contextmanager
def servers() -> Iterator[Servers]:
    """Started, and named in the environment; without the schema."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    (folder / "owner.pid").write_text(str(os.getpid()))
    running = None
    postgres = start_postgres(folder, settings=QUICK)
    try:
        running = Servers(folder, postgres, start_valkey(folder, durable=False))
        os.environ |= {
            "DATABASE_ADMIN_URL": postgres.admin_url,
            "DATABASE_URL": postgres.app_url(secrets.token_urlsafe(12)),
            "REDIS_URL": running.valkey.url,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "PRM_STATE_DIR": str(folder / "state"),
            "PRM_TESTING": "1",
        }
        yield running
    finally:
        if running is not None:
            running.valkey.child.stop()
        (running.postgres if running else postgres).child.stop()
        remove(folder)
