"""What the vendor sold itself to a claimed customer; sales that met a protection and did not match it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partners.conflicts.queries import explained
from partners.customers.actions import create_customer
from partners.customers.models import Customer
from partners.deals.models import Deal
from partners.deals.rulings import Part, set_parts
from partners.sales.claims import a_year_before, direct_sale_flags
from partners.sales.models import SaleLine
from partners.sales.unmatched import unmatched_sales
from prm.accounts.actor import Actor
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import make_product, sell
from tests.support.deals import TAX_ID, approve, make_line, register

TODAY = NOW.date()


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


def customer(cast: Cast, code: str = "C1", **facts: Any) -> Customer:
    told: Any = {"code": code, "name": "ACME", "tax_id": TAX_ID, **facts}
    return create_customer(actor=cast.vera.actor, facts=told, at=NOW)


def flags(cast: Cast, *deals: Deal) -> dict[str, str]:
    with tenant_context(cast.acme.id):
        found = direct_sale_flags(list(deals))
        return {str(deal): found[deal.id] for deal in deals if deal.id in found}


@pytest.mark.parametrize(
    ("day", "before"), [(date(2026, 4, 1), date(2025, 4, 1)), (date(2028, 2, 29), date(2027, 2, 28))]
)
def test_a_year_is_twelve_months(day: date, before: date) -> None:
    assert a_year_before(day) == before


@pytest.mark.parametrize(
    ("sold_on", "flagged"),
    [
        (date(2026, 4, 1), True),
        (date(2025, 4, 1), True),
        (date(2025, 3, 31), False),
        (date(2026, 4, 2), False),
    ],
)
def test_direct_sales_of_the_twelve_months_before_are_flagged(
    acme: Cast, sold_on: date, flagged: bool
) -> None:
    deal, other = register(acme.paul), register(acme.sven, "Other", tax_id="7736050003")
    with tenant_context(acme.acme.id):
        sell(None, make_product(), "L1", sold_on, 100, customer=customer(acme))
    assert (str(deal) in flags(acme, deal, other)) is flagged
    assert str(other) not in flags(acme, deal, other)


def test_a_split_line_without_a_partner_is_no_direct_sale(acme: Cast) -> None:
    deal = register(acme.paul)
    with tenant_context(acme.acme.id):
        terms = [{"partner_id": str(acme.southwind.id), "parts": 1}]
        sell(None, make_product(), "L1", TODAY, 100, customer=customer(acme), split_terms=terms)
    assert flags(acme, deal) == {}
    page = client_of(acme.vera).get(f"/acme/m/deals/{deal.id}/").content.decode()
    assert "We sold to this customer ourselves" not in page


@pytest.mark.parametrize(
    ("claimed", "known"),
    [
        ({"tax_id": "", "domain": "acme.example"}, {"website": "https://www.acme.example"}),
        ({"tax_id": "", "domain": ""}, {"name": "Acme GmbH"}),
        ({"tax_id": "DE136695976"}, {"tax_id": "136695976"}),
    ],
)
def test_the_customer_is_found_by_every_key(
    acme: Cast, claimed: dict[str, Any], known: dict[str, Any]
) -> None:
    deal = register(acme.paul, "Acme GmbH", **claimed)
    with tenant_context(acme.acme.id):
        sell(None, make_product(), "L1", TODAY, 100, customer=customer(acme, **known))
    assert list(flags(acme, deal)) == [str(deal)]


def test_the_queue_shows_the_flag(acme: Cast) -> None:
    register(acme.paul)
    with tenant_context(acme.acme.id):
        sell(None, make_product(), "L1", TODAY - timedelta(days=30), 100, customer=customer(acme))
    page = client_of(acme.vera).get("/acme/m/deals/", {"state": "submitted"}).content.decode()
    assert "We sold to them: 2 Mar 2026" in page


@pytest.fixture
def protected(acme: Cast) -> Deal:
    return approve(acme.vera, register(acme.paul))


DAY = TODAY + timedelta(days=5)


def unmatched(cast: Cast, actor: Actor | None = None) -> dict[str, str]:
    with tenant_context(cast.acme.id):
        rows = list(unmatched_sales(actor or cast.vera.actor).order_by("external_id"))
        return {row.line.external_id: row.why for row in explained(rows)}


def test_every_sale_beside_a_protection_says_why(acme: Cast, protected: Deal) -> None:
    with tenant_context(acme.acme.id):
        buyer, software = customer(acme), make_product("S", category="software")
        for key, seller, product, on in (
            ("direct", None, software, DAY),
            ("rival", acme.southwind, software, DAY),
            ("own", acme.northwind, software, DAY),
            ("other line", acme.northwind, make_product("H", category="hardware"), DAY),
            ("no category", acme.northwind, make_product("N"), DAY),
            ("before", None, software, TODAY - timedelta(days=1)),
            ("after", None, software, TODAY + timedelta(days=90)),
        ):
            sell(seller, product, key, on, 10_000, customer=buyer)
        sell(None, software, "void", DAY, 1, customer=buyer, voided=True)
        sell(acme.northwind, software, "other deal", DAY, 1, customer=buyer, deal_id=buyer.id)
    assert unmatched(acme) == {
        "direct": "sold_by_us",
        "rival": "sold_by_other",
        "other line": "other_line",
        "no category": "no_category",
        "other deal": "other_deal",
    }


def test_whoever_has_a_part_or_a_share_matches(acme: Cast, protected: Deal) -> None:
    with tenant_context(acme.acme.id):
        parts = [Part(acme.northwind, "sold", Decimal(60)), Part(acme.southwind, "sold", Decimal(40))]
        set_parts(actor=acme.vera.actor, deal=protected, parts=parts, at=NOW)
        buyer, software = customer(acme), make_product("S", category="software")
        sell(acme.southwind, software, "part", DAY, 1, customer=buyer)
        terms = [{"partner_id": str(acme.northwind.id), "parts": 1}]
        sell(None, software, "share", DAY, 1, customer=buyer, split_terms=terms)
    assert unmatched(acme) == {}


def test_none_is_left_out_and_the_page_counts_them(acme: Cast, protected: Deal) -> None:
    with tenant_context(acme.acme.id):
        buyer, software = customer(acme), make_product("S", category="software")
        for n in range(53):
            sell(None, software, f"L{n:02}", DAY, 100, customer=buyer)
    vera = client_of(acme.vera)
    assert "53 sales to protected customers" in vera.get("/acme/m/conflicts/").content.decode()
    page = vera.get("/acme/m/conflicts/unmatched/").content.decode()
    assert "53 sales to customers that were protected on their day." in page
    assert page.count("We sold it ourselves.") == 50
    with tenant_context(acme.acme.id):
        assert SaleLine.objects.count() == unmatched_sales(acme.vera.actor).count()


def test_a_manager_sees_what_touches_the_own_partners(acme: Cast, protected: Deal) -> None:
    theirs = approve(acme.vera, register(acme.sven, "Other", tax_id="7736050003"))
    with tenant_context(acme.acme.id):
        software = make_product("S", category="software")
        sell(None, software, "mine", DAY, 1, customer=customer(acme))
        other = customer(acme, "C2", name="Other", tax_id="7736050003")
        sell(None, software, "theirs", DAY, 1, customer=other)
    assert list(unmatched(acme, acme.nina.actor)) == ["mine"]
    assert list(unmatched(acme)) == ["mine", "theirs"]
    page = client_of(acme.nina).get("/acme/m/conflicts/unmatched/").content.decode()
    assert f"/acme/m/deals/{protected.id}/" in page
    assert str(theirs.id) not in page
