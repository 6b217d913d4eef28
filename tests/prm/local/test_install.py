"""./run before there is a virtual environment: a missing tool is one sentence, and nothing is installed twice."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("dirname", "date", "cat", "cksum", "awk", "mkdir", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that ./run reads before it has Python packages."""
    folder = tmp_path / "checkout"
    (folder / "prm/local").mkdir(parents=True)
    for name in ("run", "prm/local/install.sh", "requirements.txt", "requirements-boot.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def start(checkout: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "./run"], cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def test_no_python_is_one_sentence(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or "")
    done = start(checkout, PATH=str(tools))
    assert (done.returncode, done.stderr) == (
        1,
        "Python 3.11 or newer was not found; on Debian: apt-get install python3 python3-pip\n",
    )


def test_no_pip_is_one_sentence(checkout: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare/bin/python")
    done = start(checkout, PATH=os.environ["PATH"], PYTHON=python)
    assert (done.returncode, done.stderr) == (
        1,
        f"pip was not found for {python}; on Debian: apt-get install python3-pip\n",
    )
    assert not (checkout / ".venv").exists()


def test_unreachable_index_is_said_at_the_end(checkout: Path) -> None:
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:1/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = start(checkout, PATH=os.environ["PATH"], HOME=str(checkout), **nowhere)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "The Python packages could not be installed (is a package index reachable?); the log is var/log/install.log"
    )
