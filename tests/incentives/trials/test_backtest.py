"""Testing a version on history: equal to what publishing then posts, and nothing remains of it."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from incentives.earnings.models import Entry
from incentives.ledger.actions import close_period
from incentives.plans.actions import draft_version, publish_version
from incentives.plans.models import Plan, PlanVersion
from incentives.trials.actions import VersionIsPublished, start_backtest
from incentives.trials.models import Backtest, BacktestAmount, BacktestChance
from incentives.trials.queries import has_moved
from incentives.trials.refusals import (
    BacktestGoingOn,
    MonthAhead,
    MonthsBeforeBooks,
    MonthsInDisorder,
    RulesNoDay,
    TrialRefused,
)
from incentives.trials.rehearsal import Rehearsal, rehearse
from incentives.trials.work import GIVEN_UP, resume_backtests, work_on_backtest
from partners.directory.models import PartnerParent
from partners.products.models import Product
from prm.jobs.actions import request_cancel
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.rows import nothing_written, nothing_written_in

JAN, FEB, MAR, APR, MAY, JUN = (date(2026, month, 1) for month in range(1, 7))
TIERS = [
    {"from": "0", "rate": "0.05"},
    {"from": "1000", "rate": "0.07"},
    {"from": "2500", "rate": "0.1"},
]
OLD = [{"id": "base", "type": "rate", "rate": "0.08"}]
RETRO = {"id": "volume", "type": "tiers", "mode": "retroactive", "measure": "revenue", "window": "quarter"}
NEW = [
    {**RETRO, "tiers": TIERS},
    {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.015"}]},
]
Sums = Counter[tuple[UUID, date]]


def when(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def product(cast: Cast) -> Product:
    with tenant_context(cast.acme.id):
        return make_product()


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """8 % for everyone from January."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, OLD, at=when(1))
        assign(plan, at=when(1))
        return plan


def draft(
    cast: Cast, plan: Plan, components: list[dict[str, Any]], starts_on: date, month: int
) -> PlanVersion:
    document = {"currency": "EUR", "components": components}
    with tenant_context(cast.acme.id):
        return draft_version(
            actor=cast.vera.actor, plan=plan, document=document, starts_on=starts_on, at=when(month, 18)
        )


def start(
    cast: Cast, version: PlanVersion, first: date, last: date, at: datetime, *, throughout: bool = False
) -> Backtest:
    return start_backtest(
        actor=cast.vera.actor, version=version, first_on=first, last_on=last, throughout=throughout, at=at
    )


def backtest(
    cast: Cast, version: PlanVersion, first: date, last: date, at: datetime, *, throughout: bool = False
) -> Backtest:
    """Started and worked off in this process."""
    with tenant_context(cast.acme.id):
        started = start(cast, version, first, last, at, throughout=throughout)
    work_on_backtest(tenant_id=cast.acme.id, backtest_id=started.id, now=lambda: at)
    with tenant_context(cast.acme.id):
        return Backtest.objects.select_related("job", "version").get(id=started.id)


def amounts(cast: Cast, tested: Backtest) -> dict[tuple[UUID, date], tuple[int, int, int]]:
    with tenant_context(cast.acme.id):
        rows = BacktestAmount.objects.filter(backtest=tested)
        return {(r.partner_id, r.month_on): (r.posted_minor, r.old_minor, r.new_minor) for r in rows}


def posted(cast: Cast) -> Sums:
    sums: Sums = Counter()
    with tenant_context(cast.acme.id):
        for partner_id, month, amount in Entry.objects.values_list(
            "partner_id", "belongs_on", "amount_minor"
        ):
            sums[partner_id, month] += amount
    return sums


def publish_draft(cast: Cast, version: PlanVersion, at: datetime) -> None:
    with tenant_context(cast.acme.id):
        publish_version(actor=cast.felix.actor, version=version, at=at)


def close(cast: Cast, month: date) -> None:
    """Calculate and close it on the second of the next."""
    calculate(cast.acme, month, at=when(month.month + 1, 2))
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=month, at=when(month.month + 1, 3))


