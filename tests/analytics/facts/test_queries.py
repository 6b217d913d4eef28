"""Figures in the programme currency: whole months from the rollup, the rest from the lines, by the month's rate."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analytics.facts.queries import (
    compare,
    joined_between,
    partner_sales_by_month,
    sums_of,
    top_movers,
)
from analytics.facts.rules import Span
from analytics.facts.totals import Totals, totals_of
from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from tests.analytics.facts.test_actions import follow
from tests.support.cast import NOW, Cast
from tests.support.sales import line, record, stock

FEBRUARY = Span(date(2026, 2, 1), date(2026, 3, 1))
MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))
SPRING = Span(date(2026, 3, 1), date(2026, 5, 1))


@pytest.fixture
def acme(cast: Cast) -> Any:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(
            cast.system,
            [
                line("A-1", "300000.00"),
                line("A-2", "950000.00", partner=None),
                line("S-1", "10.00", partner="SW", occurred_on="2026-04-10"),
                line("S-2", "20.00", partner="SW", occurred_on="2026-04-11"),
                line("R-1", "5.00", partner="SW", kind="refund", occurred_on="2026-04-11"),
            ],
        )
        follow(cast)
        yield cast


def test_the_share_of_partners(acme: Cast) -> None:
    march = compare(acme.vera.actor, MARCH, FEBRUARY).now
    assert (march.through_partners, march.sold) == (30_000_000, 125_000_000)
    assert march.share == Decimal("0.24")
    assert march.active_partners == 1


def test_part_of_a_month_comes_from_its_lines(acme: Cast) -> None:
    def southwind(end: date) -> int:
        return sums_of(acme.vera.actor, Span(date(2026, 3, 1), end)).by_partner.get(acme.southwind.id, 0)

    assert [southwind(date(2026, 4, day)) for day in (10, 11, 12)] == [0, 1_000, 2_500]
    assert southwind(date(2026, 5, 1)) == 2_500
    totals = totals_of(*(Span(date(2026, 4, 1), date(2026, 4, day)) for day in (10, 11, 12)))
    assert totals == [Totals(amount, amount, []) for amount in (0, 1_000, 2_500)]


def test_other_currencies_by_the_rate_of_the_months_end(acme: Cast) -> None:
    record(acme.system, [line("U-1", "100.00", currency="USD"), line("J-1", "1000", currency="JPY")])
    follow(acme)
    for day, rate in (("2026-03-10", "0.5"), ("2026-03-31", "0.9")):
        ExchangeRate.objects.create(
            base="USD", quote="EUR", published_on=day, rate=Decimal(rate), recorded_at=NOW
        )
    for figures in (sums_of(acme.vera.actor, MARCH), totals_of(MARCH)[0]):
        assert figures.through_partners == 30_000_000 + 9_000
        assert figures.unconverted == ["JPY"]
    assert partner_sales_by_month(acme.vera.actor, MARCH) == {MARCH.starts_on: 30_000_000 + 9_000}


def test_a_running_month_takes_its_newest_rate(acme: Cast) -> None:
    record(acme.system, [line("U-1", "100.00", currency="USD")])
    follow(acme)
    ExchangeRate.objects.create(
        base="USD", quote="EUR", published_on="2026-03-12", rate=Decimal("0.5"), recorded_at=NOW
    )
    assert sums_of(acme.vera.actor, MARCH).through_partners == 30_000_000 + 5_000
    assert [totals.through_partners for totals in totals_of(MARCH)] == [30_000_000 + 5_000]


def test_a_channel_manager_sees_the_own_portfolio(acme: Cast) -> None:
    sums = sums_of(acme.nina.actor, SPRING)
    assert sums.by_partner == {acme.northwind.id: 30_000_000}
    assert partner_sales_by_month(acme.nina.actor, SPRING) == {date(2026, 3, 1): 30_000_000}


def test_months_leave_direct_sales_out(acme: Cast) -> None:
    assert partner_sales_by_month(acme.vera.actor, SPRING) == {
        date(2026, 3, 1): 30_000_000,
        date(2026, 4, 1): 2_500,
    }


def test_movers_by_the_size_of_the_change(acme: Cast) -> None:
    now, before = (
        sums_of(acme.vera.actor, Span(date(2026, 4, 1), date(2026, 5, 1))),
        sums_of(acme.vera.actor, MARCH),
    )
    movers = top_movers(now, before)
    assert [(m.partner.code, m.change_minor) for m in movers] == [("NW", -30_000_000), ("SW", 2_500)]


def test_new_partners_of_the_span(acme: Cast) -> None:
    january = Span(date(2026, 1, 1), date(2026, 2, 1))
    assert joined_between(acme.vera.actor, january).count() == 2
    assert joined_between(acme.nina.actor, january).count() == 1
    assert joined_between(acme.vera.actor, MARCH).count() == 0


def test_zenith_has_its_own_figures(cast: Cast) -> None:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(cast.system, [line("A-1")])
        follow(cast)
    with tenant_context(cast.zenith.id):
        assert sums_of(cast.zed.actor, MARCH).by_partner == {}
