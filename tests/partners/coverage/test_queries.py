"""Who works with a customer, as the vendor sees it: numbers, walls, merged partners."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.coverage.queries import Coverage, who_works_with
from partners.coverage.rules import month_of, quarters_until, year_until
from partners.deals.actions import close_deal, reject_deal
from partners.directory.merging import merge_partners
from partners.sales.actions import void_sale
from partners.segments.rules import Span
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person, make_partner, make_person
from tests.support.coverage import Market, ago, at, make_market
from tests.support.deals import register
from tests.support.sales import line, record, sold


@pytest.fixture
def market(cast: Cast) -> Market:
    return make_market(cast)


def told(market: Market, person: Person | None = None) -> dict[str, Coverage]:
    """By name; the vendor itself under "direct"."""
    with tenant_context(market.cast.acme.id):
        rows = who_works_with((person or market.cast.vera).actor, market.harbour, ago(0))
    return {row.partner.name if row.partner else "direct": row for row in rows}


def test_refunds_are_taken_off_and_splits_are_credited(market: Market) -> None:
    rows = told(market)
    assert {name: (row.lines, row.sums) for name, row in rows.items()} == {
        "Northwind": (3, {"EUR": 9_000}),
        "Southwind": (1, {"EUR": 6_000}),
        "direct": (1, {"USD": 700}),
    }


def test_since_when_and_the_last_activity(market: Market) -> None:
    rows = told(market)
    assert {name: (row.since, row.last_active_on) for name, row in rows.items()} == {
        "Northwind": (ago(30), ago(10)),
        "Southwind": (ago(400), ago(10)),
        "direct": (ago(40), ago(40)),
    }
    assert list(rows)[-1] == "direct"


def test_open_deals_and_live_protection(market: Market) -> None:
    rows = told(market)
    assert (rows["Northwind"].open_deals, rows["Northwind"].protected_until) == (
        1,
        ago(15) + timedelta(days=90),
    )
    assert (rows["Southwind"].open_deals, rows["Southwind"].protected_until) == (0, None)


def test_a_lost_deal_is_not_open_and_protects_nobody(market: Market) -> None:
    with tenant_context(market.cast.acme.id):
        close_deal(actor=market.cast.vera.actor, deal=market.deal, outcome="lost", at=at(1))
    northwind = told(market)["Northwind"]
    assert (northwind.open_deals, northwind.protected_until) == (0, None)


@pytest.mark.parametrize("refused", [False, True])
def test_a_claim_alone_is_work_unless_it_was_refused(market: Market, refused: bool) -> None:
    partner = make_partner(market.cast.acme, "EA", "Eastwind")
    eve = make_person(market.cast.acme, "eve@eastwind.example", "partner_admin", partner_id=partner.id)
    deal = register(eve, "Harbour Line", at=at(1), join_queue=True)
    if refused:
        with tenant_context(market.cast.acme.id):
            reject_deal(actor=market.cast.vera.actor, deal=deal, reason="Ours", at=at(0))
    assert ("Eastwind" in told(market)) is not refused


def test_a_voided_line_counts_for_nothing(market: Market) -> None:
    with tenant_context(market.cast.acme.id):
        void_sale(actor=market.cast.vera.actor, line=sold("S-1"), reason="Twice", at=at(0))
    rows = told(market)
    assert (rows["Northwind"].lines, rows["Northwind"].sums) == (2, {"EUR": 7_000})
    assert (rows["Southwind"].lines, rows["Southwind"].sums) == (0, {})


def test_a_manager_sees_the_own_portfolio_alone(market: Market) -> None:
    rows = told(market, market.cast.nina)
    assert {name: row.sums for name, row in rows.items()} == {"Northwind": {"EUR": 9_000}}


def test_a_manager_of_nobody_here_sees_nothing(market: Market) -> None:
    with tenant_context(market.cast.acme.id):
        assert who_works_with(market.cast.nina.actor, market.quarry, ago(0)) == []


def test_what_stays_with_a_merged_partner_is_its_survivors(market: Market) -> None:
    cast = market.cast
    with tenant_context(cast.acme.id):
        merge_partners(
            actor=cast.vera.actor, survivor=cast.southwind, merged=cast.northwind, take=[], at=at(0)
        )
    southwind = told(market)["Southwind"]
    assert set(told(market)) == {"Southwind", "direct"}
    assert southwind.sums == {"EUR": 15_000}
    assert southwind.open_deals == 1
    assert southwind.protected_until == ago(15) + timedelta(days=90)


def test_as_many_questions_for_many_as_for_few(market: Market) -> None:
    cast = market.cast

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            told(market)
        return len(queries)

    few = asked()
    for place in range(8):
        make_partner(cast.acme, f"P{place}", f"Partner {place}")
    with tenant_context(cast.acme.id):
        facts: dict[str, Any] = {"customer": "HARBOUR", "occurred_on": ago(3).isoformat()}
        record(cast.system, [line(f"M-{place}", "5.00", partner=f"P{place}", **facts) for place in range(8)])
    register(cast.sven, "Harbour Line", at=at(1), join_queue=True)
    assert asked() == few
    assert len(told(market)) == 3 + 8


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 3, 5), date(2025, 3, 6)),
        (date(2026, 3, 31), date(2025, 4, 1)),
        (date(2028, 2, 29), date(2027, 3, 1)),
    ],
)
def test_the_twelve_months_end_with_today(today: date, first: date) -> None:
    assert year_until(today) == Span(first, today + timedelta(days=1))


def test_quarters_and_months_are_the_calendars() -> None:
    days = quarters_until(date(2026, 2, 28))
    assert (days[0], days[1], days[-1]) == (date(2026, 1, 1), date(2025, 10, 1), date(2024, 4, 1))
    assert month_of(date(2026, 2, 10)) == Span(date(2026, 2, 1), date(2026, 3, 1))
