"""The weights of a deal are the default split of the sales that follow."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from partners.customers.actions import create_customer
from partners.deals.models import Deal
from partners.deals.rulings import Part, set_parts
from partners.directory.models import Partner
from partners.products.models import Product, ProductCategory
from partners.sales.actions import void_import, void_sale
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.partners.sales.test_importing import Desk
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast, make_partner
from tests.support.clients import client_of
from tests.support.deals import TAX_ID, approve, make_line, moment, register
from tests.support.sales import effects, line, record, row, sold

HALVES = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """Northwind is protected for Acme's software since 2 March; it sells, Southwind implements: 75 to 25."""
    make_line(cast)
    with tenant_context(cast.acme.id):
        software = ProductCategory.objects.get(code="software")
        hardware = ProductCategory.objects.create(code="hardware", name="Hardware")
        for code, category in (("BIKE", software), ("CASE", hardware), ("LOOSE", None)):
            Product.objects.create(code=code, name=code, category=category, changed_at=NOW)
        for code, facts in (
            ("ACME", {"name": "Other spelling", "tax_id": TAX_ID}),
            ("ELSE", {"name": "Somebody else"}),
        ):
            told: Any = {"code": code, **facts}
            create_customer(actor=cast.vera.actor, facts=told, at=NOW)
    made = approve(cast.nina, register(cast.paul, at=moment(3, 2)), at=moment(3, 2))
    weigh(cast, made, NW="75", SW="25")
    return made


@pytest.fixture
def acme(cast: Cast, deal: Deal) -> Iterator[Cast]:
    with tenant_context(cast.acme.id):
        yield cast


def weigh(cast: Cast, deal: Deal, **weights: str) -> None:
    with tenant_context(cast.acme.id):
        parts = [
            Part(Partner.objects.get(code=code), "sold", Decimal(weight)) for code, weight in weights.items()
        ]
        set_parts(actor=cast.vera.actor, deal=deal, parts=parts, at=NOW)


def acme_line(external_id: str = "A-1", amount: str = "99.99", **facts: Any) -> Any:
    return line(external_id, amount, **{"customer": "ACME", **facts})


def shares(external_id: str = "A-1") -> dict[str, int]:
    rows = SaleSplit.objects.filter(line__external_id=external_id).select_related("partner")
    return {share.partner.code: share.amount_minor for share in rows}


def test_75_to_25_of_99_99(acme: Cast, deal: Deal) -> None:
    record(acme.system, [acme_line()])
    assert shares() == {"NW": 7499, "SW": 2500}
    assert [(term["parts"], term["deal_id"]) for term in sold("A-1").split_terms] == [
        (75, str(deal.id)),
        (25, str(deal.id)),
    ]


def test_fractions_of_a_percent_are_parts_too(acme: Cast, deal: Deal) -> None:
    weigh(acme, deal, NW="66.67", SW="33.33")
    record(acme.system, [acme_line(amount="100.00")])
    assert shares() == {"NW": 6667, "SW": 3333}
    assert [term["parts"] for term in sold("A-1").split_terms] == [6667, 3333]


@pytest.mark.parametrize(
    ("facts", "split"),
    [
        ({}, True),
        ({"partner": "SW"}, True),  # a partner with a part in the deal
        ({"occurred_on": "2026-05-30"}, True),  # the last protected day
        ({"occurred_on": "2026-05-31"}, False),
        ({"occurred_on": "2026-03-01"}, False),
        ({"product": "CASE"}, False),
        ({"product": "LOOSE"}, False),
        ({"customer": "ELSE"}, False),
        ({"customer": None}, False),
        ({"partner": None}, False),
        ({"partner": "XX"}, False),  # a partner without a part
    ],
)
def test_what_belongs_to_the_deal(acme: Cast, facts: dict[str, Any], split: bool) -> None:
    if facts.get("partner") == "XX":
        Partner.objects.create(
            code="XX", name="X", name_key="x", number=99, joined_on=NOW, created_at=NOW, changed_at=NOW
        )
    record(acme.system, [acme_line(**facts)])
    assert bool(shares()) is split


def test_an_explicit_split_wins(acme: Cast) -> None:
    record(acme.system, [acme_line(splits=HALVES)])
    assert shares() == {"NW": 5000, "SW": 4999}
    assert "deal_id" not in sold("A-1").split_terms[0]


def test_a_partner_with_several_parts_has_one_share(acme: Cast, deal: Deal) -> None:
    parts = [
        Part(acme.northwind, "sourced", Decimal(50)),
        Part(acme.northwind, "sold", Decimal(25)),
        Part(acme.southwind, "implemented", Decimal(25)),
    ]
    set_parts(actor=acme.vera.actor, deal=deal, parts=parts, at=NOW)
    record(acme.system, [acme_line()])
    assert shares() == {"NW": 7499, "SW": 2500}


