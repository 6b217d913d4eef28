"""Real Celery workers on a real Valkey, started and killed by tests.

Promise: every worker is gone when the block ends; each test run worker has a broker database of its own.
Called by: tests/concurrency.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connections
from redis import Redis

from prm.celery import app

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240
"""Seconds to wait for a worker: on a machine that is busy with other things, starting one alone may take a minute."""


def broker_url() -> str:
    """A database of the tests' Valkey that no other test process uses."""
    worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0")) or "0"
    return urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{1 + int(worker) % 15}"))


def empty_broker() -> None:
    Redis.from_url(broker_url()).flushdb()


def ring(task_name: str, **kwargs: Any) -> None:
    """Send one message as beat or the relay would."""
    with app.connection_for_write(broker_url()) as connection:
        app.send_task(task_name, kwargs=kwargs, connection=connection, retry=False)


@contextmanager
def worker(log: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`celery worker` over the database that the tests point at, one process, so that killing it kills the work."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connections['default'].settings_dict['NAME']}"
    )
    settings = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address),
        "REDIS_URL": broker_url(),
        "PRM_TESTING": "1",
        "CELERY_SKIP_CHECKS": "1",  # half of a start; the stage of the migrations runs them
        **environment,
    }
    settings.pop("DATABASE_ADMIN_URL", None)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "prm",
        "worker",
        "-Q",
        "money,ingest,default",
        "-c",
        "1",
        "--pool",
        "solo",
        "--without-mingle",  # it waits a second for neighbours
        "-n",
        f"{log.stem}@%h",
        "-l",
        "INFO",  # below it Celery does not say that the worker is ready
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str, every: float = 0.2) -> None:
    """Poll until the condition holds; fails the test with `what` when it never does."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(every)
