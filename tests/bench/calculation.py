"""Bench of the calculation: the engine beside hand-written SQL over the same rows, and the worker's memory.

Promise: both sides earn the same to the cent before their times are compared; called by the bench command over servers
of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import connection, connections

from tests.bench.quiet import no_vacuum_by_itself, settle
from tests.bench.ratio import Ratio
from tests.bench.same_tables import copied_tables, copy_of
from tests.bench.writing import COPIES, copying_seconds, writing_seconds

if TYPE_CHECKING:
    from prm.tenancy.models import Tenant

ROOT = Path(__file__).resolve().parents[2]
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
LINES = int(os.environ.get("PRM_BENCH_LINES", "100000"))
FEW_LINES, PARTNERS, PRODUCTS = LINES // 10, max(LINES // 100, 1_000), 200
ROUNDS = int(os.environ.get("PRM_BENCH_ROUNDS", "3"))
SLOWEST_TO_HAND, MOST_MEMORY = 1.5, 1.2
SLOWEST_TO_COPY = 1 / 0.7
Side = Callable[[UUID], None]


def calculation_ratios() -> Iterator[Ratio]:
    """Against the database that Django points at, migrated and empty; it is left filled."""
    yield from beside_hand_written()
    few, many = (peak_memory(make_rows(lines)) for lines in (FEW_LINES, LINES))
    yield Ratio(
        "P5", f"calculation: peak MiB of a worker, {LINES:,} lines to {FEW_LINES:,}", many, few, MOST_MEMORY
    )


def beside_hand_written() -> Iterator[Ratio]:
    """Rounds over rows of their own, so that both write into tables of the same size; each side goes first in turn."""
    seconds: dict[Side, list[float]] = {write_by_hand: [], calculate: []}
    writing: list[float] = []
    copying: list[float] = []
    with copied_tables(), copied_tables(COPIES), no_vacuum_by_itself():
        for place in range(ROUNDS):
            tenant_id = make_rows(LINES)
            for side in (calculate, write_by_hand) if place % 2 else (write_by_hand, calculate):
                settle()
                with writing_seconds() as spent:
                    seconds[side].append(timed(partial(side, tenant_id)))
                if side is calculate:
                    writing.append(sum(spent))
            refuse_different_results(tenant_id)
            settle()
            copying.append(copying_seconds(tenant_id))
    lines = f"seconds, {LINES:,} lines"
    ours, theirs = median(seconds[calculate]), median(seconds[write_by_hand])
    yield Ratio("P1", f"calculation: {lines}, to hand-written SQL", ours, theirs, SLOWEST_TO_HAND)
    yield Ratio(
        "P3", f"writing: {lines}, to COPY of the rows", median(writing), median(copying), SLOWEST_TO_COPY
    )


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def make_rows(lines: int, *, months: int = 1, at: datetime = NOW) -> UUID:
    """A tenant with partners, products, plans and lines, written set-based; the same rows each time. Those of one month
    are of March; those of several begin with January."""
    from prm.tenancy.context import tenant_context
    from tests.bench.by_hand import LINES_SQL, REFUNDS, SPLITS
    from tests.support.stored_sales import analyze

    tenant = make_parties()
    assert tenant.id is not None
    with tenant_context(tenant.id):
        _make_plans()
    parameters: dict[str, Any] = {
        "tenant": tenant.id,
        "lines": lines,
        "partners": PARTNERS,
        "month": MARCH if months == 1 else JANUARY,
        "days": 31 if months == 1 else 365,
        "at": at,
    }
    with tenant_context(tenant.id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '600s'")
        for statement in (LINES_SQL, SPLITS, REFUNDS):
            cursor.execute(statement, parameters)
    analyze("partners_saleline", "partners_salesplit")
    return tenant.id


def make_parties() -> "Tenant":
    """A tenant with partners and products alone."""
    from prm.tenancy.context import tenant_context
    from tests.support.cast import make_tenant
    from tests.support.stored_sales import analyze

    slug = f"bench{time.monotonic_ns()}"
    tenant = make_tenant(slug, slug, first_period_on=JANUARY)
    with tenant_context(tenant.id):
        _make_parties()
    analyze("partners_partner", "partners_product", "partners_partnerstanding")
    return tenant


def _make_parties() -> None:
    from partners.directory.models import Partner, PartnerStanding
    from partners.products.models import Product, ProductCategory

    kinds = ["reseller", "integrator"]
    partners = [
        Partner(number=n, code=f"P{n:05d}", name=f"P{n}", name_key=f"p{n}", partner_type=kinds[n % 2],
                joined_on=MARCH, created_at=NOW, changed_at=NOW)
        for n in range(PARTNERS)
    ]  # fmt: skip
    Partner.objects.bulk_create(partners)
    PartnerStanding.objects.bulk_create(
        PartnerStanding(partner=partner, starts_on=date(2000, 1, 1), partner_type=partner.partner_type)
        for partner in partners
    )
    categories = [ProductCategory(code=f"c{n}", name=f"c{n}") for n in range(20)]
    ProductCategory.objects.bulk_create(categories)
    Product.objects.bulk_create(
        Product(code=f"W{n:04d}", name=f"W{n}", category=categories[n % 20], changed_at=NOW)
        for n in range(PRODUCTS)
    )


def _make_plans() -> None:
    from tests.bench.by_hand import FLAT_RATES, LADDER
    from tests.support.commission import assign, make_plan, publish

    flat = [
        {
            "id": code,
            "type": "rate",
            "rate": rate,
            "where": {"all": [{"fact": "category", "op": "eq", "value": code}]},
        }
        for code, rate in FLAT_RATES.items()
    ]
    rows = [{"from": start, "rate": rate} for start, rate in LADDER]
    tiers = [{"id": "t", "type": "tiers", "mode": "marginal", "window": "quarter", "tiers": rows}]
    for code, audience, components in (("flat", "reseller", flat), ("tiers", "integrator", tiers)):
        plan = make_plan(code)
        publish(plan, components)
        assign(plan, audience="type", target=audience)


def write_by_hand(tenant_id: UUID) -> None:
    """The same rows in copies of the same tables, in one transaction."""
    from prm.tenancy.context import tenant_context
    from tests.bench.by_hand import BY_HAND, PROOFS

    with tenant_context(tenant_id), connection.cursor() as cursor:
        parameters = _by_hand_parameters(tenant_id)
        cursor.execute(
            "SET LOCAL work_mem = '128MB'; SET LOCAL statement_timeout = '600s'; SET LOCAL jit = off"
        )
        for statement in BY_HAND:
            cursor.execute(statement, parameters)
        for proof in PROOFS:
            cursor.execute(proof, parameters)
            assert cursor.fetchone() == (0,)


def _by_hand_parameters(tenant_id: UUID) -> dict[str, Any]:
    """The specialist's run has the number of the tenant."""
    from incentives.plans.models import PlanVersion
    from tests.bench.by_hand import FLAT_RATES

    parameters: dict[str, Any] = {"tenant": tenant_id, "run": tenant_id, "month": MARCH, "at": NOW}
    for version in PlanVersion.objects.select_related("plan"):
        parameters |= {
            f"{version.plan.code}_plan": version.plan_id,
            f"{version.plan.code}_version": version.id,
        }
    return {**parameters, "rates": json.dumps(FLAT_RATES)}


