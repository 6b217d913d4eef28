"""A calculation looks again only at those whom the sales since the last one touch, and comes to what it would come to
if it looked at everybody."""

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from incentives.earnings import actions
from incentives.earnings.actions import start_calculation
from incentives.earnings.closing import close_books
from incentives.earnings.models import CalculationMember, CalculationRun, LineOutcome
from incentives.earnings.queries import earlier_period_to_calculate
from partners.customers.models import Customer
from partners.directory.models import Partner, PartnerParent
from partners.sales.actions import void_sale
from partners.sales.models import SaleLine, SalePayment
from partners.sales.payments import record_payments, void_payment
from partners.sales.rules import LineInput, PaymentInput, Share
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, make_partner
from tests.support.commission import amounts_of, assign, calculate, make_plan, make_product, publish
from tests.support.sales import record

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = datetime(2026, 2, 20, 12, tzinfo=UTC)
ROUNDS = int(os.environ.get("PRM_TOUCHED_ROUNDS", "4"))
COMPONENTS: list[dict[str, Any]] = [
    {"id": "base", "type": "tiers", "mode": "retroactive", "window": "quarter",
     "tiers": [{"from": "0", "rate": "0.05"}, {"from": "3000", "rate": "0.08"}]},
    {"id": "new", "type": "rate", "rate": "0.02",
     "where": {"all": [{"fact": "customer_is_new", "op": "eq", "value": True}]}},
    {"id": "lasting", "type": "recurring", "rate": "0.03", "months": 1},
    {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.01"}, {"up": 2, "rate": "0.005"}]},
]  # fmt: skip
AS_PAID: list[dict[str, Any]] = [
    {"id": "paid", "type": "rate", "rate": "0.01", "cap": {"window": "40"}},
    {"id": "bonus", "type": "bonus", "window": "quarter", "steps": [{"goal": "2000", "amount": "5"}]},
    {"id": "above", "type": "override", "basis": "commission", "levels": [{"up": 1, "rate": "0.1"}]},
]
# None of these asks which sale came first, so what is dated before a month's windows does not reach into it.
BY_MONTH: list[dict[str, Any]] = [{**COMPONENTS[0], "window": "month"}, COMPONENTS[3]]
CAPS = [{"per": "window", "over": "beneficiary", "amount": "150"}]


def twelve(cast: Cast) -> list[Partner]:
    """Two trees of four, and four alone."""
    partners = [make_partner(cast.acme, f"T{place:02d}", f"Seller {place}") for place in range(12)]
    with tenant_context(cast.acme.id):
        for child, parent in ((1, 0), (2, 1), (3, 0), (5, 4), (6, 5), (7, 4)):
            PartnerParent.objects.create(
                partner=partners[child], parent=partners[parent], starts_on=date(2020, 1, 1)
            )
        for code in ("P1", "P2"):
            make_product(code)
        Customer.objects.bulk_create(
            Customer(code=f"C{place}", name=f"Customer {place}", changed_at=LONG_AGO) for place in range(8)
        )
    return partners


@pytest.fixture
def sellers(cast: Cast) -> list[Partner]:
    """Twelve partners; one plan for everyone, and another that waits for payments, long known."""
    partners = twelve(cast)
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, COMPONENTS, at=LONG_AGO, caps=CAPS, period="quarter", refund_policy="recompute")
        assign(plan, at=LONG_AGO)
        as_paid = make_plan("as-paid", slot="as-paid")
        publish(as_paid, AS_PAID, at=LONG_AGO, period="quarter", earning_event="payment")
        assign(as_paid, at=LONG_AGO)
        Event.objects.update(recorded_at=LONG_AGO)
    return partners


@pytest.fixture
def monthly(cast: Cast) -> list[Partner]:
    """Twelve partners; one plan for everyone that looks no farther back than the month."""
    partners = twelve(cast)
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, BY_MONTH, at=LONG_AGO, caps=CAPS, refund_policy="recompute")
        assign(plan, at=LONG_AGO)
        Event.objects.update(recorded_at=LONG_AGO)
    return partners


