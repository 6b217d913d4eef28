"""Rollups follow the lines: marked by each batch, rebuilt later, equal to the raw sums after whatever happened."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from analytics.facts.actions import mark_everything, mark_recorded, refresh_facts, refresh_rankings
from analytics.facts.models import DaySales, DirtyDay, DirtyMonth, PartnerMonth
from analytics.facts.proof import day_differences, differences
from analytics.facts.queries import DIRECT, sums_of
from analytics.facts.rankings import measure, ranking_of
from analytics.facts.rules import compared_spans
from analytics.facts.totals import totals_of
from partners.sales.actions import record_sales, void_import, void_sale
from partners.sales.models import SaleLine
from partners.sales.rules import LineInput
from prm.kit.ids import uuid7
from prm.outbox.actions import subscribed_task_names
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.sales import line, record, sold, stock

TODAY = date(2026, 4, 17)
HALVES = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]


@pytest.fixture
def acme(cast: Cast) -> Any:
    stock(cast)
    with tenant_context(cast.acme.id):
        yield cast


def follow(cast: Cast, at: Any = NOW) -> None:
    """What the subscriber and beat do after a batch."""
    mark_recorded(recorded_at=at, at=at)
    while refresh_facts():
        pass


def months() -> dict[tuple[Any, str, str], tuple[int, int, int]]:
    return {
        (row.partner_id, f"{row.month_on:%Y-%m}", row.currency): (
            row.amount_minor,
            row.cost_minor,
            row.line_count,
        )
        for row in PartnerMonth.objects.all()
    }


def days() -> dict[tuple[str, bool, str], int]:
    return {
        (f"{row.sold_on:%m-%d}", row.through_partners, row.currency): row.amount_minor
        for row in DaySales.objects.all()
    }


def test_recorded_sales_ring_the_marks() -> None:
    assert "analytics.facts.mark" in subscribed_task_names()


def test_sums_are_per_partner_month_and_currency_net_of_refunds(acme: Cast) -> None:
    record(
        acme.system,
        [
            line("A-1", "100.00", cost="60.00"),
            line("A-2", "10.00", occurred_on="2026-03-31", currency="USD"),
            line("A-3", "7.00", occurred_on="2026-04-01"),
            line("R-1", "30.00", kind="refund", refunds="A-1", occurred_on="2026-04-02", cost="18.00"),
            line("D-1", "5.00", partner=None),
            line("S-1", "99.99", splits=HALVES),
        ],
    )
    assert PartnerMonth.objects.count() == 0
    follow(acme)
    northwind, southwind = acme.northwind.id, acme.southwind.id
    assert months() == {
        (northwind, "2026-03", "EUR"): (10_000 + 5_000, 6_000, 2),
        (northwind, "2026-03", "USD"): (1_000, 0, 1),
        (northwind, "2026-04", "EUR"): (700 - 3_000, -1_800, 2),
        (southwind, "2026-03", "EUR"): (4_999, 0, 1),
        (None, "2026-03", "EUR"): (500, 0, 1),
    }
    assert days() == {
        ("03-10", True, "EUR"): 10_000 + 9_999,
        ("03-10", False, "EUR"): 500,
        ("03-31", True, "USD"): 1_000,
        ("04-01", True, "EUR"): 700,
        ("04-02", True, "EUR"): -3_000,
    }
    assert (DirtyMonth.objects.count(), DirtyDay.objects.count()) == (0, 0)


def test_an_amended_line_leaves_its_old_month(acme: Cast) -> None:
    later = NOW + timedelta(hours=1)
    record(acme.system, [line("A-1", splits=HALVES)])
    follow(acme)
    record(acme.system, [line("A-1", partner=None, occurred_on="2026-05-01")], at=later)
    follow(acme, later)
    assert months() == {(None, "2026-05", "EUR"): (10_000, 0, 1)}
    assert days() == {("05-01", False, "EUR"): 10_000}


def test_a_voided_line_leaves_the_sums(acme: Cast) -> None:
    later = NOW + timedelta(hours=1)
    record(acme.system, [line("A-1"), line("A-2", splits=HALVES)])
    follow(acme)
    for name in ("A-1", "A-2"):
        void_sale(actor=acme.vera.actor, line=sold(name), reason="wrong", at=later)
    follow(acme, later)
    assert (months(), days()) == ({}, {})


def test_a_state_that_was_amended_before_its_mark_is_still_marked(acme: Cast) -> None:
    later = NOW + timedelta(hours=1)
    record(acme.system, [line("A-1")])
    record(acme.system, [line("A-1", occurred_on="2026-07-01")], at=later)
    mark_recorded(recorded_at=NOW, at=NOW)
    marked = {(row.partner_id, row.month_on) for row in DirtyMonth.objects.all()}
    assert marked == {(acme.northwind.id, date(2026, 3, 1))}
    follow(acme, later)
    assert months() == {(acme.northwind.id, "2026-07", "EUR"): (10_000, 0, 1)}


def test_the_proof_finds_a_wrong_sum(acme: Cast) -> None:
    record(acme.system, [line("A-1"), line("A-2", partner=None)])
    follow(acme)
    assert differences(acme.acme.id) == []
    PartnerMonth.objects.filter(partner_id=None).update(amount_minor=1)
    PartnerMonth.objects.create(
        partner_id=acme.southwind.id,
        month_on=date(2026, 1, 1),
        currency="EUR",
        amount_minor=5,
        cost_minor=0,
        line_count=1,
    )
    assert differences(acme.acme.id) == [
        (acme.southwind.id, date(2026, 1, 1), "EUR", 0, 5),
        (None, date(2026, 3, 1), "EUR", 10_000, 1),
    ]
    DaySales.objects.filter(through_partners=True).delete()
    DaySales.objects.create(sold_on=date(2026, 1, 7), through_partners=False, currency="EUR", amount_minor=5)
    assert day_differences(acme.acme.id) == [
        (date(2026, 1, 7), False, "EUR", 0, 5),
        (date(2026, 3, 10), True, "EUR", 10_000, 0),
    ]
    mark_everything(at=NOW)
    while refresh_facts():
        pass
    assert (differences(acme.acme.id), day_differences(acme.acme.id)) == ([], [])


def test_other_tenants_marks_and_sums_are_their_own(cast: Cast) -> None:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(cast.system, [line("A-1")])
        follow(cast)
    with tenant_context(cast.zenith.id):
        assert (PartnerMonth.objects.count(), DaySales.objects.count(), refresh_facts()) == (0, 0, 0)
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.southwind.id]):
        assert PartnerMonth.objects.count() == 0
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        assert PartnerMonth.objects.count() == 1


class Source:
    """An ERP that sends at random: new lines, amendments, refunds, splits, the same again."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def amount(self, most: int = 100_000) -> str:
        return f"{self.dice.randrange(most) / 100:.2f}"

    def batch(self) -> list[LineInput]:
        names = self.dice.sample(range(40), self.dice.randrange(1, 15))
        return [self.line(f"L-{name}") for name in names]

    def line(self, name: str) -> LineInput:
        dice = self.dice
        fields: dict[str, Any] = {
            "partner": dice.choice(["NW", "SW", None]),
            "product": dice.choice(["BIKE", "HELMET"]),
            "currency": dice.choice(["EUR", "EUR", "USD"]),
            "occurred_on": (date(2026, 1, 1) + timedelta(days=dice.randrange(120))).isoformat(),
            "cost": dice.choice([None, self.amount()]),
        }
        if dice.random() < 0.3:
            fields["splits"] = dice.choice(
                [
                    [{"partner": "NW", "parts": dice.randrange(1, 9)}, {"partner": "SW", "parts": 3}],
                    [{"partner": "SW", "percent": "33.333333"}, {"partner": "NW", "percent": "66.666667"}],
                    [{"partner": "SW", "parts": 1}, {"partner": "NW", "parts": 0}],
                ]
            )
        if dice.random() < 0.3:
            fields |= {"kind": "refund", "refunds": dice.choice(["", f"L-{dice.randrange(40)}"])}
        return line(name, self.amount(), **fields)


