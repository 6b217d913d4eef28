"""A state folder that Postgres can reach when the tests run as root, and an environment without our own servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

OURS = (
    "DATABASE_URL",
    "DATABASE_ADMIN_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PRM_VAULT_KEY",
    "PRM_TESTING",
    "PRM_STATE_DIR",
    "DEBUG",
)


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="prm-local-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def bare_environment(state: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**kept, "PRM_STATE_DIR": str(state), "PRM_DEMO": "0"}
