"""Holds: who places them, what they keep out of payouts, who reads why; what is owed stays as it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from incentives.earnings.models import Entry
from incentives.holds import actions, refusals
from incentives.holds.models import Hold
from incentives.holds.queries import holds_of_entry, runs_with, waiting_behind
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import partners_with_balance
from incentives.payouts.calculation import preview
from incentives.payouts.models import PayoutAllocation, PayoutItem
from partners.deals.models import Deal
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.deals import make_line, register
from tests.support.funds import refuse
from tests.support.payouts import (
    LATER,
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    submitted_payout,
    tick,
)

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
PAYS_ON = date(2026, 12, 5)


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Northwind earned 1,000.00 on L1 and 500.00 on L2 in January, which is closed."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 1_000_000)
        sell(cast.northwind, product, "L2", date(2026, 1, 11), 500_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    return cast


@pytest.fixture
def inside(paid: Cast) -> Iterator[Cast]:
    with tenant_context(paid.acme.id):
        yield paid


def hold(cast: Cast, *, at: Any = None, **facts: Any) -> Hold:
    wanted = actions.Wanted(**{"partner": cast.northwind, "reason": "Papers are missing", **facts})
    return actions.place_hold(actor=cast.felix.actor, wanted=wanted, at=at or tick())


def seen(cast: Cast, pays_on: date = PAYS_ON, period_on: date = JANUARY) -> dict[str, tuple[int, int]]:
    told = preview(actor=cast.felix.actor, period_on=period_on, currency="EUR", pays_on=pays_on, at=tick())
    return told.sums


def entry_of(external_id: str) -> Entry:
    return Entry.objects.get(line_id=SaleLine.objects.get(external_id=external_id).id)


def deal_with(cast: Cast, external_id: str) -> Deal:
    make_line(cast)
    deal = register(cast.paul)
    with tenant_context(cast.acme.id):
        SaleLine.objects.filter(external_id=external_id).update(deal_id=deal.id)
    return deal


def test_a_held_partner_is_owed_all_and_paid_nothing(inside: Cast) -> None:
    placed = hold(inside)
    assert seen(inside) == {"on_hold": (1, 150_000)}
    assert [row.owed_minor for row in partners_with_balance()] == [150_000]
    assert waiting_behind([placed])[placed.id] == [("EUR", 150_000)]
    actions.release_hold(actor=inside.olga.actor, hold=placed, reason="They came", at=tick())
    assert seen(inside) == {"": (1, 150_000)}
    assert all(verdict.holds for verdict in prove_books())


def test_a_hold_lets_go_by_its_day(inside: Cast) -> None:
    hold(inside, ends_on=PAYS_ON)
    assert seen(inside) == {"on_hold": (1, 150_000)}
    assert seen(inside, PAYS_ON + timedelta(days=1)) == {"": (1, 150_000)}


def test_of_a_held_deal_its_sales_wait_and_the_rest_is_paid(paid: Cast) -> None:
    deal = deal_with(paid, "L1")
    with tenant_context(paid.acme.id):
        placed = hold(paid, deal=deal)
        assert waiting_behind([placed])[placed.id] == [("EUR", 100_000)]
    run = calculated_payout(paid, JANUARY)
    with tenant_context(paid.acme.id):
        item = PayoutItem.objects.get(run_id=run.id)
        assert (item.amount_minor, item.facts["held_minor"], item.facts["on_hold_minor"]) == (
            50_000,
            100_000,
            0,
        )
        (taken,) = PayoutAllocation.objects.filter(run_id=run.id)
        assert taken.entry_id == entry_of("L2").id


def test_a_disputed_sale_waits_with_all_that_was_posted_for_it(inside: Cast) -> None:
    entry = entry_of("L1")
    told: dict[str, Any] = {"actor": inside.paul.actor, "partner": inside.northwind, "at": tick()}
    placed = actions.hold_disputed(entry=entry, reason="You asked about it", **told)
    assert seen(inside) == {"": (1, 50_000)}
    assert [row.id for row in holds_of_entry(inside.paul.actor, entry.id, PAYS_ON)] == [placed.id]
    actions.hold_disputed(entry=entry_of("L2"), reason="You asked about it", **told)
    assert seen(inside) == {"disputed": (1, 150_000)}
    step = lambda: actions.release_hold(  # noqa: E731
        actor=inside.felix.actor, hold=placed, reason="No", at=LATER
    )
    refuse(refusals.EndsWithDispute, step)


def test_what_takes_back_is_not_kept_out_by_a_dispute_but_with_the_whole_balance(paid: Cast) -> None:
    """Keeping a negative amount out would raise the payment."""
    exported_payout(paid, JANUARY)
    with tenant_context(paid.acme.id):
        sale, product = SaleLine.objects.get(external_id="L1"), Product.objects.get()
        sell(paid.northwind, product, "R1", date(2026, 2, 1), 1_000_000, refunds=sale, at=tick())
        sell(paid.northwind, product, "L3", date(2026, 2, 2), 500_000, at=tick())
    close_month(paid, FEBRUARY)
    with tenant_context(paid.acme.id):
        told: dict[str, Any] = {"actor": paid.paul.actor, "partner": paid.northwind, "at": tick()}
        actions.hold_disputed(entry=entry_of("R1"), reason="x", **told)
        assert seen(paid, period_on=FEBRUARY) == {"negative_balance": (1, -50_000)}
        hold(paid)
        assert seen(paid, period_on=FEBRUARY) == {"on_hold": (1, -50_000)}


def test_what_a_run_has_reserved_it_pays_and_the_hold_names_it(paid: Cast) -> None:
    run = submitted_payout(paid, JANUARY)
    with tenant_context(paid.acme.id):
        placed = hold(paid)
        assert runs_with(placed) == [run.number]
        assert PayoutItem.objects.get(run_id=run.id).amount_minor == 150_000
        assert waiting_behind([placed]) == {}


def test_what_cannot_be_is_refused(inside: Cast) -> None:
    refuse(refusals.ReasonMissing, lambda: hold(inside, at=LATER, reason=" "))
    refuse(refusals.DayPassed, lambda: hold(inside, at=LATER, ends_on=LATER.date() - timedelta(days=1)))
    wanted = actions.Wanted(inside.northwind, "x")
    for person in (inside.nina, inside.otto, inside.paul):
        told: dict[str, Any] = {"actor": person.actor, "wanted": wanted, "at": LATER}
        refuse(PermissionDenied, lambda told=told: actions.place_hold(**told))  # type: ignore[misc]
    placed = hold(inside)
    told = {"actor": inside.felix.actor, "hold": placed, "at": LATER}
    refuse(refusals.ReasonMissing, lambda: actions.release_hold(reason=" ", **told))
    actions.release_hold(reason="Done", **told)
    refuse(refusals.ReleasedAlready, lambda: actions.release_hold(reason="Done", **told))


def test_from_the_form_to_the_partners_page(paid: Cast) -> None:
    def url(name: str, *args: Any) -> str:
        return "/acme" + reverse(name, args=args)

    typed = {"partner": str(paid.northwind.id), "reason": "The contract is being checked", "ends_on": ""}
    assert client_of(paid.felix).post(url("hold-create"), {**typed, "reason": ""}).status_code == 422
    assert client_of(paid.felix).post(url("hold-create"), typed).status_code == 302
    with tenant_context(paid.acme.id):
        placed, entry = Hold.objects.get(), entry_of("L1")
    own = client_of(paid.paul)
    for page in (url("portal-entry-list"), url("portal-entry-explain", entry.id)):
        assert "The contract is being checked" in own.get(page).content.decode()
    assert "€1,500.00" in client_of(paid.nina).get(url("holds") + "?state=live").content.decode()
    assert str(placed) in client_of(paid.nina).get(url("partner-detail", paid.northwind.id)).content.decode()
    (row,) = Machine(make_key(paid.acme, "holds:read")).get("holds", partner="NW").json()["data"]
    assert (row["number"], row["released_at"], row["ends_on"]) == ("H-1", None, None)
    client_of(paid.felix).post(url("hold-release", placed.id), {"reason": "All is well"})
    assert "The contract is being checked" not in own.get(url("portal-entry-list")).content.decode()
    page = client_of(paid.felix).get(url("hold", placed.id)).content.decode()
    assert "All is well" in page
