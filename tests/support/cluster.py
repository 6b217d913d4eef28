"""Pytest plugin: one throw-away Postgres and Valkey for a whole run, shared by all its workers.

Promise: nothing is left when the run ends; called through `-p tests.support.cluster` in pyproject.toml.
"""

import os
from contextlib import ExitStack

import pytest

_servers = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before pytest-django reads the settings. Workers of xdist inherit the controller's environment."""
    if "PYTEST_XDIST_WORKER" in os.environ or os.environ.get("PRM_TEST_SERVERS") == "external":
        return
    from prm.local.throwaway import throwaway_servers

    os.environ["PRM_TESTING"] = "1"
    os.environ.update(_servers.enter_context(throwaway_servers()))


def pytest_unconfigure() -> None:
    _servers.close()
