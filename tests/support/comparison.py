"""Many made-up programmes through the reference, the oracle and, over a database, the SQL.

Promises: differences are counted, never forgiven; one seed gives the same programmes; called by tests.oracle.__main__.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from incentives.plans import reference
from incentives.plans.facts import Facts
from incentives.plans.language import document_as_json
from tests.oracle.evaluate import evaluate
from tests.support.oracle_facts import plain, said
from tests.support.programme_rules import KINDS, kind_of
from tests.support.programmes import SPAN, programme

TOLD_EVERY = 1000
LEAST = 20  # programmes in which each pair of kinds has paid
PAIRS = list(combinations(KINDS, 2))
Pair = tuple[str, str]


@dataclass
class Tally:
    programmes: int = 0
    amounts: int = 0
    differences: int = 0
    in_sql: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)

    @property
    def uncovered(self) -> list[Pair]:
        return [pair for pair in PAIRS if self.pairs[pair] < LEAST]


def compare(count: int, first: int, seed: str, sql_every: int) -> Tally:
    """`sql_every`: how many programmes pass from one that the SQL joins to the next; 0: it joins none."""
    tally = Tally()
    for number in range(first, first + count):
        known = programme(f"{seed}:{number}")
        with_sql = sql_every > 0 and number % sql_every == 0
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
        for fault in faults:
            print(f"programme {number}: {fault}", flush=True)
        if tally.programmes % TOLD_EVERY == 0:
            print(f"{tally.programmes} programmes, {tally.differences} differences", flush=True)
        if faults:
            print(f"  again: PRM_SEED={seed} PRM_FIRST={number} PRM_PROGRAMMES=1 make programmes", flush=True)
    return tally


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


def report(tally: Tally, seconds: int) -> Iterator[str]:
    yield "kind of component                paid in programmes"
    for kind in KINDS:
        yield f"  {kind:<30} {tally.kinds[kind]:>10}"
    yield f"pairs of kinds in one version, both paid (each at least {LEAST} times)"
    for pair in sorted(PAIRS, key=lambda pair: tally.pairs[pair]):
        yield f"  {' + '.join(pair):<50} {tally.pairs[pair]:>6}{'  MISSING' if pair in tally.uncovered else ''}"
    yield f"{tally.programmes} programmes, {tally.amounts} amounts, {seconds} s; {tally.in_sql} of them in SQL too"
    yield f"differences: {tally.differences}; pairs missing: {len(tally.uncovered)} of {len(PAIRS)}"


def main() -> int:
    count = int(os.environ.get("PRM_PROGRAMMES", "10000"))
    first = int(os.environ.get("PRM_FIRST", "0"))
    seed = os.environ.get("PRM_SEED") or str(time.time_ns() // 1_000_000)
    sql_every = int(os.environ.get("PRM_SQL_EVERY", "1")) if "DATABASE_URL" in os.environ else 0
    if sql_every:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
        django.setup()
    else:
        print("No database is named, or PRM_SQL_EVERY is 0: the SQL is not asked", file=sys.stderr)
    print(f"seed {seed}, {count} programmes from number {first}", flush=True)
    began = time.monotonic()
    tally = compare(count, first, seed, sql_every)
    for line in report(tally, round(time.monotonic() - began)):
        print(line, flush=True)
    return 1 if tally.differences or tally.uncovered else 0
