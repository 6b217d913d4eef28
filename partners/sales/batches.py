"""What every batch of this room says of its rows, whatever they tell; called by sales actions, payments, doors and
imports.

Promise: pure; each row keeps its place, and is refused with all that is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from partners.sales.rules import Fault, Key

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
MODES = ("partial", "atomic")
Faults = dict[int, list[Fault]]
Written = Mapping[Key, tuple[str, UUID, int]]  # effect, id and revision by key


class Keyed(Protocol):
    """A row as it was sent, read or refused: known by (source, external_id)."""

    @property
    def source(self) -> str | None: ...

    @property
    def external_id(self) -> str | None: ...


class RowOutcome(Struct, frozen=True, gc=False):
    """What became of one row, by its place: an `effect` with the id and revision of what it told, or the faults."""

    place: int
    external_id: str | None
    effect: str = ""
    id: UUID | None = None
    revision: int | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class BatchResult:
    """The outcome of every row, in their order."""

    outcomes: list[RowOutcome]

    def count(self, effect: str) -> int:
        return sum(outcome.effect == effect for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        return self.count("")


@dataclass(frozen=True)
class UndoneImport:
    """How many an undo voided and how many it put back."""

    voided: int
    restored: int


@dataclass(frozen=True)
class RefusedRow:
    """A row that could not even be read: its place, its key as far as it could be told, and why."""

    place: int
    source: str | None
    external_id: str | None
    faults: tuple[Fault, ...]


def refused_before(rows: Sequence[Keyed]) -> Faults:
    return {place: list(row.faults) for place, row in enumerate(rows) if isinstance(row, RefusedRow)}


def refuse_twins(rows: Sequence[Keyed], faults: Faults) -> None:
    """The same id twice in a batch: which of them is meant cannot be known, so neither is taken."""
    keys = [(row.source, row.external_id) for row in rows]
    if len(set(keys)) == len(keys):
        return
    twice = {key for key, count in Counter(keys).items() if count > 1 and None not in key}
    for place, key in enumerate(keys):
        if key in twice:
            faults.setdefault(place, []).append(Fault("external_id", "duplicate_in_batch"))


def refuse_neighbours(places: Iterable[int], mode: str, faults: Faults) -> None:
    """In atomic mode one bad row keeps all others out."""
    if mode == "atomic" and faults:
        for place in set(places) - faults.keys():
            faults[place] = [Fault("", "not_applied")]


def outcomes_of(
    rows: Sequence[Keyed], faults: Mapping[int, Sequence[Fault]], written: Written
) -> BatchResult:
    """`faults` of those that were not written; whatever else was read stands in `written`."""
    return BatchResult([_outcome(place, row, faults, written) for place, row in enumerate(rows)])


def _outcome(place: int, row: Keyed, faults: Mapping[int, Sequence[Fault]], written: Written) -> RowOutcome:
    if place in faults:
        return RowOutcome(place, row.external_id, faults=tuple(faults[place]))
    effect, found_id, revision = written[row.source or "", row.external_id or ""]
    return RowOutcome(place, row.external_id, effect, found_id, revision)
