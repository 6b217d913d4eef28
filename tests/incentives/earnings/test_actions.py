"""Calculating through the database: what is posted, in which month, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from incentives.earnings.actions import (
    CalculationAlreadyOpen,
    EarlierPeriodFirst,
    PeriodBeforeFirst,
    PeriodIsClosed,
    cancel_calculation,
    finalise_run,
    start_calculation,
)
from incentives.earnings.closing import ReferencesBroken
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry
from incentives.earnings.queries import (
    CANCELLED,
    SHARD_FAILED,
    earlier_period_to_calculate,
    open_run,
    progress_of,
)
from incentives.earnings.shards import claim_shard, release_shard
from incentives.earnings.wording import FAILURE_TEXTS
from incentives.earnings.work import PeriodClosedMeanwhile, work_on_run
from incentives.ledger.actions import PeriodNotCalculated, close_period
from incentives.ledger.queries import list_balances
from incentives.plans.models import Plan
from partners.directory.models import PartnerParent
from partners.products.models import Product
from partners.sales.models import SaleLine, SaleLineRevision, SalePayment
from partners.sales.payments import record_payments, void_payment
from partners.sales.rules import PaymentInput
from prm.accounts.models import User
from prm.audit.models import AuditRecord
from prm.jobs.models import Job
from prm.outbox.models import Event
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import Cast, make_partner
from tests.support.clients import client_of
from tests.support.commission import (
    amounts_of,
    assign,
    calculate,
    make_plan,
    make_product,
    outcomes_of,
    publish,
    sell,
)

JAN, FEB, MAR, APR, MAY, JUN = (date(2026, month, 1) for month in range(1, 7))
FLAT = [{"id": "base", "type": "rate", "rate": "0.05"}]


def when(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def product(cast: Cast) -> Product:
    with tenant_context(cast.acme.id):
        return make_product()


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """5 % for everyone from January."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, FLAT, at=when(1))
        assign(plan, at=when(1))
        return plan


def close(cast: Cast, *months: date, at: datetime) -> None:
    with tenant_context(cast.acme.id):
        for month in months:
            close_period(actor=cast.felix.actor, period_on=month, at=at)


def posted(run: CalculationRun) -> list[tuple[str, int, date, str]]:
    """External id, amount, month where it belongs and cause of each entry."""
    assert run.tenant_id is not None
    with tenant_context(run.tenant_id):
        names = {line.id: line.external_id for line in SaleLine.objects.all()}
        entries = Entry.objects.filter(run_id=run.id, line_id__isnull=False)
        return sorted(
            (names[entry.line_id], entry.amount_minor, entry.belongs_on, entry.cause)
            for entry in entries
            if entry.line_id is not None
        )


def test_a_flat_rate_pays_each_sale(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 3, 5), 100_00)
        sell(cast.southwind, product, "A2", date(2026, 3, 6), 250_10)
    run = calculate(cast.acme, MAR)
    assert (run.state, run.failure) == ("calculated", "")
    assert amounts_of(run) == [5_00, 12_51]
    assert run.funnel == {"looked_at": 2, "earned": 2, "reasons": {}}
    assert (run.entry_count, run.totals) == (2, {"earned": {"EUR": 17_51}, "payable": {"EUR": 17_51}})


def test_a_finished_run_is_audited_told_booked_and_its_job_is_done(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00)
    run = calculate(cast.acme, JAN)
    with tenant_context(cast.acme.id):
        actions = (
            AuditRecord.objects.filter(subject_id=run.id).order_by("id").values_list("action", flat=True)
        )
        assert list(actions) == ["calculation.started", "calculation.calculated"]
        assert Event.objects.filter(name="calculation.finished", payload__run_id=str(run.id)).count() == 1
        job = Job.objects.get(subject_id=run.id)
        assert (job.state, job.done, job.total) == ("succeeded", 2, 2)
        assert CalculationMember.objects.count() == 0
        balances = {(b.partner_id, b.code): b.balance_minor for b in list_balances()}
        assert balances[cast.northwind.id, "payable_pending"] == 5_00


def test_calculating_twice_posts_nothing_and_has_the_same_hash(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00)
    first = calculate(cast.acme, JAN)
    again = calculate(cast.acme, JAN, shard_count=7)
    assert (first.entry_count, again.entry_count) == (1, 0)
    assert again.result_hash == first.result_hash
    with tenant_context(cast.acme.id):
        assert Entry.objects.count() == 1


