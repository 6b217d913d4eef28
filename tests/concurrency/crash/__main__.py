"""`make crash`: exits 1 when a cent was lost or doubled, or when a calculation did not end.

PRM_CRASH_LINES, _KILLS, _POSTGRES_STOPS, _STALLS, _WIPES: how many; PRM_CRASH_WORKERS: at
a time; PRM_CRASH_MINUTES: the longest; PRM_SEED."""

import os
import sys
import time
from pathlib import Path
from random import Random

from prm.local.supervisor import signals_raise
from tests.concurrency.crash.servers import Servers, servers


def main() -> int:
    signals_raise()
    seed = os.environ.get("PRM_SEED") or str(time.time_ns() // 1_000_000)
    lines = int(os.environ.get("PRM_CRASH_LINES", "20000"))
    print(f"seed {seed}, {lines} lines", flush=True)
    began = time.monotonic()
    with servers() as running:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
        django.setup()
        verdict = crash(running, seed, lines)
    print(f"{time.monotonic() - began:.0f} s in all", flush=True)
    return verdict


def crash(running: Servers, seed: str, lines: int) -> int:
    from tests.concurrency.crash.faults import Crew, counted, planned
    from tests.concurrency.crash.rounds import SEEDED, WORK, Stage, TookTooLong, afresh, within_minutes
    from tests.concurrency.crash.world import SPAN, expected, programme
    from tests.support import databases
    from tests.support.stored_facts import store, with_uuids

    databases.make_template()
    databases.clone(SEEDED)
    databases.point_at(SEEDED)
    known = with_uuids(programme(seed, lines))
    tenant = store(known, *SPAN)
    wanted = expected(known)
    print(f"{len(known.partners)} partners, {len(wanted)} amounts by the oracle", flush=True)
    afresh()
    crew, chance = (
        Crew(running.folder, int(os.environ.get("PRM_CRASH_WORKERS", "4"))),
        Random(f"{seed}:faults"),
    )
    stage = Stage(running, crew, chance, tenant, wanted, within_minutes("90"))
    faults = planned(chance)
    try:
        for told in stage.play(faults):
            print(told, flush=True)
    except TookTooLong as reason:
        stage.tally.faults.append(str(reason))
        keep_logs(running.folder)
    finally:
        crew.dismiss()
        databases.point_at("postgres")
    tally = stage.tally
    for fault in tally.faults[:40]:
        print(fault, flush=True)
    print(f"database {WORK}; workers hired {crew.hired}, of which {crew.died_alone} ended by themselves")
    print(
        f"{tally.rounds} calculations of {lines} lines, {counted(tally.struck)}; begun again "
        f"{tally.begun_again}; the slowest end {tally.slowest_end:.0f} s after its last fault; "
        f"differences: {len(tally.faults)}; seed {seed}",
        flush=True,
    )
    return 1 if tally.faults or faults else 0


def keep_logs(folder: Path) -> None:
    """The last words of the workers, since the folder goes."""
    for log in sorted(folder.glob("worker*.log"), key=lambda path: path.stat().st_mtime)[-4:]:
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
