"""Many made-up programmes through the reference, the oracle and, over a database, the SQL.

Promises: differences are counted, never forgiven; one seed gives the same programmes; called by tests.oracle.__main__.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import combinations
from multiprocessing import get_context
from typing import Any

from incentives.plans import reference
from incentives.plans.document import TiersComponent
from incentives.plans.facts import Facts
from incentives.plans.language import document_as_json
from tests.oracle.evaluate import evaluate
from tests.support.oracle_facts import plain, said
from tests.support.programme_rules import KINDS, kind_of
from tests.support.programmes import SPAN, programme

TOLD_EVERY = 1000
PART = 50  # programmes that one process does at a time
LEAST = 20  # programmes in which each pair of kinds has paid
PAIRS = list(combinations(KINDS, 2))
Pair = tuple[str, str]


@dataclass
class Tally:
    programmes: int = 0
    amounts: int = 0
    differences: int = 0
    in_sql: int = 0
    lines: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        for told in fields(self):
            setattr(self, told.name, getattr(self, told.name) + getattr(other, told.name))

    @property
    def uncovered(self) -> list[Pair]:
        return [pair for pair in PAIRS if self.pairs[pair] < LEAST]


def compare_side_by_side(count: int, first: int, seed: str, sql_every: int, jobs: int) -> Tally:
    """In so many processes, part after part; whoever stops goes on from the number that was told last."""
    whole = Tally()
    parts = [(min(PART, first + count - at), at, seed, sql_every) for at in range(first, first + count, PART)]
    with get_context("spawn").Pool(jobs, initializer=_ready, initargs=(sql_every > 0,)) as pool:
        for part in pool.imap(_compared, parts):
            whole.add(part)
            if whole.programmes % TOLD_EVERY == 0:
                told = f"{whole.programmes} programmes, {whole.differences} differences"
                print(f"{told}; the next is PRM_FIRST={first + whole.programmes}", flush=True)
    return whole


def _compared(part: tuple[int, int, str, int]) -> Tally:
    return compare(*part)


def _ready(with_sql: bool) -> None:
    if with_sql:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
        django.setup()


def compare(count: int, first: int, seed: str, sql_every: int) -> Tally:
    """`sql_every`: how many programmes pass from one that the SQL joins to the next; 0: it joins none."""
    tally = Tally()
    for number in range(first, first + count):
        compare_one(tally, f"{seed}:{number}", with_sql=sql_every > 0 and number % sql_every == 0)
    return tally


def compare_one(tally: Tally, name: str, *, with_sql: bool) -> None:
    known = programme(name)
    if with_sql:
        from tests.support.stored_facts import with_uuids

        known = with_uuids(known)
    told = reference.evaluate(known, *SPAN)
    found = evaluate(plain(known), *(day.isoformat() for day in SPAN))
    faults = list(differing("oracle", said(told), found))
    if with_sql:
        faults += sql_differences(known, told)
        tally.in_sql += 1
    tally.programmes += 1
    tally.amounts += len(found)
    tally.differences += len(faults)
    count_kinds(tally, known, {key[:2] for key in found})
    count_features(tally, known, told)
    seed, _, number = name.rpartition(":")
    for fault in faults:
        print(f"programme {number}: {fault}", flush=True)
    if faults:
        print(f"  again: PRM_SEED={seed} PRM_FIRST={number} PRM_PROGRAMMES=1 make programmes", flush=True)


def differing(name: str, told: dict[Any, Any], found: dict[Any, Any]) -> Iterator[str]:
    for key in {**told, **found}:
        if told.get(key) != found.get(key):
            yield f"{key}: reference {told.get(key)}, {name} {found.get(key)}"


def money(content: tuple[Any, ...]) -> tuple[Any, ...]:
    """Amount, currency, payout amount, payout currency; the rest says how they came about."""
    return content[:4]


def sql_differences(known: Facts, told: reference.Evaluation) -> list[str]:
    """As the agreement test compares: amounts, inputs of the explanations, and why lines earned nothing."""
    from tests.support.stored_facts import calculated, expected

    result = calculated(known, *SPAN)
    targets, outcomes = expected(told)
    told_money, found_money = (
        {key: money(content) for key, content in side.items()} for side in (targets, result.targets)
    )
    faults = list(differing("SQL", told_money, found_money))
    if not faults:  # the same to the cent; now why
        faults = [*differing("SQL", targets, result.targets), *differing("SQL", outcomes, result.outcomes)]
    if result.run.state != "calculated":
        faults.append(f"the run is {result.run.state}: {result.run.failure}")
    return faults


def count_kinds(tally: Tally, known: Facts, paid: set[tuple[str, str]]) -> None:
    """What stood in one version and has paid something; once in a programme."""
    kinds, pairs = set(), set()
    for plan in known.plans:
        for version in plan.versions:
            components = document_as_json(version.document)["components"]
            here = {kind_of(row) for row in components if (plan.id, row["id"]) in paid}
            kinds |= here
            pairs |= {pair for pair in PAIRS if here.issuperset(pair)}
    tally.kinds.update(kinds)
    tally.pairs.update(pairs)


def count_features(tally: Tally, known: Facts, told: reference.Evaluation) -> None:
    """Amounts and limits that were met, one by one."""
    components = {
        (version.id, row.id): row
        for plan in known.plans
        for version in plan.versions
        for row in version.document.components
    }
    tally.lines += len(known.lines)
    tally.features["linked refunds"] += sum(line.is_linked_refund for line in known.lines)
    for target in told.targets:
        component = components[target.version_id, target.key.component_id]
        tally.features.update(f"cut by {cut.limit}" for cut in target.inputs.cuts)
        if target.inputs.refund is not None:
            tally.features["amounts of refunds"] += 1
        if target.key.line_id is None:
            tally.features["bonuses" if component.type == "bonus" else "least amounts of windows"] += 1
        elif isinstance(component, TiersComponent) and component.of_group:
            tally.features["amounts by the volume of a group"] += 1
        if target.key.line_id is not None and target.line_inputs.paid is not None:
            tally.features["amounts of payments"] += 1


def report(tally: Tally, seconds: int) -> Iterator[str]:
    yield "kind of component                paid in programmes"
    for kind in KINDS:
        yield f"  {kind:<30} {tally.kinds[kind]:>10}"
    yield f"pairs of kinds in one version, both paid (each at least {LEAST} times)"
    for pair in sorted(PAIRS, key=lambda pair: tally.pairs[pair]):
        yield f"  {' + '.join(pair):<50} {tally.pairs[pair]:>6}{'  MISSING' if pair in tally.uncovered else ''}"
    yield "met in all of them"
    for feature, count in sorted(tally.features.items()):
        yield f"  {feature:<50} {count:>8}"
    yield f"pairs of kinds: {len(PAIRS)}, the rarest in {least(tally)}"
    yield f"{tally.lines} lines, {tally.amounts} amounts"
    yield f"{tally.programmes} programmes, {tally.in_sql} of them in SQL too, {seconds} seconds"
    yield f"differences: {tally.differences}; pairs missing: {len(tally.uncovered)} of {len(PAIRS)}"


def least(tally: Tally) -> str:
    pair = min(PAIRS, key=lambda pair: tally.pairs[pair])
    return f"{tally.pairs[pair]} programmes: {' + '.join(pair)}"


def main() -> int:
    count = int(os.environ.get("PRM_PROGRAMMES", "10000"))
    first = int(os.environ.get("PRM_FIRST", "0"))
    seed = os.environ.get("PRM_SEED") or str(time.time_ns() // 1_000_000)
    sql_every = int(os.environ.get("PRM_SQL_EVERY", "1")) if "DATABASE_URL" in os.environ else 0
    if not sql_every:
        print("No database is named, or PRM_SQL_EVERY is 0: the SQL is not asked", file=sys.stderr)
    print(f"seed {seed}, {count} programmes from number {first}", flush=True)
    began = time.monotonic()
    jobs = int(os.environ.get("PRM_JOBS", "2"))
    tally = compare_side_by_side(count, first, seed, sql_every, jobs)
    for line in report(tally, round(time.monotonic() - began)):
        print(line, flush=True)
    return 1 if tally.differences or tally.uncovered else 0
