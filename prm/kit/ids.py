"""Identifiers made in the application: UUIDv7 of RFC 9562.

Promises: ids of one process never go backwards and never repeat, even when the clock does; threads are safe. Those of a
block are as unique, and in the order of their numbers.
Called by: model defaults and bulk writers that need the id before the insert."""

import os
import secrets
import threading
import time
from collections.abc import Iterable
from uuid import UUID

import msgspec

_RANDOM_BITS = 74
_RANDOM_LIMIT = 1 << _RANDOM_BITS
# A fresh millisecond starts in the lower half, so a burst inside it has room to count up.
_FRESH_BITS = _RANDOM_BITS - 1
_STEP_BITS = 32
_BLOCK_LETTERS = 28  # of an id as text: the time and 42 random bits; the 32 bits after them count


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
    return _id_of(*_sequence.advance(time.time_ns() // 1_000_000))


def _id_of(millisecond: int, random: int) -> UUID:
    random_a, random_b = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(millisecond << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b)


def id_block() -> str:
    """The beginning that 2^32 ids have in common: the time and 42 random bits, which nobody else has drawn. A random id
    for each row takes a third of the time of writing it."""
    return str(_id_of(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS)))[:_BLOCK_LETTERS]


def ids_of_block(block: str, numbers: Iterable[int]) -> list[UUID]:
    return msgspec.convert([f"{block}{number:08x}" for number in numbers], list[UUID])


def sql_id_of_block(block: str, number: str) -> str:
    """The same in SQL: `block` is an expression whose text begins as the ids do."""
    return f"(left({block}, {_BLOCK_LETTERS}) || lpad(to_hex({number}), 8, '0'))::uuid"
