"""Print the ratios of docs/performance.md, a line each: number, what, ours, peer, ratio, goal, ok or short.

Promise: exits 1 when one is short; called by `make bench` over servers of its own.
"""

import os
import sys
from itertools import chain

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
django.setup()

from tests.bench.calculation import ratios  # noqa: E402
from tests.bench.ratio import HEADING  # noqa: E402
from tests.bench.segments import segment_ratios  # noqa: E402


def main() -> int:
    short = 0
    print(HEADING, flush=True)
    for ratio in chain(segment_ratios(), ratios()):
        short += not ratio.is_met
        print(ratio, flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
