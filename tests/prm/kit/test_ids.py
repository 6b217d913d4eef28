"""uuid7: the layout of RFC 9562 and an order that never goes back."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from prm.kit.ids import uuid7


def test_layout() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after + 1


def test_never_back_and_never_twice() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_clock_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = uuid7()
    monkeypatch.setattr("prm.kit.ids.time.time_ns", lambda: 0)
    assert uuid7() > first


def test_threads_share_one_series() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [
            made for batch in pool.map(lambda _: [uuid7() for _ in range(500)], range(8)) for made in batch
        ]
    assert len(set(made)) == 4000
