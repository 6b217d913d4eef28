"""Many crashes at random in a small size, and that the comparison behind it would notice a cent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from prm.kit.periods import Period
from tests.concurrency.crash.world import SPAN, expected, faults_in_the_money, posted, programme
from tests.support import kept_template
from tests.support.commission import calculate
from tests.support.databases import TEMPLATE
from tests.support.stored_facts import AT, store, with_uuids

pytestmark = pytest.mark.race

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "PRM_CRASH_LINES": "500",
    "PRM_CRASH_KILLS": "3",
    "PRM_CRASH_POSTGRES_STOPS": "1",
    "PRM_CRASH_STALLS": "1",
    "PRM_CRASH_WIPES": "1",
    "PRM_CRASH_WORKERS": "2",
    "PRM_CRASH_MINUTES": "10",
}


def test_a_few_crashes_at_random_lose_no_cent(
    django_db_setup: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command itself, over servers of its own; the migrated schema comes as a dump of ours."""
    monkeypatch.setenv("PRM_TEST_TEMPLATES", str(tmp_path))
    kept_template.keep(TEMPLATE)
    done = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.crash"],
        cwd=ROOT,
        env={**os.environ, **SMALL},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kill -9: 3, Postgres stopped at once: 1, stall past the lease: 1, Redis wiped: 1" in done.stdout
    assert "differences: 0" in done.stdout


def test_the_comparison_notices_a_cent(own_database: str) -> None:
    known = with_uuids(programme("cent", 100))
    tenant = store(known, *SPAN)
    calculate(tenant, Period.of(SPAN[1]).plus(-1).starts_on, at=AT)
    wanted = expected(known)
    assert faults_in_the_money(tenant, wanted) == []
    assert len(posted(tenant)) == len(wanted) > 200
    key, (minor, payout) = next(iter(wanted.items()))
    more = faults_in_the_money(tenant, wanted | {key: (minor + 1, payout + 1)})
    assert [fault.partition(" is ")[0].partition(":")[0] for fault in more] == [str(key), key[4]]