def story(cast: Cast, product: Product) -> None:
    """The first quarter closed, April calculated; a sale of May and a late one wait."""
    with tenant_context(cast.acme.id):
        PartnerParent.objects.create(partner=cast.southwind, parent=cast.northwind, starts_on=JAN)
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 800_00, at=when(1, 6))
    close(cast, JAN)
    with tenant_context(cast.acme.id):
        sale = sell(cast.northwind, product, "A2", date(2026, 2, 6), 900_33, at=when(2, 7))
        sell(cast.southwind, product, "B1", date(2026, 2, 8), 333_33, at=when(2, 9))
    close(cast, FEB)
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A3", date(2026, 3, 7), 1_300_77, at=when(3, 8))
    close(cast, MAR)
    with tenant_context(cast.acme.id):
        split = {cast.northwind.id: Decimal("60"), cast.southwind.id: Decimal("40")}
        sell(None, product, "S1", date(2026, 4, 9), 777_77, at=when(4, 10), split=split)
        sell(cast.northwind, product, "A2R", date(2026, 4, 20), 100_01, at=when(4, 21), refunds=sale)
    calculate(cast.acme, APR, at=when(5, 2))
    with tenant_context(cast.acme.id):
        sell(cast.southwind, product, "B2", date(2026, 5, 4), 2_600_00, at=when(5, 5))
        sell(cast.southwind, product, "B3", date(2026, 3, 28), 450_00, at=when(5, 5))


def test_a_backtest_says_to_the_cent_what_publishing_then_posts(
    cast: Cast, plan: Plan, product: Product
) -> None:
    story(cast, product)
    version = draft(cast, plan, NEW, JAN, 5)
    before = posted(cast)
    tested = backtest(cast, version, JAN, MAY, when(5, 19))
    said = amounts(cast, tested)
    assert (tested.state, tested.job.state if tested.job else "") == ("done", "succeeded")
    assert {key: told[0] for key, told in said.items() if told[0]} == {k: v for k, v in before.items() if v}
    publish_draft(cast, version, when(5, 20))
    calculate(cast.acme, APR, at=when(5, 21))
    calculate(cast.acme, MAY, at=when(5, 22))
    after = posted(cast)
    assert len(said) > 7
    assert {key: told[2] for key, told in said.items()} == {key: after[key] for key in said}
    moved = {key for key in after if after[key] != before[key]}
    assert moved <= said.keys()
    assert any(told[1] != told[2] for told in said.values())


def test_nothing_of_a_backtest_remains_but_its_result(cast: Cast, plan: Plan, product: Product) -> None:
    story(cast, product)
    version = draft(cast, plan, NEW, JAN, 5)
    trial = Rehearsal(version, JAN, JUN, throughout=True, at=when(5, 19), shard_count=2)
    parts: list[int] = []
    with tenant_context(cast.acme.id), nothing_written():
        found, chances = rehearse(trial, report=parts.append)
    assert (len(parts), bool(found), bool(chances)) == (4, True, True)


def test_back_dating_is_told_before_it_is_published(cast: Cast, plan: Plan, product: Product) -> None:
    """S10: v1 pays 8 %, v2 of 20 May 9 % from 1 April; tried on 19 May it says +400.00 for April."""
    for month in (JAN, FEB, MAR):
        close(cast, month)
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 4, 10), 40_000_00, at=when(4, 11))
    close(cast, APR)
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A2", date(2026, 5, 6), 25_000_00, at=when(5, 7))
    version = draft(cast, plan, [{**OLD[0], "rate": "0.09"}], APR, 5)
    tested = backtest(cast, version, APR, MAY, when(5, 19))
    assert amounts(cast, tested) == {
        (cast.northwind.id, APR): (3_200_00, 3_200_00, 3_600_00),
        (cast.northwind.id, MAY): (0, 2_000_00, 2_250_00),
    }
    publish_draft(cast, version, when(5, 20))
    run = calculate(cast.acme, MAY, at=when(5, 21))
    assert run.totals["earned"] == {"EUR": 400_00 + 2_250_00}


