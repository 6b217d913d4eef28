"""What a deal would earn: for its partner, for those above, and what it changes on earlier sales."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from incentives.trials.deal_estimates import estimate_deal
from incentives.trials.estimates import Estimated, Offer, estimate
from incentives.trials.models import DealEstimate
from partners.deals.actions import register_deal
from partners.deals.models import Deal, DealState
from partners.directory.models import PartnerParent
from partners.products.models import Product, ProductCategory
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import amounts_of, assign, calculate, make_plan, make_product, publish, sell
from tests.support.rows import nothing_written

JAN = date(2026, 1, 1)
NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
TIERS = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
VOLUME = {"id": "volume", "title": "Volume", "type": "tiers", "mode": "retroactive", "measure": "revenue",
          "window": "quarter", "tiers": TIERS}  # fmt: skip
ABOVE = {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.01"}]}


@pytest.fixture
def product(cast: Cast) -> Product:
    """Northwind sold 800.00 in January at 5 %, 10 % from 1,000; Southwind stands above it and gets 1 %."""
    with tenant_context(cast.acme.id):
        product = make_product("HW", "hardware")
        plan = make_plan()
        publish(plan, [VOLUME, ABOVE])
        assign(plan)
        PartnerParent.objects.create(partner=cast.northwind, parent=cast.southwind, starts_on=JAN)
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 800_00)
        return product


@pytest.fixture
def deal(cast: Cast, product: Product) -> Deal:
    assert product.category_id
    facts: Any = {
        "customer": "Globex",
        "amount_minor": 500_00,
        "currency": "EUR",
        "closes_on": date(2026, 3, 1),
    }
    with tenant_context(cast.acme.id):
        facts["line"] = ProductCategory.objects.get()
        registered = register_deal(actor=cast.paul.actor, partner=cast.northwind, facts=facts, at=NOW)
        return Deal.objects.get(id=registered.id)


def told(found: list[Estimated]) -> list[tuple[str, int, int]]:
    return [(one.component_id, one.amount_minor, one.earlier_minor) for one in found]


def test_an_estimate_is_what_the_sale_then_earns_and_writes_nothing(cast: Cast, product: Product) -> None:
    offer = Offer(cast.northwind.id, product.id, 500_00, "EUR", NOW.date())
    calculate(cast.acme, JAN, at=datetime(2026, 4, 2, 12, tzinfo=UTC))
    with tenant_context(cast.acme.id), nothing_written():
        found = estimate(offer, at=NOW)
    assert told(found) == [("volume", 90_00, 40_00), ("above", 5_00, 0)]
    assert [one.partner_id for one in found] == [cast.northwind.id, cast.southwind.id]
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "A2", NOW.date(), 500_00, at=datetime(2026, 4, 3, tzinfo=UTC))
    run = calculate(cast.acme, date(2026, 2, 1), at=datetime(2026, 4, 4, tzinfo=UTC))
    assert sum(amounts_of(run)) == 95_00


def test_a_deal_shows_its_partner_only_what_is_its_own(cast: Cast, deal: Deal) -> None:
    with tenant_context(cast.acme.id):
        made = estimate_deal(deal_id=deal.id, at=NOW)
    assert made is not None
    page = client_of(cast.paul).get(f"/acme/p/deals/{deal.id}/").content.decode()
    assert ("about €90.00" in page, "€5.00" in page) == (True, False)
    assert "€40.00 on earlier sales" in page
    staff = client_of(cast.vera).get(f"/acme/m/deals/{deal.id}/").content.decode()
    assert ("about €95.00" in staff, "Southwind: €5.00" in staff) == (True, True)


def test_of_a_deal_that_is_over_no_estimate_is_kept(cast: Cast, deal: Deal) -> None:
    with tenant_context(cast.acme.id):
        estimate_deal(deal_id=deal.id, at=NOW)
        Deal.objects.filter(id=deal.id).update(state=DealState.LOST)
        assert estimate_deal(deal_id=deal.id, at=NOW) is None
        assert not DealEstimate.objects.exists()


def test_a_machine_asks_what_a_sale_would_earn(cast: Cast, product: Product) -> None:
    machine = Machine(make_key(cast.acme, "earnings:read"))
    body = {"partner": cast.northwind.code, "product": "HW", "amount": "500.00", "currency": "EUR",
            "occurred_on": "2026-02-10"}  # fmt: skip
    answer = machine.post("estimates", body).json()
    assert [(row["component"], row["amount"], row["on_earlier_sales"]) for row in answer["amounts"]] == [
        ("volume", "90.00", "40.00"),
        ("above", "5.00", "0.00"),
    ]
    refused = problem_of(machine.post("estimates", body | {"product": "NONE"}))
    assert refused["errors"][0]["pointer"] == "/product"
