"""The real site for browsers: gunicorn over a database with the demo, a worker beside it.

Promise: everything started is gone when the block ends; called by the screens and the browser walks.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.workers import broker_url

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def site_environment(database: str) -> dict[str, str]:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address),
        "REDIS_URL": broker_url(),
        "PRM_TESTING": "1",
        "LOG_LEVEL": "ERROR",
    }
    environment.pop("DATABASE_ADMIN_URL", None)
    return environment


@contextmanager
def running_site(log: Path, **environment: str) -> Iterator[str]:
    """gunicorn over the database the tests point at; yields its address."""
    database = str(connections["default"].settings_dict["NAME"])
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "prm.wsgi:application", "-b", f"127.0.0.1:{port}", "--threads", "4",
               "--no-control-socket"]  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=site_environment(database) | environment,
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, log)
        yield address
    finally:
        process.send_signal(
            signal.SIGQUIT
        )  # at once: a browser keeps its connections open, and nobody waits for them
        process.wait(timeout=20)


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the site did not start: {log.read_text()[-2_000:]}")


def new_context(
    browser: Browser, *, language: str, theme: str = "light", width: int = 1366
) -> BrowserContext:
    height = 768 if width > 500 else 844
    return browser.new_context(
        viewport={"width": width, "height": height},
        locale="ru-RU" if language == "ru" else "en-GB",
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )


def log_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.locator("form:not(.language-switch):not(.theme-switch) button[type=submit]").first.click()
    page.wait_for_load_state()
