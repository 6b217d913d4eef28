"""The supervisor as ./run starts it: an obstacle is one sentence, and however it ends nothing is left."""

import fcntl
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prm.local.processes import free_port
from prm.local.supervisor import is_ready

UP = [sys.executable, "-m", "prm.local", "up"]
SUPERVISOR_AND_FIVE_CHILDREN = 6


def refused(env: dict[str, str]) -> str:
    done = subprocess.run(UP, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    return done.stderr


def test_taken_port_is_one_sentence(bare_environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused({**bare_environment, "PORT": str(port)}) == (
            f"Port {port} is taken; choose another, for example: PORT={port + 1} ./run\n"
        )


def test_port_that_is_no_number_is_one_sentence(bare_environment: dict[str, str]) -> None:
    assert (
        refused({**bare_environment, "PORT": "http"})
        == "PORT must be a number from 1 to 65535, not 'http'.\n"
    )


def test_second_start_over_the_same_folder_is_refused(state: Path, bare_environment: dict[str, str]) -> None:
    with (state / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        assert refused(bare_environment) == (
            f"The portal already runs from {state} (process 4711); "
            "stop it first, or set PRM_STATE_DIR to another folder.\n"
        )


@pytest.mark.race
def test_nothing_is_left_however_it_ends_and_the_second_start_repeats_no_step(
    state: Path, bare_environment: dict[str, str]
) -> None:
    port = free_port()
    env = {**bare_environment, "PORT": str(port)}
    for last_signal in (signal.SIGTERM, signal.SIGKILL):
        with running(env, state) as supervisor:
            assert is_ready(port)
            assert len(processes_of(state)) >= SUPERVISOR_AND_FIVE_CHILDREN
            supervisor.send_signal(last_signal)
            supervisor.wait(40)
        assert left_after(20, state) == []
    steps = (state / "said").read_text()
    for step in ("database schema", "translations", "static files"):
        assert re.search(rf"{step} \.+ +0\.\d s  up to date", steps), steps


def left_after(seconds: float, state: Path) -> list[str]:
    deadline = time.monotonic() + seconds
    while (left := processes_of(state)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@contextmanager
def running(env: dict[str, str], state: Path) -> Iterator[subprocess.Popen[str]]:
    """The supervisor, once it said that the portal is ready."""
    said = state / "said"
    with said.open("w") as output:
        supervisor = subprocess.Popen(UP, env=env, stdout=output, stderr=subprocess.STDOUT, text=True)
    try:
        deadline = time.monotonic() + 120
        while "The portal is ready" not in said.read_text():
            assert supervisor.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        yield supervisor
    finally:
        if supervisor.poll() is None:
            supervisor.terminate()
            supervisor.wait()


def processes_of(state: Path) -> list[str]:
    """Every live process that was started with this state folder in its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(state).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found