def test_a_deal_of_one_partner_splits_nothing(acme: Cast, deal: Deal) -> None:
    weigh(acme, deal, NW="100")
    record(acme.system, [acme_line()])
    assert sold("A-1").split_terms == []


def test_an_amended_line_follows(acme: Cast) -> None:
    record(acme.system, [acme_line()])
    record(acme.system, [acme_line(amount="200.00")], at=LATER)
    assert shares() == {"NW": 15000, "SW": 5000}
    record(acme.system, [acme_line(amount="200.00", customer="ELSE")], at=LATER + timedelta(hours=1))
    assert shares() == {}


def test_the_same_line_again_keeps_its_split_whatever_the_deal_says_now(acme: Cast, deal: Deal) -> None:
    record(acme.system, [acme_line()])
    weigh(acme, deal, NW="50", SW="50")
    assert effects(record(acme.system, [acme_line()], at=LATER)) == ["unchanged"]
    assert shares() == {"NW": 7499, "SW": 2500}
    weigh(acme, deal)
    assert effects(record(acme.system, [acme_line()], at=LATER)) == ["unchanged"]
    assert SaleLineRevision.objects.count() == 0


def test_a_split_told_later_wins_and_its_end_brings_the_weights_back(acme: Cast) -> None:
    record(acme.system, [acme_line()])
    record(acme.system, [acme_line(splits=HALVES)], at=LATER)
    assert shares() == {"NW": 5000, "SW": 4999}
    record(acme.system, [acme_line()], at=LATER + timedelta(hours=1))
    assert shares() == {"NW": 7499, "SW": 2500}


def test_a_void_voids_the_shares(acme: Cast) -> None:
    record(acme.system, [acme_line()])
    void_sale(actor=acme.vera.actor, line=sold("A-1"), reason="Twice", at=LATER)
    assert set(SaleSplit.objects.values_list("voided", flat=True)) == {True}
    record(acme.system, [acme_line()], at=LATER + timedelta(hours=1))
    assert shares() == {"NW": 7499, "SW": 2500}


def refund(external_id: str = "R-1", amount: str = "33.33", **facts: Any) -> Any:
    return acme_line(
        external_id, amount, **{"kind": "refund", "refunds": "A-1", "occurred_on": "2026-07-01", **facts}
    )


@pytest.mark.parametrize("together", [True, False])
def test_a_refund_is_split_as_its_sale_even_after_the_protection(acme: Cast, together: bool) -> None:
    batches = [[acme_line(), refund()]] if together else [[acme_line()], [refund()]]
    for place, batch in enumerate(batches):
        record(acme.system, batch, at=NOW + timedelta(hours=place))
    assert shares("R-1") == {"NW": 2500, "SW": 833}
    assert sold("R-1").revision == 1


def test_a_refund_that_waited_follows_when_its_sale_arrives(acme: Cast) -> None:
    record(acme.system, [refund()])
    assert shares("R-1") == {}
    record(acme.system, [acme_line()], at=LATER)
    assert shares("R-1") == {"NW": 2500, "SW": 833}


def test_a_refund_follows_its_amended_sale(acme: Cast, deal: Deal) -> None:
    record(acme.system, [acme_line(), refund()])
    weigh(acme, deal, NW="50", SW="50")
    record(acme.system, [acme_line(amount="100.00")], at=LATER)
    assert shares() == {"NW": 5000, "SW": 5000}
    assert shares("R-1") == {"NW": 1667, "SW": 1666}
    record(acme.system, [acme_line(amount="100.00", customer="ELSE")], at=LATER + timedelta(hours=1))
    assert shares("R-1") == {}


def test_an_unlinked_refund_is_a_line_on_its_own_date(acme: Cast) -> None:
    record(acme.system, [refund("R-1", refunds=None, occurred_on="2026-05-30")])
    record(acme.system, [refund("R-2", refunds=None, occurred_on="2026-05-31")])
    assert shares("R-1") == {"NW": 2500, "SW": 833}
    assert shares("R-2") == {}


def test_an_undone_import_puts_the_weights_back(acme: Cast) -> None:
    record(acme.system, [acme_line()])
    batch = uuid7()
    record(acme.system, [acme_line(customer="ELSE")], at=LATER, import_batch=batch)
    assert shares() == {}
    void_import(actor=acme.vera.actor, import_id=batch, at=LATER + timedelta(hours=1))
    assert shares() == {"NW": 7499, "SW": 2500}


def test_the_strongest_key_decides(cast: Cast, deal: Deal) -> None:
    """Southwind is protected for the same company by its name; the tax id of the first claim is stronger."""
    weaker = approve(
        cast.vera, register(cast.sven, "Other spelling", tax_id="", at=moment(3, 2)), at=moment(3, 2)
    )
    weigh(cast, weaker, NW="10", SW="90")
    with tenant_context(cast.acme.id):
        record(cast.system, [acme_line(), acme_line("A-2", partner="SW")])
        assert shares() == shares("A-2") == {"NW": 7499, "SW": 2500}