class Sources:
    """An ERP that sends new lines, amends and refunds old ones, and takes some back; the same from the same seed.
    `refunds_last`: no refund is dated before its sale."""

    def __init__(self, cast: Cast, sellers: list[Partner], seed: int, *, refunds_last: bool = False) -> None:
        self._refunds_last = refunds_last
        self._cast, self._codes, self._random = (
            cast,
            [partner.code for partner in sellers],
            random.Random(seed),
        )
        self._sent = 0

    def send(self, lines: int, at: datetime) -> None:
        with tenant_context(self._cast.acme.id):
            known = list(SaleLine.objects.filter(kind="sale", voided=False).order_by("external_id"))
            rows = {row.external_id: row for row in (self._row(known) for _ in range(lines))}
            record(self._cast.system, list(rows.values()), at=at)
            if known and self._random.random() < 0.3:
                line = SaleLine.objects.get(id=self._random.choice(known).id)
                void_sale(actor=self._cast.vera.actor, line=line, reason="Sent by mistake", at=at)
            self._pay(lines, at)

    def _pay(self, count: int, at: datetime) -> None:
        """New payments, some amended (of another sale too), some withdrawn."""
        pick, sales = self._random, list(SaleLine.objects.filter(kind="sale", voided=False))
        known = sorted(SalePayment.objects.values_list("external_id", flat=True))
        rows = {}
        for _ in range(count if sales else 0):
            sale = pick.choice(sorted(sales, key=lambda line: line.external_id))
            self._sent += 1
            name = pick.choice(known) if known and pick.random() < 0.3 else f"P{self._sent:03d}"
            rows[name] = PaymentInput(
                "erp", name, sale.external_id, JAN + timedelta(days=pick.randrange(50)),
                max(sale.amount_minor // pick.choice([1, 2, 3]), 1), "EUR",
            )  # fmt: skip
        record_payments(actor=self._cast.system, rows=list(rows.values()), mode="partial", at=at)
        if known and pick.random() < 0.3:
            payment = SalePayment.objects.get(external_id=pick.choice(known))
            if not payment.voided:
                void_payment(actor=self._cast.vera.actor, payment=payment, reason="Bounced", at=at)

    def _row(self, known: list[SaleLine]) -> LineInput:
        chance = self._random.random()
        if known and chance < 0.25:
            sale = self._random.choice(known)
            return self._line(f"R-{sale.external_id}", kind="refund", refunds=sale.external_id,
                              amount_minor=sale.amount_minor // 2)  # fmt: skip
        if known and chance < 0.5:
            return self._line(self._random.choice(known).external_id)
        self._sent += 1
        return self._line(f"L{self._sent:03d}")

    def _day(self, kind: str) -> int:
        if not self._refunds_last:
            return self._random.randrange(50)
        return self._random.randrange(45, 50) if kind == "refund" else self._random.randrange(45)

    def _line(self, external_id: str, **told: Any) -> LineInput:
        pick = self._random
        first, second = pick.sample(self._codes, 2)
        splits = (Share(first, parts=1), Share(second, parts=2)) if pick.random() < 0.2 else ()
        facts: dict[str, Any] = {
            "kind": "sale",
            "amount_minor": pick.randrange(10_00, 2_000_00),
            "customer": pick.choice([None, *(f"C{place}" for place in range(8))]),
            "subscription": pick.choice(["", "", "S1", "S2"]),
            "splits": splits,
            **told,
        }
        if facts["kind"] == "refund":
            facts |= {"splits": (), "subscription": ""}
        return LineInput(
            source="erp",
            external_id=external_id,
            occurred_on=JAN + timedelta(days=self._day(facts["kind"])),
            product=pick.choice(["P1", "P2"]),
            quantity=Decimal(1),
            currency="EUR",
            partner=first,
            **facts,
        )


def outcomes(cast: Cast) -> dict[tuple[UUID, UUID | None, str], tuple[str, Any]]:
    with tenant_context(cast.acme.id):
        return {(o.line_id, o.partner_id, o.slot): (o.reason, o.facts) for o in LineOutcome.objects.all()}


def calculated(cast: Cast, at: datetime) -> Iterator[CalculationRun]:
    """The runs of January and February, as many as are due."""
    for month in (JAN, FEB):
        with tenant_context(cast.acme.id):
            due = earlier_period_to_calculate(MAR) == month
        if due:
            calculate(cast.acme, month, at=at, shard_count=1)
    with tenant_context(cast.acme.id):
        runs = CalculationRun.objects.order_by("period_on", "-number").distinct("period_on")
        yield from list(runs)


@pytest.mark.parametrize("plans", ["sellers", "monthly"])
def test_whoever_is_not_touched_earns_what_stands(
    cast: Cast, plans: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sellers: list[Partner] = request.getfixturevalue(plans)
    seed = int(os.environ.get("PRM_SEED", "2026"))
    print("seed", seed)
    sources = Sources(cast, sellers, seed, refunds_last=plans == "monthly")
    sources.send(40, FIRST_DAY)
    list(calculated(cast, FIRST_DAY + timedelta(hours=4)))
    for place in range(1, ROUNDS + 1):
        at = FIRST_DAY + timedelta(days=place)
        sources.send(4, at)
        narrow = list(calculated(cast, at + timedelta(hours=4)))
        said = outcomes(cast)
        with monkeypatch.context() as patched:
            patched.setattr(actions, "touched_by_sales", lambda _period_on: None)
            for run in narrow:
                whole = calculate(cast.acme, run.period_on, at=at + timedelta(hours=8), shard_count=1)
                assert (whole.entry_count, whole.funnel) == (0, run.funnel), (seed, place)
                if whole.recompute_from == run.recompute_from:
                    assert whole.result_hash == run.result_hash, (seed, place)
        assert outcomes(cast) == said, (seed, place)


def members(cast: Cast, at: datetime) -> set[str]:
    """Whom a calculation of February that starts now would look at."""
    with tenant_context(cast.acme.id):
        run = start_calculation(actor=cast.system, period_on=FEB, at=at)
        ids = CalculationMember.objects.filter(run_id=run.id).values_list("partner_id", flat=True)
        found = set(Partner.objects.filter(id__in=list(ids)).values_list("code", flat=True))
        CalculationRun.objects.filter(id=run.id).update(state="failed")
        return found


@pytest.fixture
def settled(cast: Cast, sellers: list[Partner]) -> datetime:
    """A sale of each in February, calculated; a moment two hours later."""
    lines = [february_sale(f"F{place}", partner.code) for place, partner in enumerate(sellers)]
    with tenant_context(cast.acme.id):
        record(cast.system, lines, at=FIRST_DAY)
    calculate(cast.acme, FEB, at=FIRST_DAY + timedelta(hours=2), shard_count=1)
    return FIRST_DAY + timedelta(hours=4)


def february_sale(external_id: str, partner: str, amount_minor: int = 100_00) -> LineInput:
    return LineInput(
        source="erp", external_id=external_id, kind="sale", occurred_on=FEB, product="P1", quantity=Decimal(1),
        amount_minor=amount_minor, currency="EUR", partner=partner,
    )  # fmt: skip


def test_where_nothing_has_changed_nobody_is_looked_at(cast: Cast, settled: datetime) -> None:
    assert members(cast, settled) == set()
    again = calculate(cast.acme, FEB, at=settled)
    with tenant_context(cast.acme.id):
        first = CalculationRun.objects.get(period_on=FEB, number=1)
    assert (again.entry_count, again.result_hash, again.funnel) == (0, first.result_hash, first.funnel)
    assert again.shard_count == 0


def test_what_another_month_has_written_since_is_not_taken_over(
    cast: Cast, settled: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Books are read anew where anybody has written since they were."""
    read: list[date] = []

    def noted(run: CalculationRun) -> Any:
        read.append(run.period_on)
        return close_books(run)

    monkeypatch.setattr(actions, "close_books", noted)
    with tenant_context(cast.acme.id):
        record(cast.system, [replace(february_sale("M1", "T09"), occurred_on=MAR)], at=settled)
    for place, month in enumerate((FEB, MAR, FEB, FEB), start=1):
        calculate(cast.acme, month, at=settled + timedelta(hours=2 * place))
    assert read == [MAR, FEB]


def test_a_sale_touches_its_seller_and_whoever_hangs_together_with_it(cast: Cast, settled: datetime) -> None:
    with tenant_context(cast.acme.id):
        record(cast.system, [february_sale("X1", "T09"), february_sale("X2", "T03")], at=settled)
    assert members(cast, settled + timedelta(hours=1)) == {"T09", "T00", "T01", "T02", "T03"}


def test_a_cap_that_is_used_up_counts_for_whoever_is_paid_for_the_new_sale(
    cast: Cast, settled: datetime
) -> None:
    """T00 has what the cap leaves it; nothing more comes to it for what T01, below it, sells later."""
    with tenant_context(cast.acme.id):
        record(cast.system, [february_sale("X1", "T00", 5_000_00)], at=settled)
    calculate(cast.acme, FEB, at=settled + timedelta(hours=2), shard_count=1)
    later = settled + timedelta(hours=4)
    with tenant_context(cast.acme.id):
        record(cast.system, [february_sale("X2", "T01", 1_000_00)], at=later)
    assert amounts_of(calculate(cast.acme, FEB, at=later + timedelta(hours=2), shard_count=1)) == [50_00]


def test_a_sale_that_moves_to_another_seller_touches_both(cast: Cast, settled: datetime) -> None:
    with tenant_context(cast.acme.id):
        record(cast.system, [february_sale("F9", "T08")], at=settled)
    assert members(cast, settled + timedelta(hours=1)) == {"T08", "T09"}


def test_a_new_version_touches_everybody(cast: Cast, settled: datetime) -> None:
    with tenant_context(cast.acme.id):
        publish(make_plan("other"), [{"id": "base", "type": "rate", "rate": "0.1"}], at=settled)
        assert len(members(cast, settled + timedelta(hours=1))) == Partner.objects.count()


def test_a_payment_touches_the_seller_of_its_sale_and_of_the_one_that_it_was_of(
    cast: Cast, settled: datetime
) -> None:
    first, moved = ([PaymentInput("erp", "P1", sale, FEB, 50_00, "EUR")] for sale in ("F8", "F9"))
    with tenant_context(cast.acme.id):
        record_payments(actor=cast.system, rows=first, mode="atomic", at=settled)
    assert members(cast, settled + timedelta(hours=1)) == {"T08"}
    paid = calculate(cast.acme, FEB, at=settled + timedelta(hours=2), shard_count=1)
    assert amounts_of(paid) == [50]
    later = settled + timedelta(hours=4)
    with tenant_context(cast.acme.id):
        record_payments(actor=cast.system, rows=moved, mode="atomic", at=later)
    assert members(cast, later + timedelta(hours=1)) == {"T08", "T09"}


def test_what_is_dated_before_the_windows_of_a_month_touches_nobody_in_it(
    cast: Cast, monthly: list[Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But a sale that was in the month before it was amended does, and so does one that is refunded in it."""
    january = [replace(february_sale(f"J{place}", f"T{place:02d}"), occurred_on=JAN) for place in (8, 9, 10)]
    refund = replace(february_sale("R8", "T08", 10_00), kind="refund", refunds="J8")
    first = FIRST_DAY + timedelta(hours=2)
    with tenant_context(cast.acme.id):
        record(cast.system, [*january, february_sale("F11", "T11"), refund], at=FIRST_DAY)
    for month in (JAN, FEB):
        calculate(cast.acme, month, at=first, shard_count=1)
    amended = [replace(row, amount_minor=200_00) for row in january]
    back = replace(february_sale("F11", "T11"), occurred_on=JAN)
    changed = first + timedelta(hours=2)
    with tenant_context(cast.acme.id):
        record(cast.system, [*amended, back], at=changed)
    monkeypatch.setattr(actions, "_go_on", lambda *_run, **_at: None)
    calculate(cast.acme, JAN, at=changed + timedelta(hours=2), shard_count=1)
    assert members(cast, changed + timedelta(hours=4)) == {"T08", "T11"}
