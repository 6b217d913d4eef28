"""Stored rankings: as right as the sums by partner, gone with what they were made of."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analytics.facts.actions import mark_recorded, refresh_rankings
from analytics.facts.models import DaySales, DirtyDay, DirtyMonth, Ranking
from analytics.facts.queries import compare, sums_of, top_movers
from analytics.facts.rankings import Ranked, measure, ranking_of
from analytics.facts.rules import Span, compared_spans
from analytics.facts.tasks import refresh
from partners.directory.models import Partner, PartnerStatus
from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from tests.analytics.facts.test_actions import follow
from tests.support.cast import NOW, Cast
from tests.support.sales import line, record, stock

TODAY = date(2026, 5, 10)
APRIL, MARCH = Span(date(2026, 4, 1), date(2026, 5, 1)), Span(date(2026, 3, 1), date(2026, 4, 1))
HALVES = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]


@pytest.fixture
def acme(cast: Cast) -> Any:
    stock(cast)
    with tenant_context(cast.acme.id):
        ExchangeRate.objects.create(
            base="USD", quote="EUR", published_on="2026-04-29", rate=Decimal("0.333"), recorded_at=NOW
        )
        record(
            cast.system,
            [
                line("A-1", "100.00"),
                line("A-2", "40.00", splits=HALVES, occurred_on="2026-04-05"),
                line("A-3", "10.01", currency="USD", partner="SW", occurred_on="2026-04-10"),
                line("A-4", "900.00", partner=None, occurred_on="2026-04-10"),
                line("R-1", "30.00", kind="refund", occurred_on="2026-03-20"),
            ],
        )
        follow(cast)
        yield cast


def by_partner(cast: Cast, span: Span, before: Span) -> Ranked:
    """The same from the sums by partner."""
    now, earlier = sums_of(cast.system, span), sums_of(cast.system, before)
    movers = [(mover.partner.id, mover.now_minor, mover.before_minor) for mover in top_movers(now, earlier)]
    return Ranked(now.active_partners, earlier.active_partners, movers)


def marked(span: Span, before: Span) -> bool:
    """Whether a page would believe the stored row: it says what cannot be measured."""
    Ranking.objects.filter(starts_on=span.starts_on, before_starts_on=before.starts_on).update(active_now=77)
    return ranking_of(span, before).active_now == 77


def test_it_counts_and_ranks(acme: Cast) -> None:
    northwind, southwind = acme.northwind.id, acme.southwind.id
    assert measure(APRIL, MARCH) == Ranked(2, 1, [(northwind, 2_000, 7_000), (southwind, 2_333, 0)])
    assert measure(MARCH, Span(date(2026, 2, 1), date(2026, 3, 1))).active_before == 0


def test_stored_ones_say_what_the_sums_by_partner_say(acme: Cast) -> None:
    spans = compared_spans(TODAY, acme.acme.fiscal_month)
    assert refresh_rankings(today=TODAY) == Ranking.objects.count() == len(spans)
    for span, before in spans:
        assert ranking_of(span, before) == by_partner(acme, span, before)
    assert refresh_rankings(today=TODAY) == 0


def test_a_page_takes_the_stored_one(acme: Cast) -> None:
    refresh_rankings(today=TODAY)
    assert marked(APRIL, MARCH)
    assert compare(acme.vera.actor, APRIL, MARCH).now.active_partners == 77
    assert compare(acme.nina.actor, APRIL, MARCH).now.active_partners == 1


def test_rebuilding_a_month_takes_away_the_rankings_it_counts_in(acme: Cast) -> None:
    refresh_rankings(today=TODAY)
    kept = Ranking.objects.filter(ends_on__lte="2026-04-01").count()
    record(acme.system, [line("A-9", "5.00", occurred_on="2026-04-30")], at=NOW.replace(hour=13))
    follow(acme, NOW.replace(hour=13))
    assert Ranking.objects.count() == kept > 0
    assert ranking_of(APRIL, MARCH) == by_partner(acme, APRIL, MARCH)
    assert refresh_rankings(today=TODAY) == len(compared_spans(TODAY, 1)) - kept


def test_direct_sales_take_none_away(acme: Cast) -> None:
    stood = refresh_rankings(today=TODAY)
    record(acme.system, [line("D-9", "5.00", partner=None)], at=NOW.replace(hour=13))
    follow(acme, NOW.replace(hour=13))
    assert Ranking.objects.count() == stood


def test_a_new_rate_and_a_merged_partner_are_seen_at_once(acme: Cast) -> None:
    refresh_rankings(today=TODAY)
    ExchangeRate.objects.create(
        base="USD", quote="EUR", published_on="2026-04-30", rate=Decimal("0.5"), recorded_at=NOW
    )
    assert not marked(APRIL, MARCH)
    refresh_rankings(today=TODAY)
    assert marked(APRIL, MARCH)
    Partner.objects.filter(id=acme.southwind.id).update(
        status=PartnerStatus.MERGED, merged_into=acme.northwind, merged_at=NOW
    )
    assert ranking_of(APRIL, MARCH) == Ranked(1, 1, [(acme.northwind.id, 4_501, 7_000)])
    assert refresh_rankings(today=TODAY) == len(compared_spans(TODAY, 1))


def test_another_day_replaces_those_that_nobody_can_ask_for(acme: Cast) -> None:
    refresh_rankings(today=TODAY)
    tomorrow = date(2026, 5, 11)
    whole = {pair for pair in compared_spans(TODAY, 1) if pair[0].ends_on <= TODAY}
    assert refresh_rankings(today=tomorrow) == len(compared_spans(tomorrow, 1) - whole)
    assert Ranking.objects.count() == len(compared_spans(tomorrow, 1))


def test_beat_rebuilds_what_is_marked_and_ranks_then(cast: Cast) -> None:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(cast.system, [line("A-1", "100.00")])
        mark_recorded(recorded_at=NOW, at=NOW)
    refresh()
    with tenant_context(cast.acme.id):
        assert (DirtyDay.objects.count(), DirtyMonth.objects.count()) == (0, 0)
        assert (DaySales.objects.get().amount_minor, Ranking.objects.count() > 0) == (10_000, True)
