"""What a deal would earn: for its partner, for those above, and what it changes on earlier sales."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from incentives.trials.deal_estimates import estimate_deal
from incentives.trials.estimates import Estimate, Estimated, Offer, OfferedLine, estimate
from incentives.trials.models import DealEstimate, DealProduct, EstimatedAmount
from incentives.trials.offers import tell_products
from incentives.trials.refusals import DealIsOver
from partners.deals.actions import register_deal
from partners.deals.models import Deal, DealState
from partners.directory.models import PartnerParent
from partners.products.models import Product, ProductCategory
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import amounts_of, assign, calculate, make_plan, make_product, publish, sell
from tests.support.rows import nothing_written, nothing_written_in

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
    with tenant_context(cast.acme.id):
        return registered(cast)


def registered(cast: Cast) -> Deal:
    facts: Any = {
        "customer": "Globex",
        "amount_minor": 500_00,
        "currency": "EUR",
        "closes_on": date(2026, 3, 1),
        "line": ProductCategory.objects.get(),
    }
    deal = register_deal(actor=cast.paul.actor, partner=cast.northwind, facts=facts, at=NOW)
    return Deal.objects.get(id=deal.id)


def told(found: Sequence[Estimated]) -> list[tuple[str, int, int]]:
    return [(one.component_id, one.amount_minor, one.earlier_minor) for one in found]


def test_an_estimate_is_what_the_sale_then_earns_and_writes_nothing(cast: Cast, product: Product) -> None:
    offer = Offer(cast.northwind.id, [OfferedLine(product.id, 500_00)], "EUR", NOW.date())
    calculate(cast.acme, JAN, at=datetime(2026, 4, 2, 12, tzinfo=UTC))
    with tenant_context(cast.acme.id), nothing_written():
        found = estimate(offer, at=NOW).amounts
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


@pytest.mark.parametrize(
    ("mode", "earns", "rate"), [("retroactive", "€50.00", "10%"), ("marginal", "€45.00", "")]
)
def test_a_rate_is_told_where_it_alone_makes_the_amount(cast: Cast, mode: str, earns: str, rate: str) -> None:
    with tenant_context(cast.acme.id):
        paid_by(
            {**VOLUME, "mode": mode, "tiers": [{"from": "0", "rate": "0.08"}, {"from": "250", "rate": "0.1"}]}
        )
        deal = registered(cast)
        estimate_deal(deal_id=deal.id, at=NOW)
    page = client_of(cast.paul).get(f"/acme/p/deals/{deal.id}/").content.decode()
    (line,) = [line for line in page.splitlines() if "— Volume" in line]
    assert f"about {earns}" in page
    assert line.strip() == (f"— Volume, {rate}" if rate else "— Volume")


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


MARGIN = {"id": "margin", "type": "rate", "rate": "0.2", "basis": "margin"}
PER_UNIT = {"id": "each", "type": "per_unit", "amount": "3"}
RECURRING = {"id": "monthly", "type": "recurring", "rate": "0.1", "months": 3}


def paid_by(*components: dict[str, Any]) -> Product:
    """Everybody is paid by these alone."""
    plan = make_plan()
    publish(plan, list(components))
    assign(plan)
    return make_product("HW", "hardware")


def estimated(cast: Cast, product: Product, **facts: Any) -> Estimate:
    line = OfferedLine(product.id, 500_00, **facts)
    with nothing_written():
        return estimate(Offer(cast.northwind.id, [line], "EUR", NOW.date()), at=NOW)


def earned(cast: Cast, product: Product, *days: date, **facts: Any) -> int:
    """What the sale then earns, of all that its days are in."""
    with tenant_context(cast.acme.id):
        for place, day in enumerate(days):
            sell(cast.northwind, product, f"A{place}", day, 500_00, **facts)
    months = sorted({day.replace(day=1) for day in days})
    at = datetime(2026, 8, 1, 12, tzinfo=UTC)
    return sum(sum(amounts_of(calculate(cast.acme, month, at=at))) for month in months)


def test_a_plan_on_margin_asks_for_the_cost_and_with_it_estimates_what_the_sale_earns(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(MARGIN)
        without = estimated(cast, product)
        known = estimated(cast, product, cost_minor=350_00)
    assert (without.amounts, without.missing, without.unpaid) == ([], ["cost"], [])
    assert (told(known.amounts), known.missing) == ([("margin", 30_00, 0)], [])
    assert earned(cast, product, NOW.date(), cost_minor=350_00) == 30_00


def test_a_plan_per_unit_takes_one_says_so_and_with_the_quantity_estimates_what_the_sale_earns(
    cast: Cast,
) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(PER_UNIT)
        without = estimated(cast, product)
        known = estimated(cast, product, quantity=Decimal(7))
    assert (told(without.amounts), without.missing) == ([("each", 3_00, 0)], ["quantity"])
    assert (told(known.amounts), known.missing) == ([("each", 21_00, 0)], [])
    assert earned(cast, product, NOW.date(), quantity=Decimal(7)) == 21_00


def test_a_recurring_plan_asks_for_the_months_and_pays_those_that_it_covers(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(RECURRING)
        without = estimated(cast, product)
        known = estimated(cast, product, months=5)
    assert (without.amounts, without.missing, without.unpaid) == ([], ["subscription"], [])
    assert (told(known.amounts), known.missing, known.unpaid) == ([("monthly", 150_00, 0)], [], [])
    days = [date(2026, month, 10) for month in range(2, 7)]
    assert earned(cast, product, *days, subscription_ref="S-1") == 150_00


def test_a_fact_that_a_condition_makes_needless_is_not_asked_for(cast: Cast) -> None:
    other = {"all": [{"fact": "product", "op": "in", "value": ["SW"]}]}
    with tenant_context(cast.acme.id):
        product = paid_by({**MARGIN, "where": other}, {**PER_UNIT, "where": other})
        found = estimated(cast, product)
    assert (found.amounts, found.missing) == ([], [])
    (unpaid,) = found.unpaid
    assert (unpaid.partner_id, unpaid.reason) == (cast.northwind.id, "where_failed")
    assert unpaid.facts == {"fact": "product", "op": "in", "value": "SW", "actual": "HW"}


def test_a_part_that_pays_does_not_hide_what_another_part_lacks(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by({"id": "flat", "type": "rate", "rate": "0.01"}, MARGIN)
        found = estimated(cast, product)
    assert (told(found.amounts), found.missing, found.unpaid) == ([("flat", 5_00, 0)], ["cost"], [])


def test_a_deal_of_several_products_is_estimated_by_what_was_told_of_each(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        hardware = paid_by(MARGIN, PER_UNIT)
        support = make_product("SU", "hardware")
        deal = registered(cast)
        first = estimate_deal(deal_id=deal.id, at=NOW)
        lines = [
            OfferedLine(hardware.id, 300_00, Decimal(2), 100_00),
            OfferedLine(support.id, 200_00, Decimal(1), 50_00),
        ]
        tell_products(actor=cast.paul.actor, deal=deal, lines=lines, at=NOW)
        second = estimate_deal(deal_id=deal.id, at=NOW)
        assert first is not None
        assert second is not None
        kept = dict(EstimatedAmount.objects.values_list("component_id", "amount_minor"))
    assert first.missing == ["product", "cost", "quantity"]
    assert [line["product"] for line in first.taken] == ["HW"]
    assert (second.missing, kept) == ([], {"margin": 70_00, "each": 9_00})
    assert [(line["product"], line["amount_minor"]) for line in second.taken] == [
        ("HW", 300_00),
        ("SU", 200_00),
    ]


def test_either_side_tells_the_products_on_its_page_and_reads_what_is_missing(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(PER_UNIT)
        deal = registered(cast)
    typed = {"product_0": str(product.id), "amount_0": "500.00", "quantity_0": "7", "months_0": ""}
    twice = {**typed, **{f"{name[:-1]}1": value for name, value in typed.items()}}
    for person, face in ((cast.paul, "p"), (cast.nina, "m")):
        with tenant_context(cast.acme.id):
            tell_products(actor=cast.paul.actor, deal=deal, lines=[], at=NOW)
            estimate_deal(deal_id=deal.id, at=NOW)
        client, address = client_of(person), f"/acme/{face}/deals/{deal.id}/"
        page = client.get(address).content.decode()
        assert ("Tell the quantity" in page, "about €3.00" in page) == (True, True)
        with nothing_written_in(cast.acme):
            refused = client.post(address + "products/", twice)
            assert (refused.status_code, "Row 2, Product" in refused.content.decode()) == (422, True)
            assert client.post(address + "products/", typed | {"amount_0": ""}).status_code == 422
        assert client.post(address + "products/", typed).status_code == 302
        with tenant_context(cast.acme.id):
            estimate_deal(deal_id=deal.id, at=NOW)
        page = client.get(address).content.decode()
        assert ("Tell the quantity" in page, "about €21.00" in page) == (False, True)


def test_the_vendor_alone_reads_and_tells_the_cost_and_the_partner_changes_it_by_no_other_word(
    cast: Cast,
) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(MARGIN)
        deal = registered(cast)
        estimate_deal(deal_id=deal.id, at=NOW)
    own, staff = client_of(cast.paul), client_of(cast.nina)
    page = own.get(f"/acme/p/deals/{deal.id}/").content.decode()
    assert ("The cost is missing" in page, "no rule of" in page) == (True, False)
    assert "Tell the cost" in staff.get(f"/acme/m/deals/{deal.id}/").content.decode()
    typed = {
        "product_0": str(product.id),
        "amount_0": "500.00",
        "quantity_0": "2",
        "cost_0": "350",
        "months_0": "",
    }
    address = f"/acme/p/deals/{deal.id}/products/"

    def costs() -> list[int | None]:
        with tenant_context(cast.acme.id):
            return list(DealProduct.objects.values_list("cost_minor", flat=True))

    assert own.post(address, typed).status_code == 302
    assert costs() == [None]
    assert staff.post(f"/acme/m/deals/{deal.id}/products/", typed).status_code == 302
    assert costs() == [350_00]
    form = own.get(address).content.decode()
    assert [word in form for word in ("cost", "350.00", "with them amount and quantity are")] == [
        False,
        False,
        True,
    ]
    assert own.post(address, typed | {"cost_0": "1"}).status_code == 302
    assert costs() == [350_00]
    assert own.post(address, typed | {"quantity_0": "3"}).status_code == 302
    assert costs() == [None]


def test_a_deal_that_is_over_takes_no_products(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = paid_by(MARGIN)
        deal = registered(cast)
        lines = [OfferedLine(product.id, 500_00)]
        tell_products(actor=cast.paul.actor, deal=deal, lines=lines, at=NOW)
        Deal.objects.filter(id=deal.id).update(state=DealState.LOST)
        with nothing_written(), pytest.raises(DealIsOver):
            tell_products(actor=cast.paul.actor, deal=deal, lines=lines, at=NOW)


def test_a_machine_tells_cost_quantity_and_months_and_hears_what_is_missing(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        paid_by(MARGIN, PER_UNIT, RECURRING)
    machine = Machine(make_key(cast.acme, "earnings:read"))
    body = {"partner": cast.northwind.code, "product": "HW", "amount": "500.00", "currency": "EUR",
            "occurred_on": "2026-02-10"}  # fmt: skip
    assert machine.post("estimates", body).json()["missing"] == ["cost", "quantity", "months"]
    whole = machine.post("estimates", body | {"cost": "350.00", "quantity": "7", "months": 2}).json()
    amounts = {row["component"]: row["amount"] for row in whole["amounts"]}
    assert amounts == {"margin": "60.00", "each": "42.00", "monthly": "100.00"}
    assert (whole["missing"], whole["unpaid"]) == ([], [])
