"""Two deeds that meet for certain: one stands where it was told to when the other comes. Called by tests of races."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from django.db import connections

from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.databases import admin_connection
from tests.support.workers import PATIENCE, wait_for

Deed = Callable[[], Any]
Stop = Callable[[], None]
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def inside(cast: Cast, step: Deed) -> Deed:
    """The step in a transaction of its own."""

    def work() -> Any:
        with tenant_context(cast.acme.id):
            return step()

    return work


def before_commit(cast: Cast, step: Deed) -> Callable[[Stop], Any]:
    """The step in a transaction of its own; it stops when nothing is left to do but to commit."""

    def work(stop: Stop) -> Any:
        with tenant_context(cast.acme.id):
            done = step()
            stop()
            return done

    return work


@dataclass(frozen=True)
class Met:
    """What each of the two came to, a refusal as it was raised, and whether the second waited for the first."""

    first: Any
    second: Any
    waited: bool


def meet(database: str, first: Callable[[Stop], Any], second: Deed) -> Met:
    """The second begins when the first has stopped; the first goes on when the second is through, or waits for it."""
    go, one = Event(), _Walker()
    one.begin(lambda: first(lambda: one.stand_until(go)))
    wait_for(one.stands_or_ended, seconds=PATIENCE, what="the first to stop", every=0.01)
    two = _Walker()
    two.begin(second)
    try:
        waited = _waits(two, database)
    finally:
        go.set()
    return Met(one.end(), two.end(), waited)


@dataclass
class _Walker:
    stands: Event = field(default_factory=Event)
    thread: Thread = field(init=False)
    came_to: Any = None

    def begin(self, deed: Deed) -> None:
        self.thread = Thread(target=self._walk, args=(deed,))
        self.thread.start()

    def _walk(self, deed: Deed) -> None:
        try:
            self.came_to = deed()
        except Exception as refusal:
            self.came_to = refusal
        finally:
            connections.close_all()

    def stand_until(self, go: Event) -> None:
        self.stands.set()
        assert go.wait(PATIENCE)

    def stands_or_ended(self) -> bool:
        return self.stands.is_set() or not self.thread.is_alive()

    def end(self) -> Any:
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return self.came_to


def _waits(walker: _Walker, database: str) -> bool:
    """False when it came through; nobody but the first one has locks that it could wait for."""
    connection = admin_connection(database)
    connection.autocommit = True

    def is_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            return bool(cursor.fetchone()[0])

    try:
        what = "the second to come through or to wait"
        wait_for(
            lambda: not walker.thread.is_alive() or is_waiting(), seconds=PATIENCE, what=what, every=0.02
        )
        return walker.thread.is_alive()
    finally:
        connection.close()
