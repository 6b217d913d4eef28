"""Calculating a payout run: what people watch, what cannot be calculated, and the ways on from there."""

import re
from datetime import date, datetime

import pytest

from incentives.earnings.models import ShardState
from incentives.earnings.shards import finish_shard
from incentives.payouts import actions, sql_items
from incentives.payouts.models import PayoutAllocation, PayoutItem, PayoutRun, PayoutShard
from incentives.payouts.queries import count_failed
from prm.audit.models import AuditRecord
from prm.jobs.actions import request_cancel
from prm.jobs.models import Job
from prm.tenancy.context import identity_context, tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.payouts import calculated_payout, owe_northwind, tick
from tests.support.rows import nothing_written_in

JANUARY, PAYS_ON = date(2026, 1, 1), date(2026, 12, 5)
BROKEN = "SELECT 1/0"


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Northwind earned 100.00 in January, which is closed; it has bank details."""
    owe_northwind(cast)
    return cast


def prepare(cast: Cast, shard_count: int = 4) -> PayoutRun:
    with tenant_context(cast.acme.id):
        return actions.prepare_run(
            actor=cast.vera.actor, period_on=JANUARY, currency="EUR", pays_on=PAYS_ON, at=tick(),
            shard_count=shard_count,
        )  # fmt: skip


def work(cast: Cast, run: PayoutRun) -> PayoutRun:
    actions.work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=tick)
    with tenant_context(cast.acme.id):
        return PayoutRun.objects.select_related("job").get(id=run.id)


def broken_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> PayoutRun:
    """A run whose parts Postgres refuses, whoever tries."""
    run = prepare(cast)
    with monkeypatch.context() as patch:
        patch.setattr(sql_items, "ITEMS", BROKEN)
        return work(cast, run)


def page_for(person: Person, run: PayoutRun, language: str) -> str:
    with identity_context():
        type(person.user).objects.filter(id=person.user.id).update(language=language)
    return client_of(person).get(f"/acme/m/payouts/{run.id}/").content.decode()


def test_a_calculation_is_a_job_that_ends_with_its_counts(january: Cast) -> None:
    run = prepare(january)
    assert run.job is not None
    assert (run.job.kind, run.job.state, run.job.total) == ("payouts.calculation", "queued", 4)
    job = work(january, run).job
    assert job is not None
    assert (job.state, job.done, job.counts) == ("succeeded", 4, {"payments": 1, "held_out": 0})


def test_the_history_tells_months_and_money(january: Cast) -> None:
    page = page_for(january.vera, work(january, prepare(january)), "en")
    history = page[page.index('<ol class="timeline">') :]
    assert "Closed months up to: January 2026" in history
    assert re.search(r"Total: €\d", history)
    assert "Content hash:" not in page


def test_a_run_is_cancelled_for_a_reason_alone(january: Cast) -> None:
    run, client = work(january, prepare(january)), client_of(january.vera)
    path = f"/acme/m/payouts/{run.id}/cancel/"
    with nothing_written_in(january.acme):
        refused = client.post(path, {"reason": ""})
    assert refused.status_code == 422
    assert 'href="#id_reason"' in refused.content.decode()
    assert client.post(path, {"reason": "The wrong month"}).status_code == 302


def test_progress_is_reported_after_each_part(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def note(**report: object) -> bool:
        seen.append(report["done"])
        return True

    monkeypatch.setattr("incentives.payouts.calculation.advance_job", note)
    work(january, prepare(january))
    assert seen == [1, 2, 3, 4]


def test_each_calculation_of_a_run_has_a_job_of_its_own(january: Cast) -> None:
    run = calculated_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        again = actions.recalculate_run(actor=january.vera.actor, run=run, at=tick())
        assert again.job_id != run.job_id
        assert [job.state for job in Job.objects.filter(subject_id=run.id).order_by("id")] == [
            "succeeded",
            "queued",
        ]
        actions.cancel_run(actor=january.vera.actor, run=again, reason="x", at=tick())
        assert Job.objects.get(id__in=[again.job_id]).state == "cancelled"


def test_what_cannot_be_calculated_fails_with_its_reason_and_takes_nothing(
    january: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = broken_run(january, monkeypatch)
    assert (run.state, run.last_reason) == ("failed", "calculation_failed")
    assert run.job is not None
    assert (run.job.state, "division by zero" in run.job.failure) == ("failed", True)
    with tenant_context(january.acme.id):
        assert not PayoutItem.objects.exists()
        assert not PayoutAllocation.objects.filter(released_at__isnull=True).exists()
        assert not PayoutShard.objects.exists()
        assert AuditRecord.objects.filter(subject_id=run.id, action="payout.failed").count() == 1
        assert count_failed(january.vera.actor) == 1


def test_what_other_parts_took_is_free_again(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_empty(shard: PayoutShard, *, counts: dict[str, object], at: datetime) -> None:
        if not counts["items"]:
            raise ValueError("an empty part")
        finish_shard(shard, counts=counts, at=at)

    monkeypatch.setattr("incentives.payouts.calculation.finish_shard", refuse_empty)
    run = work(january, prepare(january))
    assert (run.state, run.total_minor) == ("failed", 0)
    with tenant_context(january.acme.id):
        assert [row.released_at is None for row in PayoutAllocation.objects.all()] == [False]


def test_a_part_whose_worker_is_lost_each_time_fails_the_run(january: Cast) -> None:
    run = prepare(january)
    with tenant_context(january.acme.id):
        PayoutShard.objects.filter(run_id=run.id, number=0).update(
            state=ShardState.RUNNING, fence=5, lease_until=tick()
        )
    run = work(january, run)
    assert run.job is not None
    assert (run.state, run.job.failure) == ("failed", "payouts.worker_lost: 5")


@pytest.mark.parametrize(
    ("language", "told", "ways"),
    [
        ("en", "could not be calculated after several attempts", ("Calculate again", "Cancel the run")),
        ("ru", "не удалось рассчитать после нескольких попыток", ("Пересчитать", "Отменить реестр")),
    ],
)
def test_the_page_says_why_and_offers_the_ways_on(
    january: Cast, monkeypatch: pytest.MonkeyPatch, language: str, told: str, ways: tuple[str, str]
) -> None:
    page = page_for(january.vera, broken_run(january, monkeypatch), language)
    assert told in page
    assert "division by zero" in page
    assert "calculation_failed" not in page
    for way in ways:
        assert way in page


def test_a_failed_run_is_calculated_again(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run = broken_run(january, monkeypatch)
    with tenant_context(january.acme.id):
        actions.recalculate_run(actor=january.vera.actor, run=run, at=tick())
    run = work(january, run)
    assert (run.state, run.total_minor, run.last_reason) == ("calculated", 10_000, "")


def test_a_failed_run_is_cancelled_and_another_one_pays(
    january: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = broken_run(january, monkeypatch)
    with tenant_context(january.acme.id), pytest.raises(actions.RunAlreadyOpen):
        actions.prepare_run(
            actor=january.vera.actor, period_on=JANUARY, currency="EUR", pays_on=PAYS_ON, at=tick()
        )
    with tenant_context(january.acme.id):
        actions.cancel_run(actor=january.vera.actor, run=run, reason="x", at=tick())
    assert calculated_payout(january, JANUARY).total_minor == 10_000


def test_a_calculation_that_is_asked_to_stop_stops_and_says_so(january: Cast) -> None:
    run = prepare(january)
    with tenant_context(january.acme.id):
        assert run.job is not None
        request_cancel(actor=january.vera.actor, job=run.job, at=tick())
    run = work(january, run)
    assert (run.state, run.last_reason) == ("failed", "calculation_stopped")
    assert run.job is not None
    assert (run.job.state, run.job.failure) == ("cancelled", "")
    with tenant_context(january.acme.id):
        assert not PayoutAllocation.objects.filter(released_at__isnull=True).exists()


def test_a_run_whose_end_nobody_wrote_is_rung_again(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """All parts are set aside, and the worker died before it could say so."""
    run = prepare(january)
    with tenant_context(january.acme.id):
        PayoutShard.objects.filter(run_id=run.id).update(state=ShardState.STUCK, fence=5)
        assert actions.resume_runs(at=tick()) == 1
    assert work(january, run).state == "failed"