def test_a_late_sale_is_posted_in_the_open_month_and_belongs_to_its_own(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    calculate(cast.acme, JAN, at=when(2, 1))
    close(cast, JAN, at=when(2, 2))
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A2", date(2026, 1, 30), 40_00, at=when(2, 10))
        sell(cast.northwind, product, "A3", date(2026, 2, 3), 20_00, at=when(2, 10))
    run = calculate(cast.acme, FEB, at=when(3, 1))
    assert posted(run) == [("A2", 2_00, JAN, "late_sale"), ("A3", 1_00, FEB, "sale")]
    assert run.recompute_from == JAN


def test_a_sale_that_is_invoiced_later_is_posted_then(cast: Cast, product: Product) -> None:
    """The day of the invoice is known when the sale is recorded; the month of the sale is over when it comes."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(
            plan,
            [{"id": "base", "type": "rate", "rate": "0.05"}],
            earning_event="invoice",
            hold_days=30,
            at=when(1),
        )
        assign(plan, at=when(1))
        sale = sell(
            cast.northwind,
            product,
            "A1",
            date(2026, 1, 5),
            100_00,
            at=when(1, 5),
            invoiced_on=date(2026, 3, 10),
        )
    january = calculate(cast.acme, JAN, at=when(2, 1))
    assert (posted(january), january.funnel["reasons"]) == ([], {"not_invoiced": 1})
    close(cast, JAN, at=when(2, 2))
    february = calculate(cast.acme, FEB, at=when(3, 1))
    assert (posted(february), february.recompute_from) == ([], FEB)
    close(cast, FEB, at=when(3, 2))
    march = calculate(cast.acme, MAR, at=when(4, 1))
    assert posted(march) == [("A1", 5_00, JAN, "late_sale")]
    with tenant_context(cast.acme.id):
        assert Entry.objects.get(line_id=sale.id).free_on == date(2026, 4, 9)


def test_a_payment_is_posted_in_its_month_and_taken_back_when_it_is_withdrawn(
    cast: Cast, product: Product
) -> None:
    """January sells 100.00, February is paid a third, March the rest; in April the first payment proves false."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        rate = [{"id": "base", "type": "rate", "rate": "0.05"}]
        publish(plan, rate, earning_event="payment", hold_days=30, at=when(1))
        assign(plan, at=when(1))
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    january = calculate(cast.acme, JAN, at=when(2, 1))
    assert (posted(january), january.funnel["reasons"]) == ([], {"not_paid": 1})
    close(cast, JAN, at=when(2, 2))
    pay(cast, "P1", date(2026, 2, 10), 33_33, at=when(2, 10))
    february = calculate(cast.acme, FEB, at=when(3, 1))
    assert posted(february) == [("A1", 1_67, JAN, "payment")]
    close(cast, FEB, at=when(3, 2))
    pay(cast, "P2", date(2026, 3, 10), 66_67, at=when(3, 10))
    march = calculate(cast.acme, MAR, at=when(4, 1))
    assert (posted(march), march.recompute_from) == ([("A1", 3_33, JAN, "payment")], JAN)
    with tenant_context(cast.acme.id):
        assert set(Entry.objects.values_list("free_on", flat=True)) == {date(2026, 3, 12)}
        first = SalePayment.objects.get(external_id="P1")
        void_payment(actor=cast.vera.actor, payment=first, reason="Bounced", at=when(4, 2))
    again = calculate(cast.acme, MAR, at=when(4, 3))
    assert posted(again) == [("A1", -1_67, JAN, "payment")]


def pay(cast: Cast, name: str, paid_on: date, amount_minor: int, *, at: datetime, sale: str = "A1") -> None:
    told = PaymentInput("erp", name, sale, paid_on, amount_minor, "EUR")
    with tenant_context(cast.acme.id):
        result = record_payments(actor=cast.system, rows=[told], mode="atomic", at=at)
    assert result.failed == 0


def amend(line: SaleLine, *, at: datetime, **changes: Any) -> None:
    """As the sales room amends: the old revision is kept, the line says the new."""
    kept = {
        field.attname: getattr(line, field.attname)
        for field in SaleLineRevision._meta.fields
        if field.attname not in ("id", "line_id", "splits") and hasattr(line, field.attname)
    }
    SaleLineRevision.objects.create(line_id=line.id, **kept)
    for name, value in {**changes, "revision": line.revision + 1, "recorded_at": at}.items():
        setattr(line, name, value)
    line.save()


def test_an_amended_line_posts_the_difference(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    calculate(cast.acme, JAN, at=when(2, 1))
    close(cast, JAN, at=when(2, 2))
    with tenant_context(cast.acme.id):
        amend(line, at=when(2, 5), amount_minor=80_00)
    run = calculate(cast.acme, FEB, at=when(3, 1))
    assert posted(run) == [("A1", -1_00, JAN, "amended")]


def test_a_line_dated_anew_moves_from_month_to_month(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    calculate(cast.acme, JAN, at=when(2, 1))
    close(cast, JAN, at=when(2, 2))
    with tenant_context(cast.acme.id):
        amend(line, at=when(2, 5), occurred_on=date(2026, 2, 2))
    run = calculate(cast.acme, FEB, at=when(3, 1))
    assert posted(run) == [("A1", -5_00, JAN, "withdrawn"), ("A1", 5_00, FEB, "sale")]


def test_a_voided_line_is_taken_back(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    calculate(cast.acme, JAN, at=when(2, 1))
    with tenant_context(cast.acme.id):
        amend(line, at=when(2, 5), voided=True)
    run = calculate(cast.acme, JAN, at=when(2, 6))
    assert posted(run) == [("A1", -5_00, JAN, "withdrawn")]
    assert run.funnel == {"looked_at": 0, "earned": 0, "reasons": {}}


def test_s10_back_dated_versions(cast: Cast, product: Product) -> None:
    with tenant_context(cast.acme.id):
        Tenant.objects.update(first_period_on=MAR)
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.08"}], at=when(1))
        assign(plan, at=when(1))
        sell(cast.northwind, product, "apr", date(2026, 4, 10), 40_000_00, at=when(4, 10))
    calculate(cast.acme, MAR, at=when(4, 1))
    assert amounts_of(calculate(cast.acme, APR, at=when(5, 1))) == [3_200_00]
    close(cast, MAR, APR, at=when(5, 5))
    with tenant_context(cast.acme.id):
        nine = [{"id": "base", "type": "rate", "rate": "0.09"}]
        publish(plan, nine, starts_on=APR, at=when(5, 20))
        sell(cast.northwind, product, "may", date(2026, 5, 10), 25_000_00, at=when(5, 21))
        sell(cast.northwind, product, "late", date(2026, 3, 28), 5_000_00, at=when(5, 22))
    may = calculate(cast.acme, MAY, at=when(6, 1))
    assert posted(may) == [
        ("apr", 400_00, APR, "plan_changed"),
        ("late", 400_00, MAR, "late_sale"),
        ("may", 2_250_00, MAY, "sale"),
    ]
    assert may.totals["earned"] == {"EUR": 3_050_00}
    again = calculate(cast.acme, MAY, at=when(6, 2))
    assert (again.entry_count, again.result_hash) == (0, may.result_hash)
    close(cast, MAY, at=when(6, 5))
    with tenant_context(cast.acme.id):
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.08"}], starts_on=APR, at=when(6, 10))
    june = calculate(cast.acme, JUN, at=when(7, 1))
    assert posted(june) == [("apr", -400_00, APR, "plan_changed"), ("may", -250_00, MAY, "plan_changed")]


def test_s4_refunds_round_to_what_is_left(cast: Cast, product: Product) -> None:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00)
        for place, amount in enumerate((33_33, 33_33, 33_34)):
            sell(cast.northwind, product, f"R{place}", date(2026, 1, 10 + place), amount, refunds=line)
    run = calculate(cast.acme, JAN)
    assert [amount for _, amount, _, _ in posted(run)] == [10_00, -3_33, -3_34, -3_33]
    assert run.funnel == {"looked_at": 4, "earned": 4, "reasons": {}}


@pytest.mark.parametrize(
    ("mode", "policy", "expected"),
    [
        ("marginal", "original_rate", -4_892_31),
        ("marginal", "recompute", -5_700_00),
        ("retroactive", "recompute", -13_200_00),
    ],
)
def test_s5_a_refund_in_a_closed_quarter(
    cast: Cast, product: Product, mode: str, policy: str, expected: int
) -> None:
    rows = [
        {"from": "0", "rate": "0.05"},
        {"from": "100000", "rate": "0.07"},
        {"from": "250000", "rate": "0.1"},
    ]
    with tenant_context(cast.acme.id):
        plan = make_plan()
        tiers = {"id": "base", "type": "tiers", "mode": mode, "window": "quarter", "tiers": rows}
        publish(plan, [tiers], refund_policy=policy, at=when(1))
        assign(plan, at=when(1))
        for month, amount in ((1, 80_000_00), (2, 90_000_00)):
            sell(cast.northwind, product, f"{month}", date(2026, month, 10), amount, at=when(month, 10))
        march = sell(cast.northwind, product, "3", date(2026, 3, 10), 130_000_00, at=when(3, 10))
    totals = []
    for month in (1, 2, 3):
        run = calculate(cast.acme, date(2026, month, 1), at=when(month + 1, 1))
        totals.append(sum(amounts_of(run)))
        close(cast, date(2026, month, 1), at=when(month + 1, 2))
    steps = {"marginal": [4_000_00, 5_900_00, 10_600_00], "retroactive": [4_000_00, 7_900_00, 18_100_00]}
    assert totals == steps[mode]
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "R", date(2026, 4, 10), 60_000_00, refunds=march, at=when(4, 10))
    april = calculate(cast.acme, APR, at=when(5, 1))
    assert sum(amounts_of(april)) == expected
    assert {(belongs_on < APR) for _, _, belongs_on, _ in posted(april)} == {True}


def test_a_refund_of_an_older_sale_reaches_back_and_then_rests(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    calculate(cast.acme, JAN, at=when(2, 1))
    close(cast, JAN, at=when(2, 2))
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "R1", date(2026, 2, 5), 100_00, refunds=line, at=when(2, 5))
    feb = calculate(cast.acme, FEB, at=when(3, 1))
    assert posted(feb) == [("R1", -5_00, JAN, "refund")]
    close(cast, FEB, at=when(3, 2))
    march = calculate(cast.acme, MAR, at=when(4, 1))
    assert (posted(march), march.recompute_from) == ([], MAR)


def test_the_reason_of_a_line_goes_when_it_earns(cast: Cast, product: Product) -> None:
    with tenant_context(cast.acme.id):
        line = sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
    run = calculate(cast.acme, JAN, at=when(2, 1))
    assert outcomes_of(cast.acme) == {(line.id, cast.northwind.id, "main"): "no_plan"}
    assert run.funnel == {"looked_at": 1, "earned": 0, "reasons": {"no_plan": 1}}
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, FLAT, at=when(2, 2))
        assign(plan, at=when(2, 2))
    calculate(cast.acme, JAN, at=when(2, 3))
    assert outcomes_of(cast.acme) == {}


def test_a_period_is_calculated_again_after_an_earlier_one(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
        sell(cast.northwind, product, "A2", date(2026, 2, 5), 100_00, at=when(2, 5))
    calculate(cast.acme, JAN, at=when(2, 20))
    calculate(cast.acme, FEB, at=when(2, 21))
    calculate(cast.acme, JAN, at=when(2, 22))
    with tenant_context(cast.acme.id):
        runs = CalculationRun.objects.order_by("number").values_list("period_on", flat=True)
        assert list(runs) == [JAN, FEB, JAN, FEB]


def test_one_calculation_at_a_time(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2))
        with pytest.raises(CalculationAlreadyOpen):
            start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2))
        assert CalculationRun.objects.count() == 1


