"""Whole calculations from what is stored: every entry of a month's books again, and the hash of all of them.

Promise: reads entries, versions and exchange rates alone, writes nothing; a partner at a time. Called by:
`manage.py replay_entries`."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from incentives.earnings.models import CalculationRun, Entry, RunState
from incentives.earnings.recomputing import facts_of, key_of
from incentives.earnings.replay import Replay, Verdict, replay
from incentives.plans.document import PlanDocument
from incentives.plans.language import parse_document
from incentives.plans.models import PlanVersion


@dataclass
class ReplayedRun:
    """How many entries stand behind the run's result, by verdict; those that differ; and the result hashed again."""

    run: CalculationRun
    counts: Counter[Verdict] = field(default_factory=Counter)
    differing: list[UUID] = field(default_factory=list)
    content_hash: str = ""

    @property
    def holds(self) -> bool:
        return not self.differing and self.content_hash == self.run.result_hash


def replay_last_runs() -> Iterator[ReplayedRun]:
    """Of every month the last calculation, oldest month first."""
    runs = CalculationRun.objects.filter(state=RunState.CALCULATED).order_by("period_on", "-number")
    for run in runs.distinct("period_on"):
        yield replay_run(run)


def replay_run(run: CalculationRun) -> ReplayedRun:
    told = ReplayedRun(run)
    books, lines = _books_of(run), list[tuple[Any, str]]()
    documents = _documents(books)
    for partner_id in books.order_by("partner_id").values_list("partner_id", flat=True).distinct():
        lines += _replay_partner(list(books.filter(partner_id=partner_id).order_by("id")), documents, told)
    digest = hashlib.sha256()
    for _order, line in sorted(lines):
        digest.update(line.encode() + b"\n")
    told.content_hash = digest.hexdigest()
    return told


def _books_of(run: CalculationRun) -> QuerySet[Entry]:
    """The entries that the hash of the run is of: those of later runs came afterwards."""
    runs = CalculationRun.objects.filter(number__lte=run.number).values("id")
    return Entry.objects.filter(
        run_id__in=runs,
        period_on__gte=run.recompute_from,
        period_on__lte=run.period_on,
        belongs_on__gte=run.recompute_from,
    )


def _documents(entries: QuerySet[Entry]) -> dict[UUID, PlanDocument]:
    versions = PlanVersion.objects.filter(id__in=entries.order_by().values("version_id"))
    return {version.id: parse_document(version.document) for version in versions}


def _replay_partner(
    entries: list[Entry], documents: dict[UUID, PlanDocument], told: ReplayedRun
) -> list[tuple[Any, str]]:
    """What each target comes to by its newest entry, where that is anything."""
    facts = facts_of(entries)
    newest: dict[Any, tuple[Any, Replay, bool]] = {}
    for entry in entries:
        key, document, known = key_of(entry), documents[entry.version_id], facts[entry.id]
        again = replay(known, document, document.component(entry.component_id), key.canonical)
        told.counts[again.verdict] += 1
        if not again.holds:
            told.differing.append(entry.id)
        is_anything = bool(known.target.amount_minor or known.payout_target.amount_minor)
        newest[key] = (key.order, again, is_anything)
    return [(order, again.line) for order, again, is_anything in newest.values() if is_anything]
