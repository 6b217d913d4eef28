"""Progress: one line per step with the seconds it took, for whoever waits at the terminal.

Called by: the supervisor, preparation, `python -m prm.local`.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 34


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Step:
    """A step under way; `note` is added to its line."""

    def __init__(self) -> None:
        self.note = ""


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print the title when the step begins and its seconds when it ends."""
    sys.stdout.write(f"  {title} ".ljust(WIDTH, ".") + " ")
    sys.stdout.flush()
    begun, under_way = time.monotonic(), Step()
    try:
        yield under_way
    except BaseException:
        say("stopped")
        raise
    say(f"{time.monotonic() - begun:6.1f} s  {under_way.note}".rstrip())
