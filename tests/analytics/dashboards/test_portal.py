"""The partner's own figures: what waits and why, what the next payout pays, what is on its way."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from analytics.dashboards import portal
from analytics.dashboards.queries import balances_of
from incentives.earnings.models import Entry
from incentives.holds.actions import Wanted, hold_disputed, place_hold
from incentives.payouts import withholding
from incentives.payouts.calculation import preview
from incentives.terms.actions import ask_partners
from partners.directory.actions import move_partner
from partners.directory.models import Partner
from partners.sales.models import SaleLine
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.deals import make_line, register
from tests.support.payouts import LATER, close_month, exported_payout, give_account, submitted_payout, tick

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
PAYS_ON = date(2026, 12, 5)
TEN = [{"id": "base", "type": "rate", "rate": "0.1"}]


def figures(cast: Cast, person: Person | None = None) -> list[tuple[Any, ...]]:
    """Payable, pending, on its way, paid, and what waits by its reason."""
    person = person or cast.paul
    assert person.actor.partner_id is not None
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[person.actor.partner_id]):
        told = balances_of(person.actor, today=PAYS_ON, at=tick())
        return [
            (b.due.payable_minor, b.due.pending_minor, b.on_the_way_minor, b.paid_minor, b.due.waits)
            for b in told
        ]


def previewed(cast: Cast, partner: Partner) -> tuple[int, dict[str, int]]:
    """What a run of that day pays, and what it holds out, where the partner is the only one with an account."""
    with tenant_context(cast.acme.id):
        told = preview(actor=cast.felix.actor, period_on=JANUARY, currency="EUR", pays_on=PAYS_ON, at=tick())
    reasons = {item.reason: item.gross_minor for item in told.held if item.partner_id == partner.id}
    return told.sums.get("", (0, 0))[1], reasons


@pytest.fixture
def earned(cast: Cast) -> Cast:
    """Of closed January northwind has 100.00, 50.00, 20.00, for a sale of southwind below it 7.00, and 20.00 by a plan
    that is paid after acceptance; of open February 5.00."""
    with tenant_context(cast.acme.id):
        plan, agreed = make_plan(), make_plan("agreed", slot="agreed")
        product, other = make_product(), make_product("P2")
        publish(
            plan,
            [*TEN, {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.01"}]}],
            minimum_payout="50.00",
        )
        only = {"all": [{"fact": "product", "op": "eq", "value": "P2"}]}
        publish(agreed, [TEN[0] | {"where": only}], terms={"en": "Terms"}, pays_after_acceptance=True)
        assign(plan)
        assign(agreed)
        ask_partners(at=LATER)
        move_partner(
            actor=cast.vera.actor, partner=cast.southwind, parent=cast.northwind, starts_on=JANUARY, at=LATER
        )
        # Events stand on the clock of the product: the move was before the month was calculated, whenever a test runs.
        Event.objects.update(recorded_at=LATER)
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.northwind, product, "L2", date(2026, 1, 11), 50_000)
        sell(cast.southwind, product, "L3", date(2026, 1, 12), 70_000)
        sell(cast.northwind, other, "L5", date(2026, 1, 13), 20_000)
        sell(cast.northwind, product, "L4", date(2026, 2, 10), 5_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    calculate(cast.acme, FEBRUARY, at=tick())
    return cast


def test_earned_money_goes_from_pending_over_available_on_its_way(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        publish(plan, TEN)
        assign(plan)
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 50_000)
    give_account(cast, cast.northwind, cast.paul)
    calculate(cast.acme, JANUARY, at=tick())
    calculate(cast.acme, FEBRUARY, at=tick())
    assert figures(cast) == [(0, 15_000, 0, 0, {})]
    close_month(cast, JANUARY)
    assert figures(cast) == [(10_000, 5_000, 0, 0, {})]
    exported_payout(cast, JANUARY)
    assert figures(cast) == [(0, 5_000, 10_000, 0, {})]
    assert figures(cast, cast.sven) == []


def test_available_is_what_a_run_would_pay_and_beside_it_stands_what_waits_and_why(earned: Cast) -> None:
    waits = {"terms_not_accepted": 2_000}
    assert figures(earned) == [(17_700, 500, 0, 0, waits)]
    assert previewed(earned, earned.northwind) == (17_700, {})
    assert figures(earned, earned.sven) == [(0, 0, 0, 0, {"no_bank_details": 7_000})]
    assert previewed(earned, earned.southwind)[1] == {"no_bank_details": 7_000}
    with tenant_context(earned.acme.id):
        told: dict[str, Any] = {
            "reason": "You asked",
            "actor": earned.paul.actor,
            "partner": earned.northwind,
        }
        hold_disputed(entry=own_entry(earned, "L1"), at=tick(), **told)
    assert figures(earned) == [(7_700, 500, 0, 0, waits | {"disputed": 10_000})]
    assert previewed(earned, earned.northwind) == (7_700, {})
    with tenant_context(earned.acme.id):
        hold_disputed(entry=own_entry(earned, "L2"), at=tick(), **told)
    waits |= {"disputed": 15_000, "below_minimum": 2_700}
    assert figures(earned) == [(0, 500, 0, 0, waits)]
    assert previewed(earned, earned.northwind) == (0, {"below_minimum": 2_700})
    with tenant_context(earned.acme.id):
        place_hold(actor=earned.felix.actor, wanted=Wanted(earned.northwind, "Papers"), at=tick())
    assert figures(earned) == [(0, 500, 0, 0, {"held": 19_700})]
    assert previewed(earned, earned.northwind) == (0, {"on_hold": 19_700})


def own_entry(cast: Cast, external_id: str) -> Entry:
    line = SaleLine.objects.get(external_id=external_id)
    return Entry.objects.get(
        line_id=line.id, partner_id=cast.northwind.id, credited_partner_id=cast.northwind.id
    )


def test_a_held_deal_of_somebody_below_holds_what_is_earned_with_it(earned: Cast) -> None:
    make_line(earned)
    deal = register(earned.sven)
    with tenant_context(earned.acme.id):
        SaleLine.objects.filter(external_id="L3").update(deal_id=deal.id)
        wanted = Wanted(earned.southwind, "Papers", deal=deal)
        place_hold(actor=earned.felix.actor, wanted=wanted, at=tick())
    [(payable, *_others, waits)] = figures(earned)
    assert (payable, waits) == (17_000, {"terms_not_accepted": 2_000, "held": 700})
    assert previewed(earned, earned.northwind) == (17_000, {})


def test_tax_is_taken_off_and_what_a_run_holds_is_on_its_way(earned: Cast) -> None:
    with tenant_context(earned.acme.id):
        rate = withholding.propose_rate(
            actor=earned.felix.actor, status="company", percent=Decimal(10), starts_on=JANUARY, at=tick()
        )
        withholding.confirm_rate(actor=earned.olga.actor, rate=rate, at=tick())
    [(payable, *_others)] = figures(earned)
    assert payable == 15_930
    assert previewed(earned, earned.northwind) == (15_930, {})
    submitted_payout(earned, JANUARY)
    assert figures(earned) == [(0, 500, 17_700, 0, {"terms_not_accepted": 2_000})]


def test_the_first_page_says_what_waits_why_and_where_to_see_it(
    earned: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=tick, localdate=lambda at=None: PAYS_ON)
    monkeypatch.setattr(portal, "timezone", clock)
    page = client_of(earned.paul).get("/acme/p/").content.decode()
    words, at = page[page.index("Not in the next payout") :], "/acme/p/"
    assert "€20.00" in words
    assert "Waits until the terms are accepted" in words
    assert f'href="{at}terms/">Read and accept the terms' in words
    tile = page[page.index("Available for payout") : page.index("goes with the next payout")]
    assert "€177.00" in tile