def test_a_closed_period_is_refused(cast: Cast, plan: Plan) -> None:
    calculate(cast.acme, JAN, at=when(2))
    close(cast, JAN, at=when(2, 2))
    with tenant_context(cast.acme.id):
        with pytest.raises(PeriodIsClosed):
            start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2, 3))
        assert CalculationRun.objects.count() == 1


def test_the_books_begin_with_the_first_period(cast: Cast) -> None:
    with tenant_context(cast.acme.id), pytest.raises(PeriodBeforeFirst):
        start_calculation(actor=cast.vera.actor, period_on=date(2025, 12, 1), at=when(2))


def test_open_periods_are_calculated_oldest_first(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
        with pytest.raises(EarlierPeriodFirst) as refusal:
            start_calculation(actor=cast.vera.actor, period_on=FEB, at=when(2, 20))
    assert refusal.value.period_on == JAN
    calculate(cast.acme, JAN, at=when(2, 20))
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A2", date(2026, 1, 6), 100_00, at=when(2, 21))
        with pytest.raises(EarlierPeriodFirst):
            start_calculation(actor=cast.vera.actor, period_on=FEB, at=when(2, 22))


def test_a_month_that_is_being_calculated_cannot_be_closed(cast: Cast, plan: Plan) -> None:
    calculate(cast.acme, JAN, at=when(2))
    with tenant_context(cast.acme.id):
        start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2, 2))
    with pytest.raises(PeriodNotCalculated):
        close(cast, JAN, at=when(2, 3))


