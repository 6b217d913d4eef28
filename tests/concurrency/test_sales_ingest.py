"""Batches at the same moment, in real transactions: nothing is written twice, lost or left untied."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from partners.sales.actions import record_sales
from partners.sales.batches import BatchResult
from partners.sales.models import SaleLine, SaleLineRevision
from partners.sales.rules import LineInput
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, stage
from tests.support.sales import line, stock

pytestmark = pytest.mark.race
ROUNDS = 8


@pytest.fixture
def acme(own_database: str) -> Cast:
    cast = stage()
    stock(cast)
    return cast


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run the deeds in threads that start together; each has a connection of its own."""
    gate = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[place] = deed()
        except Exception as fault:
            results[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def sender(cast: Cast, lines: Sequence[LineInput], seconds: int = 0) -> Callable[[], BatchResult]:
    def send() -> BatchResult:
        with tenant_context(cast.acme.id):
            at = NOW + timedelta(seconds=seconds)
            return record_sales(actor=cast.system, rows=lines, mode="partial", at=at)

    return send


def counted(results: Sequence[Any]) -> Counter[str]:
    for result in results:
        assert isinstance(result, BatchResult), result
    return Counter(o.effect or o.faults[0].code for result in results for o in result.outcomes)


def test_the_same_batch_twice_at_once_creates_each_line_once(acme: Cast) -> None:
    for turn in range(ROUNDS):
        lines = [line(f"{turn}-{number}") for number in range(200)]
        found = counted(at_once(sender(acme, lines), sender(acme, lines[::-1]), sender(acme, lines)))
        assert found == {"created": 200, "unchanged": 400}
    with tenant_context(acme.acme.id):
        assert SaleLine.objects.count() == 200 * ROUNDS
        assert SaleLineRevision.objects.count() == 0


def test_two_amendments_at_once_keep_every_state(acme: Cast) -> None:
    sender(acme, [line(f"A-{number}", "1.00") for number in range(100)])()
    for turn in range(ROUNDS):
        one = [line(f"A-{number}", f"{turn}.10") for number in range(100)]
        other = [line(f"A-{number}", f"{turn}.20") for number in range(100)]
        assert counted(at_once(sender(acme, one, turn), sender(acme, other[::-1], turn))) == {"updated": 200}
    with tenant_context(acme.acme.id):
        assert set(SaleLine.objects.values_list("revision", flat=True)) == {1 + 2 * ROUNDS}
        for row in SaleLine.objects.all():
            kept = SaleLineRevision.objects.filter(line_id=row.id).order_by("revision")
            amounts = [*kept.values_list("amount_minor", flat=True), row.amount_minor]
            assert sorted(amounts) == sorted([100, *(t * 100 + p for t in range(ROUNDS) for p in (10, 20))])


def test_new_and_standing_lines_in_one_batch_twice_at_once(acme: Cast) -> None:
    for turn in range(ROUNDS):
        amount = f"{turn + 1}.00"
        lines = [line(f"A-{number:03}", amount) for number in range(100 * turn + 100)]
        found = counted(at_once(sender(acme, lines), sender(acme, lines[::-1])))
        assert (found["created"], found["updated"], found.total()) == (100, 100 * turn, 2 * len(lines))
    with tenant_context(acme.acme.id):
        assert SaleLineRevision.objects.count() == 100 * sum(range(ROUNDS))


def test_a_refund_never_misses_a_sale_that_arrives_at_the_same_moment(acme: Cast) -> None:
    for turn in range(3 * ROUNDS):
        sale = [line(f"S-{turn}")]
        refund = [line(f"R-{turn}", "10.00", kind="refund", refunds=f"S-{turn}")]
        assert counted(at_once(sender(acme, sale), sender(acme, refund))) == {"created": 2}
    with tenant_context(acme.acme.id):
        assert SaleLine.objects.filter(kind="refund", refunded_line_id__isnull=True).count() == 0


def test_two_refunds_at_once_never_exceed_the_sale(acme: Cast) -> None:
    for turn in range(ROUNDS):
        sender(acme, [line(f"S-{turn}")])()
        refunds = [
            sender(acme, [line(f"R-{turn}-{name}", "60.00", kind="refund", refunds=f"S-{turn}")])
            for name in "ab"
        ]
        assert counted(at_once(*refunds)) == {"created": 1, "over_refunded": 1}
