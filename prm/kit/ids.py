"""Identifiers made in the application: UUIDv7 of RFC 9562.

Promises: ids of one process never go backwards and never repeat, even when the clock does; threads are safe.
Called by: model defaults and bulk writers that need the id before the insert."""

import os
import secrets
import threading
import time
from uuid import UUID

_RANDOM_BITS = 74
_RANDOM_LIMIT = 1 << _RANDOM_BITS
# A fresh millisecond starts in the lower half, so a burst inside it has room to count up.
_FRESH_BITS = _RANDOM_BITS - 1
_STEP_BITS = 32


class _Sequence:
    """The last (millisecond, random part) that was handed out, guarded by a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = -1
        self._random = 0

    def after_fork(self) -> None:
        # A child inherits the parent's position; it must not continue the same series.
        self._lock = threading.Lock()
        self._random = secrets.randbits(_FRESH_BITS)

    def advance(self, now_ms: int) -> tuple[int, int]:
        with self._lock:
            if now_ms > self._millisecond:
                self._millisecond, self._random = now_ms, secrets.randbits(_FRESH_BITS)
            else:
                self._random += 1 + secrets.randbits(_STEP_BITS)
                if self._random >= _RANDOM_LIMIT:
                    self._millisecond, self._random = self._millisecond + 1, secrets.randbits(_FRESH_BITS)
            return self._millisecond, self._random


_sequence = _Sequence()
os.register_at_fork(after_in_child=_sequence.after_fork)


def uuid7() -> UUID:
    """48 bits of Unix milliseconds, version 7, then 74 bits that only grow within a millisecond."""
    millisecond, random = _sequence.advance(time.time_ns() // 1_000_000)
    random_a, random_b = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(millisecond << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b)