def calculate(tenant_id: UUID) -> None:
    """The whole run as shipped: start, shards, differences, outcomes, proof, hash, ledger."""
    from incentives.earnings.actions import start_calculation
    from incentives.earnings.models import CalculationRun
    from incentives.earnings.work import work_on_run
    from prm.accounts.actor import system_actor
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        run = start_calculation(actor=system_actor(tenant_id), period_on=MARCH, at=NOW)
    work_on_run(tenant_id=tenant_id, run_id=run.id, now=lambda: NOW)
    with tenant_context(tenant_id):
        run = CalculationRun.objects.get(id=run.id)
        assert run.state == "calculated", run.failure


def refuse_different_results(tenant_id: UUID) -> None:
    """The full comparison, over at least an entry a line: whatever the rows say, but for their own names and those of
    their runs."""
    from prm.tenancy.context import tenant_context
    from tests.bench.by_hand import SAYS

    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL statement_timeout = '600s'")
        for table, says in SAYS.items():
            ours, theirs = (says.format(table=name) for name in (table, copy_of(table)))
            cursor.execute(
                f"({ours} EXCEPT ALL {theirs}) UNION ALL ({theirs} EXCEPT ALL {ours}) LIMIT 5",
                {"tenant": tenant_id},
            )
            different = cursor.fetchall()
            if different:
                raise AssertionError(f"the engine and the hand-written SQL disagree in {table}: {different}")
        cursor.execute("SELECT count(*) FROM bench_entry WHERE tenant_id = %s", [tenant_id])
        (compared,) = cursor.fetchone()
    assert compared >= LINES, compared


def peak_memory(tenant_id: UUID) -> float:
    """MiB that a worker process needed at most for one calculation."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connections['default'].settings_dict['NAME']}"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address),
        "DJANGO_SETTINGS_MODULE": "prm.settings",
    }
    command = [sys.executable, "-m", "tests.bench.calculation", str(tenant_id)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def own_peak() -> float:
    """MiB of this process at its largest. Not getrusage: its figure outlives exec, so it would be our parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    import django

    django.setup()
    calculate(UUID(sys.argv[1]))
    print(own_peak())
