"""Print the ratios of docs/performance.md, a line each: number, what, ours, peer, ratio, goal, ok or short.

Promise: exits 1 when one is short; called by `make bench` over servers of its own. Names of benches measure those
alone; PRM_BENCH_LINES says how many sales they work on.
"""

import os
import sys
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
django.setup()

from tests.bench.calculation import calculation_ratios  # noqa: E402
from tests.bench.correcting import correction_ratios  # noqa: E402
from tests.bench.dashboards import dashboard_ratios  # noqa: E402
from tests.bench.ingest import ingest_ratios  # noqa: E402
from tests.bench.ledger import ledger_ratios  # noqa: E402
from tests.bench.orm import orm_ratios  # noqa: E402
from tests.bench.pages import page_ratios  # noqa: E402
from tests.bench.ratio import HEADING, Line  # noqa: E402
from tests.bench.rest import rest_ratios  # noqa: E402
from tests.bench.segments import segment_ratios  # noqa: E402
from tests.bench.serving import serving_ratios  # noqa: E402
from tests.bench.walls import wall_ratios  # noqa: E402

BENCHES = {
    "segments": segment_ratios,
    "calculation": calculation_ratios,
    "orm": orm_ratios,
    "ledger": ledger_ratios,
    "corrections": correction_ratios,
    "ingest": ingest_ratios,
    "dashboards": dashboard_ratios,
    "walls": wall_ratios,
    "rest": rest_ratios,
    "pages": page_ratios,
    "serving": serving_ratios,
}


def measured(names: list[str]) -> Iterator[Line]:
    for name in names or BENCHES:
        yield from BENCHES[name]()


def main() -> int:
    short = 0
    print(HEADING, flush=True)
    for ratio in measured(sys.argv[1:]):
        short += not ratio.is_met
        print(ratio, flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