def test_a_tree_is_never_cut(cast: Cast, plan: Plan) -> None:
    partners = [make_partner(cast.acme, f"T{place}", f"Tree {place}") for place in range(12)]
    with tenant_context(cast.acme.id):
        for child, parent in zip(partners[1:6], partners[:5], strict=True):
            PartnerParent.objects.create(partner=child, parent=parent, starts_on=date(2020, 1, 1))
        run = start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2), shard_count=64)
        members = CalculationMember.objects.filter(run_id=run.id)
        shards: dict[UUID, int] = dict(members.values_list("partner_id", "shard_number"))
    assert len(shards) == 14
    assert len({shards[partner.id] for partner in partners[:6]}) == 1
    assert len(set(shards.values())) > 4


def test_a_shard_that_cannot_be_calculated_fails_the_run_with_its_reason(
    cast: Cast, plan: Plan, product: Product
) -> None:
    """An amount that no bigint holds: refused by Postgres in the shard, told by the run, nothing of it posted."""
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 9 * 10**18, quantity=Decimal(1))
        huge = [{"id": f"c{n}", "type": "per_unit", "amount": "999999999999999"} for n in range(1)]
        publish(plan, huge, starts_on=JAN, at=when(1, 2))
        SaleLine.objects.update(quantity=Decimal(10**11))
        run = start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2), shard_count=1)
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: when(2))
    with tenant_context(cast.acme.id):
        run.refresh_from_db()
        assert run.state == "failed"
        assert run.failure == "shard_failed"
        assert Entry.objects.count() == 0
        assert Job.objects.get(subject_id=run.id).state == "failed"
        assert CalculationShard.objects.get(run=run).fence == 5


