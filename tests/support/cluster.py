"""Pytest plugin: one throw-away Postgres and Valkey for a whole run, shared by all its workers.

Promise: nothing is left when the run ends; called through `-p tests.support.cluster` in pyproject.toml.
"""

import os
import signal
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

import pytest

_servers = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before pytest-django reads the settings. Workers of xdist inherit the controller's environment."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    from prm.local.preparation import compile_catalogue, stale_catalogues

    for catalogue in stale_catalogues():
        compile_catalogue(catalogue)
    if os.environ.get("PRM_TEST_SERVERS") == "external":
        return
    from prm.local.throwaway import throwaway_servers

    signal.signal(signal.SIGTERM, end_as_with_ctrl_c)
    os.environ["PRM_TESTING"] = "1"
    os.environ.update(_servers.enter_context(throwaway_servers()))


def end_as_with_ctrl_c(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def pytest_unconfigure() -> None:
    _servers.close()
