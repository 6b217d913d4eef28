"""A relay that is killed between sending and marking: what it sent is sent again, and its effect happens once."""

import signal
from datetime import date
from pathlib import Path

import pytest
from redis import Redis

from incentives.ledger.actions import close_period
from incentives.payouts.models import Statement
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, stage
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import tick
from tests.support.workers import PATIENCE, broker_url, empty_broker, ring, wait_for, worker

pytestmark = pytest.mark.race
JANUARY = date(2026, 1, 1)
TASK = "incentives.payouts.write_statements"


@pytest.fixture
def cast(own_database: str) -> Cast:
    """Acme has closed January; the event that its statements hang on waits in the outbox."""
    cast = stage()
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.southwind, product, "L2", date(2026, 1, 11), 50_000)
    calculate(cast.acme, JANUARY, at=tick())
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=JANUARY, at=tick())
    empty_broker()
    return cast


def waiting_events(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return Event.objects.filter(relayed_at__isnull=True).count()


def statements(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return Statement.objects.count()


def test_what_was_sent_and_not_marked_is_sent_again_and_works_once(cast: Cast, tmp_path: Path) -> None:
    waiting = waiting_events(cast)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT="outbox.sent") as victim:
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    sent = Redis.from_url(broker_url()).lrange("money", 0, -1)
    assert sum(TASK.encode() in message for message in sent) == 1
    assert (waiting_events(cast), statements(cast)) == (waiting, 0)
    log = tmp_path / "heir.log"
    with worker(log):
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        wait_for(lambda: waiting_events(cast) == 0, seconds=PATIENCE, what="the second relay")
        wait_for(lambda: log.read_text().count(f"{TASK}[") >= 4, seconds=PATIENCE, what="both deliveries")
    assert log.read_text().count(f"Task {TASK}[") >= 2
    assert statements(cast) == 2
