"""A partner's own customers: what it is told, and that it is told of nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from incentives.earnings.models import Entry
from partners.coverage.own import Companies, CompanyFilter, access_own_customer, own_sales
from partners.customers.actions import create_customer
from partners.deals.actions import close_deal
from partners.directory.models import Partner
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.web.format import day
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.coverage import Market, ago, at, make_market
from tests.support.deals import approve, register
from tests.support.sales import line, record, sold

CANARY = "Zxqv Rival Works"
GUARDS = ("own_customers()", "own_customer_lines(ARRAY[%s::uuid])")


@pytest.fixture
def market(cast: Cast) -> Market:
    """Southwind bears a name that no page of Northwind's may hold in any byte."""
    market = make_market(cast)
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=cast.southwind.id).update(name=CANARY)
    return market


def page(person: Person, path: str = "", status: int = 200) -> str:
    answer = client_of(person).get(f"/acme/p/customers/{path}")
    assert answer.status_code == status
    return str(answer.content.decode())


def own_page(market: Market, person: Person | None = None) -> str:
    return page(person or market.cast.paul, f"{market.harbour.id}/")


def asked_by(person: Person, ask: Any) -> Any:
    """In the partner's own scope, as its pages ask."""
    assert person.actor.partner_id is not None
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[person.actor.partner_id]):
        return ask()


def rows_of_guard(guard: str, market: Market) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM guard.{guard}", [market.harbour.id] if "%s" in guard else [])
        return list(cursor.fetchall())


def test_the_list_tells_the_own_work_with_the_own_customers(market: Market) -> None:
    content = page(market.cast.paul)
    assert f'href="/acme/p/customers/{market.harbour.id}/"' in content
    assert "Germany" in content
    assert "€90.00" in content
    assert content.count("<tr>") == 1 + 1
    assert "Quarry Works" not in content


def test_each_partner_is_told_its_own_numbers(market: Market) -> None:
    content = page(market.cast.sven)
    assert "€60.00" in content
    assert "€999.00" in content
    assert "€90.00" not in content
    assert content.count("<tr>") == 1 + 2


def test_the_page_tells_deals_protections_and_sales_by_quarter(market: Market) -> None:
    content = own_page(market)
    assert f'href="/acme/p/deals/{market.deal.id}/"' in content
    assert "Your protections" in content
    assert day(ago(15) + timedelta(days=89)) in content
    assert day(ago(15) + timedelta(days=90)) not in content
    assert "€90.00" in content
    assert '<svg class="sparkline"' in content
    assert f"?customer={market.harbour.id}" in content


def test_no_byte_tells_of_another_partner(market: Market) -> None:
    contents = [page(market.cast.paul), page(market.cast.paul, "?q=Harbour"), own_page(market)]
    for content in contents:
        assert CANARY not in content
        assert str(market.cast.southwind.id) not in content
        for foreign in ("80.00", "60.00", "55.55", "999.00", "7.00"):
            assert f"€{foreign}" not in content


def test_a_siblings_customer_is_missing_like_an_unknown_one(market: Market) -> None:
    foreign = client_of(market.cast.paul).get(f"/acme/p/customers/{market.quarry.id}/")
    unknown = client_of(market.cast.paul).get(f"/acme/p/customers/{uuid7()}/")
    assert (foreign.status_code, unknown.status_code) == (404, 404)


def test_a_claim_alone_does_not_tell_whether_the_vendor_knows_the_company(market: Market) -> None:
    """Registered by its tax id, which the vendor knows, and by one that nobody knows: both look alike."""
    cast = market.cast
    with tenant_context(cast.acme.id):
        facts: Any = {"code": "K", "name": "Known GmbH", "tax_id": "7736050003"}
        known = create_customer(actor=cast.vera.actor, facts=facts, at=at(3))
    claims = [
        register(cast.paul, name, tax_id=tax_id, at=at(1))
        for name, tax_id in (("Typed One", "7736050003"), ("Typed Two", "7740000076"))
    ]
    content = page(cast.paul)
    for claim in claims:
        assert f'<a href="/acme/p/deals/{claim.id}/">{claim.customer}</a>' in content
    assert "Known GmbH" not in content
    page(cast.paul, f"{known.id}/", status=404)
    approve(cast.vera, claims[0], at=at(0))
    assert "Known GmbH" in page(cast.paul)
    assert "Typed One" not in page(cast.paul)
    page(cast.paul, f"{known.id}/")


def test_a_withdrawn_claim_leaves_nothing(market: Market) -> None:
    claim = register(market.cast.paul, "Typed One", tax_id="7740000076", at=at(1))
    assert "Typed One" in page(market.cast.paul)
    with tenant_context(market.cast.acme.id):
        close_deal(actor=market.cast.paul.actor, deal=claim, outcome="withdrawn", at=at(0))
    assert "Typed One" not in page(market.cast.paul)


def test_an_accepted_claim_opens_the_customer_without_a_sale(market: Market) -> None:
    cast = market.cast
    with tenant_context(cast.acme.id):
        facts: Any = {"code": "K", "name": "Known GmbH", "tax_id": "7736050003", "industry": "Gas"}
        known = create_customer(actor=cast.vera.actor, facts=facts, at=at(3))
    approve(cast.vera, register(cast.paul, "Known", tax_id="7736050003", at=at(1)), at=at(1))
    content = page(cast.paul, f"{known.id}/")
    assert "Gas" in content
    assert "7736050003" not in content
    assert "No sale to this customer was credited to you" in content


