"""Bench of the ledger: transfers posted by ours beside transactions of two legs written by django-hordak.

Promise: both owe each partner the same before speeds are told; a peer that cannot be installed is a line that is short.
Called by the bench command.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings

from tests.bench.calculation import LINES, MARCH, NOW, make_parties, timed
from tests.bench.quiet import beyond_the_walls, no_vacuum_by_itself, settle
from tests.bench.ratio import Line, Speed, Unmeasured

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements-hordak.txt"
DATABASE = "bench_hordak"
ENTRIES, SINGLES, PARTNERS, ROUNDS = min(LINES, 20_000), min(LINES, 1_000), 200, 5
INSTALL_SECONDS = 300
QUICKER_THAN_BULK, QUICKER_THAN_COMMITS = 8.0, 60.0
APRIL = MARCH.replace(month=4)
TO_BULK = f"ledger: entries/s, {ENTRIES:,} at once, to hordak's bulk_create"
TO_COMMITS = f"ledger: entries/s, {ENTRIES:,} at once, to hordak's commit each"
# What each of the partners is owed by the first rows of all rounds.
_OWED = """
SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM partners_partner p
    LEFT JOIN incentives_ledgeraccount a ON a.tenant_id = p.tenant_id AND a.partner_id = p.id
        AND a.code = 'payable_pending'
    LEFT JOIN incentives_transfer t ON t.tenant_id = a.tenant_id AND t.credit_id = a.id
        AND CASE WHEN t.source_type = 'bench' THEN t.leg::int < %s END
WHERE p.tenant_id = %s AND p.number < %s GROUP BY p.code ORDER BY p.code
"""
Row = tuple[int, int]  # the partner's place, minor units
Ask = Callable[[str, list[Row]], tuple[float, list[int]]]


def ledger_ratios() -> Iterator[Line]:
    try:
        python = _installed()
    except (OSError, subprocess.SubprocessError) as fault:
        said = str(getattr(fault, "stderr", None) or fault).strip().splitlines()[-1]
        for what in (TO_BULK, TO_COMMITS):
            yield Unmeasured("P4", what, f"django-hordak could not be installed: {said}")
        return
    speeds: dict[str, list[float]] = {"ours": [], "in_bulk": [], "one_by_one": []}
    rows = [(n * 7919 % PARTNERS, 1 + n * 2654435761 % 250_000) for n in range(ENTRIES)]
    tenant_id = make_parties().id
    with no_vacuum_by_itself(), _hordak(python) as ask:
        for place in range(ROUNDS):
            owed: dict[str, list[int]] = {}
            for side in speeds if place % 2 else reversed(speeds):
                settle()
                told = rows[:SINGLES] if side == "one_by_one" else rows
                if side == "ours":
                    seconds = timed(partial(_post, tenant_id, told))
                else:
                    seconds, owed[side] = ask(side, told)
                speeds[side].append(len(told) / seconds)
            _refuse_other_balances(tenant_id, owed)
    ours, bulk, commits = (median(speeds[side]) for side in speeds)
    yield Speed("P4", TO_BULK, ours, bulk, QUICKER_THAN_BULK)
    yield Speed("P4", TO_COMMITS, ours, commits, QUICKER_THAN_COMMITS)


def _post(tenant_id: UUID, rows: list[Row]) -> None:
    """As a calculation or a payout posts: all transfers of one source, in one commit."""
    from incentives.ledger.actions import Posting, Source, post
    from incentives.ledger.rules import Kind
    from partners.directory.models import Partner
    from prm.accounts.actor import system_actor
    from prm.kit.ids import uuid7
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        partner_ids = list(
            Partner.objects.filter(number__lt=PARTNERS).order_by("code").values_list("id", flat=True)
        )
        postings = [
            Posting(Kind.ACCRUAL, partner_ids[place], "EUR", minor, leg=str(n))
            for n, (place, minor) in enumerate(rows)
        ]
        post(
            postings,
            source=Source("bench", uuid7()),
            actor=system_actor(tenant_id),
            period_on=MARCH,
            effective_on=APRIL,
            at=NOW,
        )


def _refuse_other_balances(tenant_id: UUID, owed: dict[str, list[int]]) -> None:
    for side, theirs in owed.items():
        with beyond_the_walls() as cursor:
            cursor.execute(_OWED, [SINGLES if side == "one_by_one" else ENTRIES, tenant_id, PARTNERS])
            ours = [minor for (minor,) in cursor.fetchall()]
        assert len(ours) == PARTNERS
        assert min(ours) > 0
        if ours != theirs:
            raise AssertionError(f"the ledgers disagree ({side}): {ours[:5]}, {theirs[:5]}")


def _installed() -> Path:
    """The interpreter of an environment that holds django-hordak alone, below the state folder; made on demand."""
    folder = Path(settings.STATE_DIR) / "hordak"
    python, mark = folder / "bin" / "python", folder / "is-whole"
    if mark.exists():
        return python
    base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    install = ["--disable-pip-version-check", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS)]
    for command in (
        [base, "-m", "venv", "--clear", "--without-pip", str(folder)],
        [base, "-m", "pip", "--python", str(python), "install", *install],
    ):
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    mark.touch()
    return python


@contextmanager
def _hordak(python: Path) -> Iterator[Ask]:
    """A process of django-hordak's that writes what it is asked for, over a database that goes with it."""
    from tests.support.databases import admin_cursor, drop

    drop(DATABASE)
    link, cursor = admin_cursor()
    cursor.execute(f"CREATE DATABASE {DATABASE}")
    link.close()
    address = urlunsplit(urlsplit(os.environ["DATABASE_ADMIN_URL"])._replace(path=f"/{DATABASE}"))
    process = subprocess.Popen(
        [str(python), str(HERE / "hordak_side.py"), str(PARTNERS)],
        env={"DATABASE_URL": address, "PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    asked, answers = process.stdin, process.stdout
    assert asked is not None
    assert answers is not None

    def ask(way: str, rows: list[Row]) -> tuple[float, list[int]]:
        print(json.dumps([way, rows]), file=asked, flush=True)
        seconds, balances = json.loads(answers.readline())
        return seconds, balances

    try:
        assert answers.readline() == "ready\n"
        yield ask
    finally:
        asked.close()
        process.wait(timeout=60)
        drop(DATABASE)
