"""Child processes that cannot outlive us: own session, own log, a signal from the kernel when the parent dies.

Promise: after `stop`, or after a kill -9 of the parent, no child is left (Linux; elsewhere after `stop`).
Called by: servers, the supervisor, preparation; always from the main thread, since the signal is tied to it.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_SECONDS = 30
STOP_SECONDS = 20
LOG_BYTES = 10 * 1024 * 1024
LOG_TAIL_BYTES = 4000
# Looked up before any fork: the child only calls it.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class DidNotStart(RuntimeError):
    """Something we need did not start; the message is one sentence for a person."""


class StepFailed(RuntimeError):
    """A command of the preparation ended with an error; the message holds its last words."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def tied_to_us(last_signal: int, user: pwd.struct_passwd | None = None) -> Callable[[], None]:
    """What a child does before it starts: give up root where asked, then ask Linux for a signal when we die."""
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, last_signal)
            if os.getppid() != parent:  # we died before the child could ask
                os._exit(1)

    return prepare


@dataclass
class Child:
    """A running process, the signal that stops it politely, and the log it writes."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    log: Path
    log_start: int = 0

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask, wait, and in the end kill the whole session of the child."""
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self) -> str:
        """What it has written since it was started."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    stop_signal: int = signal.SIGTERM,
    orphan_signal: int | None = None,
    user: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
) -> Child:
    """Start a child; `orphan_signal` is what it gets when we die without a word (as a rule the polite one)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        log_start = output.tell()
        process = subprocess.Popen(
            [str(part) for part in command],
            preexec_fn=tied_to_us(orphan_signal or stop_signal, user),  # noqa: PLW1509 (we start no threads)
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
    return Child(name, process, stop_signal, log, log_start)


def wait_until(ready: Callable[[], bool], child: Child, seconds: float = START_SECONDS) -> None:
    """Wait for a child to be of use; raise when it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.runs:
            raise DidNotStart(f"{child.name} ended at once; its log is {child.log}:\n{tail(child.said())}")
        if time.monotonic() > deadline:
            last_words = tail(child.said())
            raise DidNotStart(
                f"{child.name} was not ready within {seconds:.0f} s; its log is {child.log}:\n{last_words}"
            )
        time.sleep(0.03)


def run_to_end(
    name: str, command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path
) -> str:
    """Run one command of the preparation; its output goes to the log and is returned."""
    child = spawn(name, command, log=log, orphan_signal=signal.SIGKILL, env=env, cwd=cwd)
    try:
        code = child.process.wait()
    finally:
        child.stop(seconds=5)
    if code:
        raise StepFailed(f"{name} failed with code {code}; its log is {log}:\n{tail(child.said())}")
    return child.said()


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(f"    {line}" for line in text[-LOG_TAIL_BYTES:].strip().splitlines()[-lines:])
