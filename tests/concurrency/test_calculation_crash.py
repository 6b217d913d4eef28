"""Workers that are killed in the middle of a calculation: another one takes over, nothing is posted twice or lost."""

import signal
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import Sum

from incentives.earnings.actions import RINGS, start_calculation
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry, ShardState
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import list_balances
from prm.accounts.actor import system_actor
from prm.audit.models import AuditRecord
from prm.jobs.models import Job
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.concurrency.copies import in_a_copy
from tests.concurrency.together import begin_together
from tests.support.cast import make_partner, make_tenant
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.workers import PATIENCE, empty_broker, ring, wait_for, worker

pytestmark = pytest.mark.race

MARCH = date(2026, 3, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
SHARDS = 4
TIERS = {
    "id": "base",
    "type": "tiers",
    "mode": "marginal",
    "window": "quarter",
    "tiers": [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.08"}],
}


def seed() -> Tenant:
    """Twelve partners with 300 lines, splits and refunds."""
    tenant = make_tenant("crash", "Crash", first_period_on=MARCH)
    # Ids decide the shard: with chosen ones no shard is empty, whatever the clock says.
    partners = [
        make_partner(tenant, f"P{place}", f"Partner {place}", id=UUID(int=place + 1)) for place in range(12)
    ]
    with tenant_context(tenant.id):
        plan = make_plan()
        publish(plan, [TIERS, {"id": "flat", "type": "rate", "rate": "0.01"}])
        assign(plan)
        product = make_product()
        for place in range(300):
            partner = partners[place % 12]
            split = {partner.id: 1, partners[(place + 1) % 12].id: 2} if place % 10 == 0 else None
            sold_on = MARCH + timedelta(days=place % 28)
            line = sell(partner, product, f"L{place}", sold_on, 100_00 + place * 7, split=split)
            if place % 25 == 0:
                sell(partner, product, f"R{place}", sold_on, 50_00, refunds=line)
    return tenant


@pytest.fixture
def tenant(own_database: str) -> Tenant:
    return seed()


def undisturbed(tenant: Tenant, name: str) -> CalculationRun:
    """The same calculation over a copy of the same rows, in this process, with no death in it."""
    with in_a_copy(name):
        return calculate(tenant, MARCH, at=NOW, shard_count=SHARDS)


def start(tenant: Tenant, shard_count: int = SHARDS) -> UUID:
    with tenant_context(tenant.id):
        actor = system_actor(tenant.id)
        return start_calculation(actor=actor, period_on=MARCH, at=NOW, shard_count=shard_count).id


def finished(tenant: Tenant, run_id: UUID) -> bool:
    """Rings as beat does, and looks."""
    ring("incentives.earnings.resume")
    with tenant_context(tenant.id):
        return CalculationRun.objects.get(id=run_id).state == "calculated"


def assert_posted_once(tenant: Tenant, run_id: UUID, expected: CalculationRun) -> None:
    with tenant_context(tenant.id):
        run = CalculationRun.objects.get(id=run_id)
        assert (run.result_hash, run.entry_count, run.totals, run.funnel) == (
            expected.result_hash,
            expected.entry_count,
            expected.totals,
            expected.funnel,
        )
        keys = Entry.objects.values_list("component_id", "line_id", "partner_id")
        assert len(keys) == len(set(keys)) == expected.entry_count
        payable = sum(b.balance_minor for b in list_balances() if b.code == "payable_pending")
        assert payable == Entry.objects.aggregate(total=Sum("payout_amount_minor"))["total"]


def job_state(run: CalculationRun) -> str:
    return Job.objects.values_list("state", flat=True).get(id__in=[run.job_id])


def answered(log: Path) -> int:
    """How many rings the worker has answered."""
    lines = log.read_text().splitlines()
    return sum("incentives.earnings.calculate[" in line and " succeeded " in line for line in lines)


def assert_told_once(tenant: Tenant, run_id: UUID) -> None:
    """One event, one ending of the job, one line in the trail, and books that hold."""
    with tenant_context(tenant.id):
        assert Event.objects.filter(name="calculation.finished", payload__run_id=str(run_id)).count() == 1
        assert job_state(CalculationRun.objects.get(id=run_id)) == "succeeded"
        assert AuditRecord.objects.filter(subject_id=run_id, action="calculation.calculated").count() == 1
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []


@pytest.mark.parametrize("place", ["calculation.mid_shard", "calculation.before_commit"])
def test_a_worker_killed_before_its_commit(
    tenant: Tenant, own_database: str, tmp_path: Path, place: str
) -> None:
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT=place, PRM_SHARD_LEASE_SECONDS="3") as victim:
        ring("prm.outbox.relay", tenant_id=str(tenant.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    with tenant_context(tenant.id):
        (held,) = CalculationShard.objects.filter(run_id=run_id, state=ShardState.RUNNING)
        assert held.lease_owner.endswith(f":{victim.pid}")
        assert held.fence == 1
        members = CalculationMember.objects.filter(run_id=run_id, shard_number=held.number)
        assert members.exists()
        assert not Entry.objects.filter(partner_id__in=members.values("partner_id")).exists()
    with worker(tmp_path / "heir.log", PRM_SHARD_LEASE_SECONDS="3") as heir:
        wait_for(lambda: finished(tenant, run_id), seconds=PATIENCE, what="the run to finish")
        with tenant_context(tenant.id):
            taken = CalculationShard.objects.get(id=held.id)
            assert (taken.fence, taken.lease_owner.endswith(f":{heir.pid}")) == (2, True)
    assert_posted_once(tenant, run_id, expected)


def test_a_worker_killed_after_its_commit(tenant: Tenant, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT="calculation.after_commit") as victim:
        ring("prm.outbox.relay", tenant_id=str(tenant.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    with tenant_context(tenant.id):
        (done,) = CalculationShard.objects.filter(run_id=run_id, state=ShardState.DONE)
        assert done.lease_owner.endswith(f":{victim.pid}")
        assert Entry.objects.count() == done.counts["entries"] > 0
    with worker(tmp_path / "heir.log"):
        wait_for(lambda: finished(tenant, run_id), seconds=PATIENCE, what="the run to finish")
        with tenant_context(tenant.id):
            assert CalculationShard.objects.get(id=done.id).fence == 1
    assert_posted_once(tenant, run_id, expected)


def test_a_worker_killed_before_it_finishes_the_run(
    tenant: Tenant, own_database: str, tmp_path: Path
) -> None:
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT="calculation.before_finalise") as victim:
        ring("prm.outbox.relay", tenant_id=str(tenant.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    with tenant_context(tenant.id):
        assert CalculationShard.objects.filter(run_id=run_id, state=ShardState.DONE).count() == SHARDS
        assert CalculationRun.objects.get(id=run_id).state == "calculating"
        assert list_balances() == []
    with worker(tmp_path / "heir.log"):
        wait_for(lambda: finished(tenant, run_id), seconds=PATIENCE, what="the run to finish")
    assert_posted_once(tenant, run_id, expected)


def test_a_worker_killed_while_it_finishes_the_run(tenant: Tenant, own_database: str, tmp_path: Path) -> None:
    """All that the end writes (state, ledger, events, job) is written and not committed: none of it is there."""
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT="calculation.finalised") as victim:
        ring("prm.outbox.relay", tenant_id=str(tenant.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    with tenant_context(tenant.id):
        run = CalculationRun.objects.get(id=run_id)
        assert (run.state, run.result_hash, job_state(run)) == ("calculating", "", "running")
        assert list_balances() == []
        assert CalculationMember.objects.filter(run_id=run_id).exists()
        assert not Event.objects.filter(name="calculation.finished").exists()
    with worker(tmp_path / "heir.log"):
        wait_for(lambda: finished(tenant, run_id), seconds=PATIENCE, what="the run to finish")
    assert_posted_once(tenant, run_id, expected)
    assert_told_once(tenant, run_id)


def test_a_worker_killed_after_the_run_was_finished(
    tenant: Tenant, own_database: str, tmp_path: Path
) -> None:
    """Everything is committed, the message was never answered for: whoever gets it again changes nothing."""
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant)
    with worker(tmp_path / "victim.log", PRM_FAILPOINT="calculation.after_finalise") as victim:
        ring("prm.outbox.relay", tenant_id=str(tenant.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert_posted_once(tenant, run_id, expected)
    assert_told_once(tenant, run_id)
    log = tmp_path / "heir.log"
    with worker(log):
        for _ in range(2):
            ring("incentives.earnings.calculate", tenant_id=str(tenant.id), run_id=str(run_id))
        wait_for(lambda: answered(log) >= RINGS + 1, seconds=PATIENCE, what="all rings to be answered")
    assert_posted_once(tenant, run_id, expected)
    assert_told_once(tenant, run_id)


def test_two_workers_share_the_shards(tenant: Tenant, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed(tenant, own_database)
    empty_broker()
    run_id = start(tenant, shard_count=24)
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with worker(logs[0]) as one, worker(logs[1]) as two:
        begin_together(CalculationShard, Entry, tenant.id, own_database, *logs)
        wait_for(lambda: finished(tenant, run_id), seconds=PATIENCE, what="the run to finish")
    with tenant_context(tenant.id):
        shards = CalculationShard.objects.filter(run_id=run_id)
        assert {shard.lease_owner.split(":")[1] for shard in shards} == {str(one.pid), str(two.pid)}
        assert {shard.fence for shard in shards} == {1}
    assert_posted_once(tenant, run_id, expected)
