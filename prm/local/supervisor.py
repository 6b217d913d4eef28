"""The supervisor: starts the whole portal on one machine, in order, and takes all of it down again.

Promise: Ctrl-C, SIGTERM, a closed terminal and kill -9 leave no process; data survives; an obstacle is one sentence.
Called by: `python -m prm.local up`, which ./run execs.
"""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from prm.local.preparation import (
    BOUND_TO_CLUSTER,
    ROOT,
    Preparation,
    Stamps,
    compile_translations,
    front_end_packages,
)
from prm.local.processes import Child, DidNotStart, listens, spawn, wait_until
from prm.local.progress import complain, say, step
from prm.local.servers import secret, start_postgres, start_valkey

QUEUES = "default,money,ingest"
WORKER_STOP_SECONDS = 30
WATCH_SECONDS = 0.5
SERVER_SETTINGS = ("shared_buffers=256MB", "max_connections=100", "jit=off")


@dataclass(frozen=True)
class Wishes:
    """What the environment asks of this start."""

    state: Path
    port: int
    host: str
    database_url: str
    admin_url: str
    redis_url: str
    demo: bool

    @classmethod
    def from_environment(cls) -> "Wishes":
        port = os.environ.get("PORT", "8000")
        if not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 (the range of TCP)
            raise DidNotStart(f"PORT must be a number from 1 to 65535, not {port!r}.")
        return cls(
            state=state_folder(),
            port=int(port),
            host=os.environ.get("PRM_LISTEN", "127.0.0.1"),
            database_url=os.environ.get("DATABASE_URL", ""),
            admin_url=os.environ.get("DATABASE_ADMIN_URL", ""),
            redis_url=os.environ.get("REDIS_URL", ""),
            demo=os.environ.get("PRM_DEMO", "1") != "0",
        )


def state_folder() -> Path:
    return Path(os.environ.get("PRM_STATE_DIR") or ROOT / "var").resolve()


@dataclass
class Running:
    """What has been started so far, in order."""

    servers: list[Child] = field(default_factory=list)
    services: list[Child] = field(default_factory=list)

    def stop(self) -> None:
        """First who uses the servers, all at once; then the servers, newest first."""
        for service in reversed(self.services):
            service.ask_to_stop()
        for service in reversed(self.services):
            service.stop(WORKER_STOP_SECONDS)
        for server in reversed(self.servers):
            server.stop()

    def first_dead(self) -> Child | None:
        return next((child for child in [*self.servers, *self.services] if not child.runs), None)


def up() -> int:
    """Start everything, stay until asked to stop; returns the exit code."""
    begun = float(os.environ.get("PRM_BEGUN") or time.time())
    running = Running()
    signals_raise()
    try:
        wishes = Wishes.from_environment()
        with ExitStack() as held:
            held.enter_context(only_one(wishes.state))
            held.callback(stop_quietly, running)
            refuse_taken_port(wishes)
            logins = start(wishes, running)
            announce(wishes, logins, time.time() - begun)
            watch(running)
    except KeyboardInterrupt:
        say("Stopped; the data stays.")
        return 0
    except (DidNotStart, RuntimeError) as obstacle:
        complain(str(obstacle))
        return 1


def signals_raise() -> None:
    """SIGTERM and a closed terminal take the path of Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def stop_quietly(running: Running) -> None:
    """Stop all; a second Ctrl-C must not leave anything half stopped."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if running.servers or running.services:
        with step("stopping"):
            running.stop()


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Two supervisors over one state folder would fight for its database."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.seek(0)
            raise DidNotStart(
                f"The portal already runs from {state} (process {lock.read().strip()}); "
                "stop it first, or set PRM_STATE_DIR to another folder."
            ) from taken
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def refuse_taken_port(wishes: Wishes) -> None:
    if listens(wishes.port):
        raise DidNotStart(
            f"Port {wishes.port} is taken; choose another, for example: PORT={wishes.port + 1} ./run"
        )


def start(wishes: Wishes, running: Running) -> str:
    """Servers, preparation, services; returns the demo logins."""
    front_end_packages(with_dev=False, state=wishes.state)
    env = start_servers(wishes, running)
    preparation = Preparation(wishes.state, env)
    if env["DATABASE_ADMIN_URL"]:
        preparation.lay_schema(trust_stamp=not wishes.database_url)
    else:
        preparation.check_schema()
    compile_translations()
    preparation.collect_static()
    logins = preparation.load_demo() if wishes.demo and env["DATABASE_ADMIN_URL"] else ""
    start_services(wishes, running, env)
    return logins