class History:
    """What happens at Acme in a random order: batches, voids, undone imports; marks follow late and shuffled."""

    def __init__(self, cast: Cast, dice: random.Random) -> None:
        self.cast, self.dice, self.source = cast, dice, Source(dice)
        self.imports = [uuid7() for _ in range(3)]
        self.waiting: list[Any] = []

    def step(self, at: Any) -> None:
        self.dice.choices([self.send, self.void, self.undo], [70, 15, 15])[0](at)
        self.waiting.append(at)

    def send(self, at: Any) -> None:
        batch = self.dice.choice([None, *self.imports])
        record_sales(
            actor=self.cast.system, rows=self.source.batch(), mode="partial", at=at, import_batch=batch
        )

    def void(self, at: Any) -> None:
        standing = list(SaleLine.objects.filter(voided=False).order_by("external_id"))
        if standing:
            void_sale(actor=self.cast.system, line=self.dice.choice(standing), reason="random", at=at)

    def undo(self, at: Any) -> None:
        void_import(actor=self.cast.system, import_id=self.dice.choice(self.imports), at=at)

    def catch_up(self, at: Any) -> None:
        self.dice.shuffle(self.waiting)
        while self.waiting:
            mark_recorded(recorded_at=self.waiting.pop(), at=at)
        while refresh_facts():
            pass
        refresh_rankings(today=TODAY)


@pytest.mark.parametrize("turn", range(6))
def test_sums_equal_the_lines_after_any_history(acme: Cast, turn: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    history = History(acme, dice)
    for minute in range(25):
        at = NOW + timedelta(minutes=minute)
        history.step(at)
        if dice.random() < 0.4:
            history.catch_up(at)
    history.catch_up(NOW)
    assert (differences(acme.acme.id), day_differences(acme.acme.id)) == ([], [])
    for span, before in compared_spans(TODAY, acme.acme.fiscal_month):
        sums, [totals] = sums_of(acme.system, span), totals_of(span)
        assert totals.through_partners == sums.through_partners
        assert totals.sold == sums.through_partners + sums.by_partner.get(DIRECT, 0)
        assert ranking_of(span, before) == measure(span, before)
        assert ranking_of(span, before).active_now == sums.active_partners
    assert PartnerMonth.objects.exists()