def test_somebody_without_money_sees_deals_and_no_sales(market: Market) -> None:
    for content in (page(market.cast.mia), own_page(market, market.cast.mia)):
        assert "Harbour Line" in content
        for amount in ("€90.00", "Last sale", "sparkline", "Earned on this customer"):
            assert amount not in content


def test_search_and_country_narrow_the_list(market: Market) -> None:
    sven = market.cast.sven
    assert "Quarry Works" in page(sven, "?q=quarry")
    assert "Harbour Line" not in page(sven, "?q=quarry")
    assert "Quarry Works" not in page(sven, "?country=DE")
    assert "No customer fits these filters" in page(sven, "?q=nobody")


def test_pages_follow_each_other_in_both_directions(market: Market) -> None:
    def walk() -> tuple[list[str], list[str], list[str]]:
        companies = Companies(market.cast.sven.actor, CompanyFilter(), ago(0))
        first = companies.fetch(None, False, 1)
        place = [first[0].name_key, str(first[0].key)]
        second = companies.fetch(place, False, 9)
        back = companies.fetch([second[0].name_key, str(second[0].key)], True, 9)
        return tuple([row.name for row in rows] for rows in (first, second, back))  # type: ignore[return-value]

    assert asked_by(market.cast.sven, walk) == (["Harbour Line"], ["Quarry Works"], ["Harbour Line"])


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_answers_nobody_outside_a_partners_scope(market: Market, guard: str) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"SELECT * FROM guard.{guard}", [market.harbour.id] if "%s" in guard else [])
        assert cursor.cursor.fetchall() == []
    with tenant_context(market.cast.acme.id):
        assert rows_of_guard(guard, market) == []
    with tenant_context(market.cast.zenith.id, scope="partner", partner_ids=[market.cast.northwind.id]):
        assert rows_of_guard(guard, market) == []
    assert asked_by(market.cast.paul, lambda: rows_of_guard(guard, market)) != []


def test_the_guards_tell_own_lines_with_the_own_share(market: Market) -> None:
    lines = asked_by(market.cast.paul, lambda: rows_of_guard(GUARDS[1], market))
    assert {(kind, on, amount) for _customer, _line, kind, on, amount, _currency in lines} == {
        ("sale", ago(30), 10_000),
        ("refund", ago(20), -3_000),
        ("sale", ago(10), 2_000),
    }
    assert asked_by(market.cast.paul, lambda: own_sales([market.quarry.id], ago(0))) == {}


def test_the_walls_of_the_rows_stay(market: Market) -> None:
    def raw() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM partners_customer")
            return int(cursor.fetchone()[0])

    assert asked_by(market.cast.paul, raw) == 0
    told = asked_by(market.cast.paul, lambda: access_own_customer(market.harbour.id))
    assert told.claim_keys == [market.deal.claim_key]
    assert asked_by(market.cast.sven, lambda: access_own_customer(market.harbour.id)).claim_keys == []


def test_a_claim_by_the_name_alone_meets_the_customer(market: Market) -> None:
    claim = register(market.cast.sven, "Harbour Line", tax_id="", at=at(1), join_queue=True)
    told = asked_by(market.cast.sven, lambda: access_own_customer(market.harbour.id))
    assert told.claim_keys == [claim.claim_key]
    assert f'href="/acme/p/deals/{claim.id}/"' in own_page(market, market.cast.sven)
    assert page(market.cast.sven).count("<tr>") == 1 + 2


def test_sales_lists_are_narrowed_to_the_customer(market: Market) -> None:
    paul = client_of(market.cast.paul)
    sold_page = paul.get(f"/acme/p/sales/?customer={market.harbour.id}").content.decode()
    assert "€70.00" in sold_page
    shared = paul.get(f"/acme/p/sales/?customer={market.harbour.id}&tab=shared").content.decode()
    assert "€20.00" in shared
    foreign = paul.get(f"/acme/p/sales/?customer={market.quarry.id}&tab=shared").content.decode()
    assert "€20.00" not in foreign


def test_what_was_earned_is_that_of_own_credited_lines(market: Market) -> None:
    """Not what a partner above earns on another's share, nor another's own."""
    cast = market.cast
    with tenant_context(cast.acme.id):
        record(cast.system, [line("E-1", "5.00", customer="ROAD")])
        _earn(cast.northwind, "N-1", 1_000)
        _earn(cast.northwind, "S-1", 200)
        _earn(cast.northwind, "S-1", 40_000, credited=cast.southwind)
        _earn(cast.northwind, "E-1", 5_000)
        _earn(cast.southwind, "S-1", 600)
    assert "€12.00" in own_page(market)
    listed = client_of(cast.paul).get(f"/acme/p/earnings/?customer={market.harbour.id}").content.decode()
    assert "€12.00" in listed
    assert "€50.00" not in listed


def _earn(partner: Partner, external_id: str, amount_minor: int, *, credited: Partner | None = None) -> None:
    made = dict.fromkeys(("run_id", "plan_id", "version_id"), uuid7())
    sale = sold(external_id)
    Entry.objects.create(
        **made, period_on=date(2026, 1, 1), belongs_on=date(2026, 1, 1), component_id="base", line_id=sale.id,
        credited_partner_id=(credited or partner).id, partner_id=partner.id, occurred_on=sale.occurred_on,
        amount_minor=amount_minor, currency="EUR", payout_amount_minor=amount_minor, payout_currency="EUR",
        free_on=sale.occurred_on, cause="target", recorded_at=at(0),
    )  # fmt: skip
