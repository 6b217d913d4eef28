"""No process of the product runs under a database role that row policies do not hold."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

ROOT = Path(__file__).resolve().parents[3]
SENTENCE = (
    "The product must not run as the database role 'prm_super': it is a superuser, bypasses row policies"
)
CELERY = ["-m", "celery", "-A", "prm"]
STARTS = {
    "web": ["-m", "gunicorn", "prm.wsgi:application", "-b", "127.0.0.1:0", "--no-control-socket"],
    "worker": [*CELERY, "worker", "--pool", "solo"],
    "beat": [*CELERY, "beat", "--pidfile=", "-s", "schedule"],
    "command": ["manage.py", "verify_audit"],
}


@pytest.mark.race
@pytest.mark.django_db
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_start_as_superuser_ends_with_a_sentence(start: list[str], tmp_path: Path) -> None:
    database = connections["default"].settings_dict["NAME"]
    strong = urlsplit(os.environ["DATABASE_ADMIN_URL"])._replace(path=f"/{database}")
    environment = {**os.environ, "DATABASE_URL": urlunsplit(strong), "PYTHONPATH": str(ROOT)}
    environment.pop("DATABASE_ADMIN_URL")
    command = [sys.executable, *(str(ROOT / part) if part == "manage.py" else part for part in start)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, timeout=60, capture_output=True, text=True, check=False
    )
    assert done.returncode not in (0, None)
    assert SENTENCE in done.stderr
