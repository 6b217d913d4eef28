"""The migrated template as a dump, kept between runs while no migration changes: for runs of a few tests alone.

`PRM_TEST_TEMPLATES` names the folder; without it every run migrates. Called by: tests/support/databases.py."""

import os
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from prm.local.servers import postgres_binaries

ROOT = Path(__file__).resolve().parents[2]
DECIDES = ("*/migrations/*.py", "prm/tenancy/*.py", "prm/settings.py", "requirements.txt")
KEPT = 8


def fits() -> bool:
    """Whether an earlier run kept what today's migrations make."""
    dump = _dump_of_today()
    return dump is not None and dump.exists()


def restore(database: str) -> None:
    """Fill the empty database; its roles exist already."""
    _run("psql", database, "--quiet", "--set=ON_ERROR_STOP=1", f"--file={_dump_of_today()}")


def keep(database: str) -> None:
    """Dump the migrated database for later runs, whole or not at all; the oldest dumps go."""
    dump = _dump_of_today()
    if dump is None:
        return
    dump.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=dump.parent, delete=False) as part:
        part.write(_run("pg_dump", database))
    Path(part.name).rename(dump)
    for old in sorted(dump.parent.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _dump_of_today() -> Path | None:
    folder = os.environ.get("PRM_TEST_TEMPLATES")
    if not folder:
        return None
    digest = sha256()
    for pattern in DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return Path(folder).resolve() / f"{digest.hexdigest()[:24]}.sql"


def _run(program: str, database: str, *options: str) -> bytes:
    parts = urlsplit(os.environ["DATABASE_ADMIN_URL"])
    where = {"PGHOST": parts.hostname or "", "PGPORT": str(parts.port), "PGUSER": parts.username or ""}
    environment = {**os.environ, **where, "PGPASSWORD": parts.password or "", "PGDATABASE": database}
    done = subprocess.run(
        [postgres_binaries() / program, *options], env=environment, check=True, capture_output=True, cwd="/"
    )
    return done.stdout
