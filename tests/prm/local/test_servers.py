"""The embedded servers: nothing outlives a killed parent, the data does, secrets are private."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from prm.local import servers, throwaway
from prm.local.processes import DidNotStart, StepFailed, run_to_end, spawn, wait_until

START_BOTH = """
import sys, time
from pathlib import Path
from prm.local.servers import start_postgres, start_valkey
state = Path(sys.argv[1])
postgres, valkey = start_postgres(state), start_valkey(state, durable=True)
print(postgres.child.process.pid, valkey.child.process.pid, postgres.admin_url, flush=True)
time.sleep(60)
"""


def gone(pid: int, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.race
def test_killed_parent_leaves_no_server_and_the_data_survives(state: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", START_BOTH, str(state)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    postgres_pid, valkey_pid, url = parent.stdout.readline().split()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.close()

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert gone(int(postgres_pid))
    assert gone(int(valkey_pid))
    again = servers.start_postgres(state)
    try:
        assert not again.is_new
        connection = psycopg2.connect(again.admin_url)
        cursor = connection.cursor()
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchone() == (42,)
        connection.close()
    finally:
        again.child.stop()


@pytest.mark.race
@pytest.mark.usefixtures("root")
def test_data_moves_out_of_a_folder_that_nobody_may_enter(state: Path) -> None:
    state.chmod(0o700)
    postgres = servers.start_postgres(state)
    place = servers.postgres_place(state)
    try:
        assert place.parent == servers.SHELTERS
        assert stat.S_IMODE((place / "postgres").stat().st_mode) == 0o700
    finally:
        postgres.child.stop()
        shutil.rmtree(place)


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives up its rights for Postgres")


def test_secret_is_private_and_stays(state: Path) -> None:
    first = servers.secret(state / "a" / "secret")
    assert servers.secret(state / "a" / "secret") == first
    assert stat.S_IMODE((state / "a" / "secret").stat().st_mode) == 0o600


def test_server_that_ends_at_once_is_named_with_its_last_words(state: Path) -> None:
    child = spawn("Broken", [sys.executable, "-c", "raise SystemExit('no disk')"], log=state / "broken.log")
    with pytest.raises(DidNotStart, match=r"(?s)Broken ended at once.*no disk"):
        wait_until(lambda: False, child)


def test_failed_step_shows_its_last_words(state: Path) -> None:
    command = [sys.executable, "-c", "print('half done'); raise SystemExit(3)"]
    with pytest.raises(StepFailed, match=r"(?s)migrate failed with code 3.*half done"):
        run_to_end("migrate", command, log=state / "step.log", env=dict(os.environ), cwd=state)


def test_stop_kills_what_will_not_go(state: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = spawn("Deaf", [sys.executable, "-c", deaf], log=state / "deaf.log")
    wait_until(lambda: "deaf" in child.said(), child)
    child.stop(seconds=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_killed_run_left_is_swept(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(state))
    dead, alive = state / "prm-throwaway-dead", state / "prm-throwaway-alive"
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    for folder, owner in ((dead, finished.pid), (alive, os.getpid())):
        folder.mkdir()
        (folder / "owner.pid").write_text(str(owner))
    throwaway.sweep()
    assert not dead.exists()
    assert alive.exists()
