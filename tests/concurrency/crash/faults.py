"""What befalls workers, Postgres and the broker, and the workers that it befalls.

Promise: there are always as many workers, started again at once; all are gone when the crew is dismissed."""

import os
import signal
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from subprocess import Popen

from redis import Redis

from tests.concurrency.crash.servers import Servers
from tests.support.workers import broker_url, worker

LEASE_SECONDS = 3
KILL, STOP_POSTGRES, STALL, WIPE = (
    "kill -9",
    "Postgres stopped at once",
    "stall past the lease",
    "Redis wiped",
)
KINDS = {
    KILL: ("PRM_CRASH_KILLS", 200),
    STOP_POSTGRES: ("PRM_CRASH_POSTGRES_STOPS", 20),
    STALL: ("PRM_CRASH_STALLS", 20),
    WIPE: ("PRM_CRASH_WIPES", 10),
}


def planned(chance: Random) -> list[str]:
    """All faults in a random order; how many by the environment."""
    made = [kind for kind, (name, many) in KINDS.items() for _ in range(int(os.environ.get(name, str(many))))]
    chance.shuffle(made)
    return made


@dataclass
class Hand:
    """One worker process."""

    process: "Popen[bytes]"
    log: Path
    life: ExitStack
    wakes_at: float = 0.0  # stalled until then; 0: not stalled

    @property
    def is_ready(self) -> bool:
        return not self.wakes_at and self.process.poll() is None and b" ready." in self.log.read_bytes()


@dataclass
class Crew:
    folder: Path
    size: int
    hands: list[Hand] = field(default_factory=list)
    hired: int = 0
    died_alone: int = 0

    def fill(self) -> None:
        """Whoever is gone is replaced, whoever has slept long enough is woken."""
        for hand in list(self.hands):
            if hand.wakes_at and time.monotonic() > hand.wakes_at:
                os.kill(hand.process.pid, signal.SIGCONT)
                hand.wakes_at = 0.0
            if hand.process.poll() is not None:
                self.died_alone += 1
                self._part_from(hand)
        while len(self.hands) < self.size:
            self.hired += 1
            log, life = self.folder / f"worker{self.hired}.log", ExitStack()
            process = life.enter_context(worker(log, PRM_SHARD_LEASE_SECONDS=str(LEASE_SECONDS)))
            self.hands.append(Hand(process, log, life))

    def ready(self) -> list[Hand]:
        return [hand for hand in self.hands if hand.is_ready]

    def kill(self, hand: Hand) -> None:
        os.kill(hand.process.pid, signal.SIGKILL)
        hand.process.wait(timeout=20)
        self._part_from(hand)

    def stall(self, hand: Hand) -> None:
        os.kill(hand.process.pid, signal.SIGSTOP)
        hand.wakes_at = time.monotonic() + LEASE_SECONDS + 1.5

    def _part_from(self, hand: Hand) -> None:
        hand.life.close()
        self.hands.remove(hand)

    def dismiss(self) -> None:
        for hand in list(self.hands):
            self._part_from(hand)


def strike(kind: str, crew: Crew, servers: Servers, victim: Hand) -> None:
    match kind:
        case "kill -9":
            crew.kill(victim)
        case "stall past the lease":
            crew.stall(victim)
        case "Redis wiped":
            Redis.from_url(broker_url()).flushall()
        case _:
            servers.stop_postgres_at_once()


def counted(struck: Counter[str]) -> str:
    return ", ".join(f"{kind}: {struck[kind]}" for kind in KINDS)