def start_servers(wishes: Wishes, running: Running) -> dict[str, str]:
    """Postgres and Valkey unless the environment names others; returns the environment of the product."""
    env = product_environment(wishes)
    if not wishes.database_url:
        with step("Postgres") as line:
            postgres = start_postgres(wishes.state, settings=SERVER_SETTINGS)
            running.servers.append(postgres.child)
            if postgres.is_new:
                Stamps(wishes.state / "stamps").forget(*BOUND_TO_CLUSTER)
            env["DATABASE_ADMIN_URL"] = postgres.admin_url
            env["DATABASE_URL"] = postgres.app_url(secret(wishes.state / "prm_app.password"))
            line.note = f"127.0.0.1:{postgres.port}"
    if not wishes.redis_url:
        with step("Valkey") as line:
            valkey = start_valkey(wishes.state, durable=True)
            running.servers.append(valkey.child)
            env["REDIS_URL"] = valkey.url
            line.note = f"127.0.0.1:{valkey.port}"
    write_environment(wishes.state / "env", env)
    return env


def product_environment(wishes: Wishes) -> dict[str, str]:
    defaults = {
        "SECRET_KEY": secret(wishes.state / "secret.key"),
        "PRM_VAULT_KEY": secret(wishes.state / "vault.key"),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PRM_BASE_URL": f"http://localhost:{wishes.port}",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "PRM_FILES_ROOT": str(wishes.state / "files"),
    }
    forced = {
        "PRM_STATE_DIR": str(wishes.state),
        "PRM_TESTING": "0",
        "DATABASE_URL": wishes.database_url,
        "DATABASE_ADMIN_URL": wishes.admin_url,
        "REDIS_URL": wishes.redis_url,
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **os.environ, **forced}


def write_environment(path: Path, env: dict[str, str]) -> None:
    """What a second shell needs to speak to this installation: `set -a; . var/env`. Private, for it holds secrets."""
    names = (
        "SECRET_KEY",
        "PRM_VAULT_KEY",
        "DEBUG",
        "ALLOWED_HOSTS",
        "PRM_BASE_URL",
        "EMAIL_BACKEND",
        "PRM_FILES_ROOT",
        "PRM_STATE_DIR",
    )
    urls = ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL")
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}='{env[name]}'\n" for name in (*names, *urls)))


def start_services(wishes: Wishes, running: Running, env: dict[str, str]) -> None:
    """Web, worker and beat at once; they hold the application's role only."""
    weak = {name: value for name, value in env.items() if name != "DATABASE_ADMIN_URL"}
    log, celery = wishes.state / "log", [sys.executable, "-m", "celery", "-A", "prm"]
    concurrency = os.environ.get("PRM_WORKERS") or str(max(2, min(4, os.cpu_count() or 2)))
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "prm.wsgi:application",
        "--bind",
        f"{wishes.host}:{wishes.port}",
    ]
    gunicorn += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    work = [*celery, "worker", "-Q", QUEUES, "--concurrency", concurrency, "-l", "INFO", "--without-gossip"]
    beat_folder = wishes.state / "beat"
    beat_folder.mkdir(exist_ok=True)
    beat = [*celery, "beat", "--pidfile=", "-s", str(beat_folder / "schedule"), "-l", "WARNING"]
    with step("web, worker, beat"):
        for name, command, orphan_signal in (
            ("web", gunicorn, signal.SIGTERM),
            ("worker", work, signal.SIGKILL),  # its tasks are safe to lose, and it must not linger
            ("beat", beat, signal.SIGKILL),
        ):
            child = spawn(
                name, command, log=log / f"{name}.log", orphan_signal=orphan_signal, env=weak, cwd=ROOT
            )
            running.services.append(child)
        web, worker, _ = running.services
        wait_until(lambda: is_ready(wishes.port), web, seconds=60)
        wait_until(lambda: " ready." in worker.said(), worker, seconds=60)


def is_ready(port: int, host: str = "localhost") -> bool:
    """Whether the portal says that it, its database and its broker answer; `host` is a name that it answers to."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (the address is ours)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def announce(wishes: Wishes, logins: str, seconds: float) -> None:
    say(f"\nThe portal is ready after {seconds:.0f} s:  http://localhost:{wishes.port}/\n")
    if logins:
        say(logins.rstrip())
        say()
    say(f"Logs and data: {wishes.state}.  Ctrl-C stops everything; the data stays.")


def watch(running: Running) -> NoReturn:
    """Stay while all of it runs; one part gone means that the rest would only pretend."""
    while (dead := running.first_dead()) is None:
        time.sleep(WATCH_SECONDS)
    raise DidNotStart(f"{dead.name} ended with code {dead.process.returncode}; its log is {dead.log}")
