"""Calculations one after the other, each of the same programme from nothing, until all faults have struck.

Promise: a fault strikes a worker that holds a shard at that moment; called by tests.concurrency.crash.__main__."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from django.db import DatabaseError, connection, connections
from redis import Redis

from incentives.earnings.actions import start_calculation
from incentives.earnings.models import CalculationRun, CalculationShard, ShardState
from prm.accounts.actor import system_actor
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.concurrency.crash.faults import Crew, Hand, strike
from tests.concurrency.crash.servers import Servers
from tests.concurrency.crash.world import SPAN, Amounts, faults_in_the_money
from tests.support import databases
from tests.support.workers import broker_url, empty_broker, ring

SEEDED, WORK = "prm_crash_seeded", "prm_crash_work"
ENDS_WITHIN = 300  # seconds from the last fault to the end of the calculation
SHARDS = 24
SHARDS_BETWEEN = (
    0,
    0,
    1,
    1,
    2,
    3,
)  # finished from one fault to the next, so that all of a calculation is met
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


class TookTooLong(RuntimeError):
    """A calculation did not end."""


@dataclass
class Tally:
    struck: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    begun_again: int = 0  # calculations that gave up on a shard that had been lost too often
    slowest_end: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass
class Stage:
    servers: Servers
    crew: Crew
    chance: Random
    tenant: Tenant
    wanted: Amounts
    ends_at: float
    tally: Tally = field(default_factory=Tally)
    done: int = 0
    done_before_next: int = 0

    def play(self, faults: list[str]) -> Iterator[str]:
        """Yields a sentence after each calculation."""
        while faults or not self.tally.rounds:
            before = Counter(self.tally.struck)
            began = time.monotonic()
            self._round(faults)
            self.tally.rounds += 1
            wrong = faults_in_the_money(self.tenant, self.wanted)
            self.tally.faults += wrong
            told = ", ".join(f"{kind} {many}" for kind, many in (self.tally.struck - before).items())
            yield (
                f"calculation {self.tally.rounds}: {time.monotonic() - began:.0f} s, {told or 'no fault'}; "
                f"{len(wrong)} differences; {len(faults)} faults left"
            )

    def _round(self, faults: list[str]) -> None:
        afresh()
        run_id = self._start()
        last, due, rung = time.monotonic(), 0.0, 0.0
        self.done_before_next = 0
        while (state := self._state(run_id)) != "calculated":
            self.crew.fill()
            now = time.monotonic()
            if now > self.ends_at or now - last > ENDS_WITHIN:
                raise TookTooLong(f"{now - last:.0f} s after the last fault the calculation is {state}")
            if state == "failed":
                self.tally.begun_again += 1
                run_id, self.done_before_next = self._start(), 0
            if now - rung > 1:
                ring_as_beat_does()
                rung = now
            if faults and now > due and (victims := self._victims(run_id)):
                kind = faults.pop()
                strike(kind, self.crew, self.servers, self.chance.choice(victims))
                self.tally.struck[kind] += 1
                last = time.monotonic()
                self.done_before_next = self.done + self.chance.choice(SHARDS_BETWEEN)
                due = last + self.chance.uniform(0.05, 0.8)
            time.sleep(0.05)
        self.tally.slowest_end = max(self.tally.slowest_end, time.monotonic() - last)

    def _start(self) -> UUID:
        period_on = Period.of(SPAN[1]).plus(-1).starts_on
        with patient(), tenant_context(self.tenant.id):
            actor = system_actor(self.tenant.id)
            return start_calculation(actor=actor, period_on=period_on, at=NOW, shard_count=SHARDS).id

    def _state(self, run_id: UUID) -> str:
        try:
            with tenant_context(self.tenant.id):
                return CalculationRun.objects.get(id=run_id).state
        except DatabaseError:
            connection.close()
            return "unknown"

    def _victims(self, run_id: UUID) -> list[Hand]:
        """Whoever holds a shard, or anybody while the calculation is being finished; nobody until enough is done."""
        try:
            with tenant_context(self.tenant.id):
                shards = list(
                    CalculationShard.objects.filter(run_id=run_id).values_list("state", "lease_owner")
                )
        except DatabaseError:
            connection.close()
            return []
        self.done = sum(state == ShardState.DONE for state, _ in shards)
        if self.done == len(shards):
            return self.crew.ready()
        if self.done < self.done_before_next:
            return []
        held = {owner for state, owner in shards if state == ShardState.RUNNING}
        return [hand for hand in self.crew.ready() if any(o.endswith(f":{hand.process.pid}") for o in held)]


@contextmanager
def patient() -> Iterator[None]:
    """A connection that Postgres has cut off is opened again."""
    for each in connections.all():
        each.close_if_unusable_or_obsolete()
    yield


def afresh() -> None:
    """The seeded rows, and nothing that was calculated."""
    databases.point_at("postgres")
    databases.clone(WORK, template=SEEDED)
    databases.point_at(WORK)
    empty_broker()


def ring_as_beat_does() -> None:
    """More often than beat, but never into a queue that nobody has emptied."""
    broker = Redis.from_url(broker_url())
    if any(broker.llen(queue) for queue in ("money", "default")):
        return
    for task in ("incentives.earnings.resume", "prm.outbox.sweep"):
        ring(task)


def within_minutes(minutes: str) -> float:
    return time.monotonic() + 60 * float(os.environ.get("PRM_CRASH_MINUTES", minutes))
