"""Workers that are killed in the middle of a payout: another one takes over, and nothing is paid twice or lost."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from incentives.earnings.models import ShardState
from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts.actions import approve_run, prepare_run
from incentives.payouts.exporting import start_export
from incentives.payouts.models import PayoutAllocation, PayoutFile, PayoutItem, PayoutRun, PayoutShard
from prm.files.models import StoredFile
from prm.tenancy.context import tenant_context
from tests.concurrency.copies import in_a_copy
from tests.concurrency.together import begin_together
from tests.support.cast import Cast, make_partner, stage
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import calculated_payout, close_month, give_account, submitted_payout, tick
from tests.support.workers import PATIENCE, empty_broker, ring, wait_for, worker

pytestmark = pytest.mark.race

JANUARY, PAYS_ON = date(2026, 1, 1), date(2026, 12, 5)
SHARDS = 4
PARTNERS = 12
SHORT_LEASE = {"PRM_SHARD_LEASE_SECONDS": "3"}


@pytest.fixture
def cast(own_database: str) -> Cast:
    """Acme with a closed January: twelve partners that earned, each with bank details."""
    cast = stage()
    # Ids decide the shard: with chosen ones no shard is empty, whatever the clock says.
    partners = [
        make_partner(cast.acme, f"P{place:02}", f"Partner {place}", id=UUID(int=place + 1))
        for place in range(PARTNERS)
    ]
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        for place, partner in enumerate(partners):
            for number in range(3):
                sell(partner, product, f"L{place}-{number}", date(2026, 1, 5 + number), 1_000_00 + place * 77)
    for partner in partners:
        give_account(cast, partner, cast.vera)
    close_month(cast, JANUARY)
    empty_broker()
    return cast


def prepared(cast: Cast, shard_count: int = SHARDS) -> UUID:
    with tenant_context(cast.acme.id):
        run = prepare_run(
            actor=cast.vera.actor, period_on=JANUARY, currency="EUR", pays_on=PAYS_ON, at=tick(),
            shard_count=shard_count,
        )  # fmt: skip
        return run.id


def approved(cast: Cast) -> UUID:
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        run = approve_run(actor=cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick())
        start_export(actor=cast.felix.actor, run=run, at=tick())
    return run.id


def undisturbed_hash(cast: Cast, database: str) -> str:
    with in_a_copy(database):
        return calculated_payout(cast, JANUARY).content_hash


def reached(cast: Cast, run_id: UUID, state: str) -> bool:
    """Rings as beat does, and looks."""
    ring("incentives.payouts.resume")
    with tenant_context(cast.acme.id):
        return PayoutRun.objects.get(id=run_id).state == state


@contextmanager
def killed_at(cast: Cast, place: str, folder: Path) -> Iterator[int]:
    """A worker that was killed there; yields what its process id was."""
    with worker(folder / "victim.log", PRM_FAILPOINT=place, **SHORT_LEASE) as victim:
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
        yield victim.pid


def finish(cast: Cast, run_id: UUID, state: str, folder: Path) -> int:
    with worker(folder / "heir.log", **SHORT_LEASE) as heir:
        wait_for(lambda: reached(cast, run_id, state), seconds=PATIENCE, what=f"the run to be {state}")
        return heir.pid


def assert_calculated_once(cast: Cast, run_id: UUID, expected_hash: str) -> None:
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=run_id)
        assert (run.content_hash, run.item_count) == (expected_hash, PARTNERS)
        taken = PayoutAllocation.objects.values_list("entry_id", flat=True)
        assert len(taken) == len(set(taken)) == PARTNERS * 3


def assert_paid_once(cast: Cast, run_id: UUID) -> None:
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=run_id)
        assert PayoutFile.objects.get().total_minor == run.total_minor
        assert StoredFile.objects.filter(purpose="payment_file").count() == 1
        assert PayoutItem.objects.filter(state="sent").count() == PARTNERS
        reserved = Transfer.objects.filter(kind="reserve").values_list("amount_minor", flat=True)
        assert (len(reserved), sum(reserved)) == (PARTNERS, run.total_minor)
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []


def test_a_worker_killed_with_an_uncommitted_shard(cast: Cast, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed_hash(cast, own_database)
    run_id = prepared(cast)
    with killed_at(cast, "payout.before_commit", tmp_path) as victim, tenant_context(cast.acme.id):
        (held,) = PayoutShard.objects.filter(run_id=run_id, state=ShardState.RUNNING)
        assert (held.fence, held.lease_owner.endswith(f":{victim}")) == (1, True)
        assert not PayoutItem.objects.filter(run_id=run_id).exists()
    heir = finish(cast, run_id, "calculated", tmp_path)
    with tenant_context(cast.acme.id):
        taken = PayoutShard.objects.get(id=held.id)
        assert (taken.fence, taken.lease_owner.endswith(f":{heir}")) == (2, True)
    assert_calculated_once(cast, run_id, expected)


def test_a_worker_killed_after_the_commit_of_a_shard(cast: Cast, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed_hash(cast, own_database)
    run_id = prepared(cast)
    with killed_at(cast, "payout.after_commit", tmp_path) as victim, tenant_context(cast.acme.id):
        (done,) = PayoutShard.objects.filter(run_id=run_id, state=ShardState.DONE)
        assert done.lease_owner.endswith(f":{victim}")
        assert PayoutItem.objects.filter(run_id=run_id).count() == done.counts["items"] > 0
    finish(cast, run_id, "calculated", tmp_path)
    with tenant_context(cast.acme.id):
        assert PayoutShard.objects.get(id=done.id).fence == 1
    assert_calculated_once(cast, run_id, expected)


def test_a_worker_killed_before_the_run_is_counted(cast: Cast, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed_hash(cast, own_database)
    run_id = prepared(cast)
    with killed_at(cast, "payout.before_finish", tmp_path), tenant_context(cast.acme.id):
        assert PayoutShard.objects.filter(run_id=run_id, state=ShardState.DONE).count() == SHARDS
        assert PayoutRun.objects.get(id=run_id).state == "calculating"
    finish(cast, run_id, "calculated", tmp_path)
    assert_calculated_once(cast, run_id, expected)


def test_two_workers_pay_what_one_would(cast: Cast, own_database: str, tmp_path: Path) -> None:
    expected = undisturbed_hash(cast, own_database)
    run_id = prepared(cast, shard_count=24)
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with worker(logs[0]) as one, worker(logs[1]) as two:
        begin_together(PayoutShard, PayoutItem, cast.acme.id, own_database, *logs)
        what = "the run to be calculated"
        wait_for(lambda: reached(cast, run_id, "calculated"), seconds=PATIENCE, what=what)
    with tenant_context(cast.acme.id):
        shards = PayoutShard.objects.filter(run_id=run_id)
        assert {shard.lease_owner.split(":")[1] for shard in shards} == {str(one.pid), str(two.pid)}
        assert {shard.fence for shard in shards} == {1}
    assert_calculated_once(cast, run_id, expected)


def test_a_worker_killed_before_the_file_is_kept(cast: Cast, tmp_path: Path) -> None:
    run_id = approved(cast)
    with killed_at(cast, "payout.before_file", tmp_path), tenant_context(cast.acme.id):
        assert PayoutRun.objects.get(id=run_id).state == "exporting"
        assert not Transfer.objects.filter(kind="reserve").exists()
        assert not PayoutItem.objects.filter(state="sent").exists()
    finish(cast, run_id, "exported", tmp_path)
    assert_paid_once(cast, run_id)


def test_a_worker_killed_after_the_export_was_committed(cast: Cast, tmp_path: Path) -> None:
    run_id = approved(cast)
    with killed_at(cast, "payout.after_export", tmp_path):
        assert_paid_once(cast, run_id)
    ring("incentives.payouts.export", tenant_id=str(cast.acme.id), run_id=str(run_id))
    finish(cast, run_id, "exported", tmp_path)
    assert_paid_once(cast, run_id)