@pytest.mark.parametrize(("customer", "key"), [("WEB", "web:acme.example"), ("NAME", "name:akme")])
def test_a_claim_without_a_tax_id_meets_the_customer_by_site_or_name(
    cast: Cast, deal: Deal, customer: str, key: str
) -> None:
    facts: Any = {"code": customer, "name": "ACME AG", "tax_id": "DE811569869", "website": "www.acme.example"}
    with tenant_context(cast.acme.id):
        create_customer(actor=cast.vera.actor, facts=facts, at=NOW)
    known: Any = {"domain": "info@acme.example"} if customer == "WEB" else {}
    claim = approve(
        cast.nina, register(cast.paul, "Acme GmbH", tax_id="", at=moment(3, 2), **known), at=moment(3, 2)
    )
    assert claim.claim_key == key
    weigh(cast, claim, NW="60", SW="40")
    with tenant_context(cast.acme.id):
        record(cast.system, [acme_line(customer=customer, amount="10.00")])
        assert shares() == {"NW": 600, "SW": 400}


class TestNamedDeals:
    """A deal named on the line replaces the match by key, but its date must lie in the protection."""

    def test_it_replaces_the_match_by_key(self, acme: Cast, deal: Deal) -> None:
        record(acme.system, [acme_line(customer="ELSE", deal=str(deal))])
        assert shares() == {"NW": 7499, "SW": 2500}
        assert sold("A-1").deal_id == deal.id

    def test_another_named_deal_keeps_the_weights_of_this_one_away(self, cast: Cast, deal: Deal) -> None:
        other = register(cast.paul, "Else", tax_id="7736050003")
        with tenant_context(cast.acme.id):
            record(cast.system, [acme_line(deal=str(other))])
            assert shares() == {}

    def test_its_date_must_lie_in_the_protection(self, acme: Cast, deal: Deal) -> None:
        record(acme.system, [acme_line(customer="ELSE", deal=str(deal), occurred_on="2026-05-31")])
        assert shares() == {}

    def test_one_that_is_not_there_is_refused(self, acme: Cast) -> None:
        assert effects(record(acme.system, [acme_line(deal="D-404")])) == ["unknown_deal"]
        assert not SaleLine.objects.exists()


def test_by_the_door_for_machines(cast: Cast, deal: Deal) -> None:
    erp = Machine(make_key(cast.acme, "sales:write", "sales:read"))
    rows = [
        row("A-1", "99.99", customer="ACME"),
        row("A-2", "99.99", customer="ELSE", deal=f"d-{deal.number}"),
        row("A-3", customer="ACME", deal="the first"),
    ]
    results = erp.post("sales:batch", {"rows": rows}).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 422]
    listed = {one["external_id"]: one for one in erp.get("sales").json()["data"]}
    assert [share["amount"] for share in listed["A-1"]["splits"]] == ["74.99", "25.00"]
    assert listed["A-2"]["split_by_deal_id"] == listed["A-2"]["deal_id"] == str(deal.id)


def test_the_page_of_a_line_says_where_its_split_comes_from(cast: Cast, deal: Deal) -> None:
    with tenant_context(cast.acme.id):
        record(cast.system, [acme_line()])
        line_id = sold("A-1").id
    page = client_of(cast.vera).get(f"/acme/m/sales/{line_id}/").content.decode()
    assert "by the weights of the deal" in page
    assert f"/acme/m/deals/{deal.id}/" in page


def test_a_merged_sellers_line_belongs_to_its_survivors_deal(cast: Cast, deal: Deal) -> None:
    old = make_partner(cast.acme, "OLD", "Old name")
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=old.id).update(merged_into=cast.northwind, merged_at=NOW, status="merged")
        record(cast.system, [acme_line(partner="OLD")])
        assert shares() == {"NW": 7499, "SW": 2500}


def test_by_a_file(cast: Cast, deal: Deal) -> None:
    text = (
        "Line id,Order,Date,Partner,Product,Amount,Currency,Customer code,Deal\n"
        "A-1,SO-1,2026-03-10,NW,BIKE,99.99,EUR,ACME,\n"
        f"A-2,SO-2,2026-03-10,NW,BIKE,99.99,EUR,ELSE,{deal}\n"
        "A-3,SO-3,2026-03-10,NW,BIKE,99.99,EUR,ELSE,first\n"
    )
    desk = Desk(cast)
    desk.apply(desk.take(text))
    with tenant_context(cast.acme.id):
        assert shares("A-1") == shares("A-2") == {"NW": 7499, "SW": 2500}
        assert not SaleLine.objects.filter(external_id="A-3").exists()