def test_a_version_that_begins_later_is_tried_as_if_it_had_ruled(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 1_000_00, at=when(1, 11))
    calculate(cast.acme, JAN, at=when(2))
    version = draft(cast, plan, [{**OLD[0], "rate": "0.1"}], date(2026, 12, 1), 2)
    tested = backtest(cast, version, JAN, JAN, when(2, 20), throughout=True)
    assert amounts(cast, tested) == {(cast.northwind.id, JAN): (80_00, 80_00, 100_00)}
    with tenant_context(cast.acme.id):
        assert not has_moved(tested)
        sell(cast.northwind, product, "A2", date(2026, 2, 10), 10_00, at=when(2, 21))
        assert not has_moved(tested)
        sell(cast.northwind, product, "A3", date(2026, 1, 12), 10_00, at=when(2, 21))
        assert has_moved(tested)


def test_who_stands_before_a_bound_and_what_reaching_it_pays(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 900_00, at=when(1, 11))
        sell(cast.southwind, product, "B1", date(2026, 1, 10), 2_500_00, at=when(1, 11))
    version = draft(cast, plan, NEW[:1], JAN, 2)
    tested = backtest(cast, version, JAN, JAN, when(2, 20))
    with tenant_context(cast.acme.id):
        chance = BacktestChance.objects.get(backtest=tested)
    assert chance.partner_id == cast.northwind.id
    assert [int(one) for one in (chance.volume, chance.bound, chance.missing)] == [900, 1_000, 100]
    assert chance.gain_minor == 18_00


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        (FEB, JAN, MonthsInDisorder),
        (date(2019, 1, 1), date(2019, 2, 1), MonthsBeforeBooks),
        (JAN, date(2026, 7, 1), MonthAhead),
        (JAN, FEB, RulesNoDay),
    ],
)
def test_months_that_say_nothing_are_refused(
    cast: Cast, plan: Plan, first: date, last: date, refusal: type[TrialRefused]
) -> None:
    version = draft(cast, plan, NEW, JUN, 5)
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(refusal) as refused:
        start(cast, version, first, last, when(5, 19))
    assert str(refused.value.message)


def test_a_published_version_and_a_second_test_at_once_are_refused(cast: Cast, plan: Plan) -> None:
    version = draft(cast, plan, NEW, JAN, 5)
    with tenant_context(cast.acme.id):
        ruling = plan.versions.get(number=1)
        with nothing_written(), pytest.raises(VersionIsPublished):
            start(cast, ruling, JAN, FEB, when(5, 19))
        start(cast, version, JAN, FEB, when(5, 19))
        with nothing_written(), pytest.raises(BacktestGoingOn):
            start(cast, version, JAN, FEB, when(5, 19))


def test_a_stopped_test_ends_without_a_result(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 900_00, at=when(1, 11))
    version = draft(cast, plan, NEW, JAN, 2)
    with tenant_context(cast.acme.id):
        started = start(cast, version, JAN, JAN, when(2, 20))
        assert started.job is not None
        request_cancel(actor=cast.vera.actor, job=started.job, at=when(2, 20))
    work_on_backtest(tenant_id=cast.acme.id, backtest_id=started.id, now=lambda: when(2, 20))
    with tenant_context(cast.acme.id):
        started.refresh_from_db()
        assert started.state == "cancelled"
        assert not BacktestAmount.objects.exists()
    with nothing_written_in(cast.acme):
        work_on_backtest(tenant_id=cast.acme.id, backtest_id=started.id, now=lambda: when(2, 21))


def test_a_test_that_nobody_works_on_is_rung_again_and_given_up_at_last(cast: Cast, plan: Plan) -> None:
    version = draft(cast, plan, NEW, JAN, 5)
    with tenant_context(cast.acme.id):
        started = start(cast, version, JAN, FEB, when(5, 19))
        assert resume_backtests(at=when(5, 19)) == 0
        assert resume_backtests(at=when(5, 20)) == 1
        Backtest.objects.filter(id=started.id).update(attempts=3)
    work_on_backtest(tenant_id=cast.acme.id, backtest_id=started.id, now=lambda: when(5, 20))
    with tenant_context(cast.acme.id):
        started.refresh_from_db()
        assert (started.state, started.failure) == ("failed", GIVEN_UP)