def test_finishing_a_finished_run_changes_nothing(cast: Cast, plan: Plan) -> None:
    run = calculate(cast.acme, JAN, at=when(2))
    with tenant_context(cast.acme.id):
        again = finalise_run(run_id=run.id, at=when(2) + timedelta(days=1))
        assert again.finished_at == run.finished_at
        assert Event.objects.filter(name="calculation.finished").count() == 1


def test_a_sale_that_comes_while_its_month_is_calculated_does_not_keep_the_run_from_ending(
    cast: Cast, plan: Plan, product: Product
) -> None:
    """The later month would follow, but the earlier one must be calculated once more before it."""
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00, at=when(1, 5))
        sell(cast.northwind, product, "A2", date(2026, 2, 5), 100_00, at=when(2, 5))
    calculate(cast.acme, JAN, at=when(3, 1))
    calculate(cast.acme, FEB, at=when(3, 2))
    with tenant_context(cast.acme.id):
        run = start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(3, 3))
        sell(cast.northwind, product, "A3", date(2026, 1, 6), 100_00, at=when(3, 4))
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: when(3, 5))
    with tenant_context(cast.acme.id):
        run.refresh_from_db()
        assert run.state == "calculated"
        assert open_run() is None
        assert earlier_period_to_calculate(APR) == JAN


def test_a_run_that_somebody_stops_says_so(cast: Cast, plan: Plan, product: Product) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00)
        run = start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2))
        cancel_calculation(run_id=run.id)
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: when(2))
    with tenant_context(cast.acme.id):
        run.refresh_from_db()
        assert (run.state, run.failure) == ("failed", "cancelled")
        job = Job.objects.get(subject_id=run.id)
    page = f"/acme/m/calculations/{run.id}/"
    assert "Somebody stopped it before all parts were calculated." in _seen(cast, page, "en")
    assert "Кто-то остановил" in _seen(cast, page, "ru")
    assert "Кто-то остановил" in _seen(cast, f"/acme/m/jobs/{job.id}/", "ru")


def _seen(cast: Cast, page: str, language: str) -> str:
    with identity_context():
        User.objects.filter(id=cast.vera.user.id).update(language=language)
    return str(client_of(cast.vera).get(page).content.decode())


def test_of_several_failures_the_one_that_nobody_wanted_is_told(
    cast: Cast, plan: Plan, product: Product
) -> None:
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A1", date(2026, 1, 5), 100_00)
        run = start_calculation(actor=cast.vera.actor, period_on=JAN, at=when(2), shard_count=2)
    shard = claim_shard(CalculationShard, tenant_id=cast.acme.id, run_id=run.id, at=when(2))
    assert shard is not None
    told: Any = {"failure": "PeriodClosedMeanwhile: 2026-01-01", "code": PeriodClosedMeanwhile.code}
    release_shard(shard, tenant_id=cast.acme.id, at=when(2), **told)
    with tenant_context(cast.acme.id):
        CalculationShard.objects.filter(id=shard.id).update(state="stuck")
        cancel_calculation(run_id=run.id)
        assert progress_of(run.id).failure == PeriodClosedMeanwhile.code


def test_every_code_of_a_failure_has_its_words() -> None:
    codes = {CANCELLED, SHARD_FAILED, PeriodClosedMeanwhile.code, ReferencesBroken.code}
    assert set(FAILURE_TEXTS) == codes
