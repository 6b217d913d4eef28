"""uuid7 and blocks of them: the layout of RFC 9562 and an order that never goes back."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from prm.kit.ids import id_block, ids_of_block, sql_id_of_block, uuid7


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


def test_a_block_counts_up_within_the_layout() -> None:
    before = time.time_ns() // 1_000_000
    block = id_block()
    made = ids_of_block(block, range(300))
    assert made == sorted(set(made))
    assert {(one.version, one.variant, one.int >> 32) for one in made} == {
        (7, "specified in RFC 4122", made[0].int >> 32)
    }
    assert before <= made[0].int >> 80 <= time.time_ns() // 1_000_000
    assert len({id_block() for _ in range(1_000)}) == 1_000


@pytest.mark.django_db
def test_the_server_counts_as_the_application_does() -> None:
    block = id_block()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql_id_of_block('%s', 'n')} FROM generate_series(0, 300) n", [block])
        assert [row[0] for row in cursor.fetchall()] == ids_of_block(block, range(301))
