"""The customer's page of the vendor, the lists its numbers lead to, and the API."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.coverage.queries import sales_by_month
from prm.tenancy.context import tenant_context
from prm.web.format import day
from tests.support.api import Machine, make_key
from tests.support.cast import Cast, Person, make_partner
from tests.support.clients import client_of
from tests.support.coverage import Market, ago, make_market
from tests.support.sales import line, record


@pytest.fixture
def market(cast: Cast) -> Market:
    return make_market(cast)


def page(market: Market, person: Person | None = None, path: str = "") -> str:
    path = path or f"/acme/m/customers/{market.harbour.id}/"
    answer = client_of(person or market.cast.vera).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def links(content: str, words: str) -> list[str]:
    """Addresses of the links that say exactly this."""
    return [unescape(url) for url in re.findall(rf'href="([^"]+)">{re.escape(words)}</a>', content)]


def test_the_page_tells_who_works_with_the_customer(market: Market) -> None:
    content = page(market)
    for said in ("Northwind", "Southwind", "We ourselves (direct)", "€90.00", "€60.00", "US$7.00"):
        assert said in content


@pytest.mark.parametrize(("words", "lines"), [("€90.00", 3), ("€60.00", 1), ("US$7.00", 1)])
def test_each_sum_leads_to_its_lines(market: Market, words: str, lines: int) -> None:
    content = page(market)
    (url,) = links(content, words)
    listed = page(market, path=url)
    assert len(re.findall(r'href="/acme/m/sales/[0-9a-f-]{36}/"', listed)) == lines
    assert f">{words}</strong>" in listed
    assert "Customer: Harbour Line" in listed
    assert url in links(content, str(lines))


def test_a_split_line_says_what_of_it_is_credited(market: Market) -> None:
    (url,) = links(page(market), "€60.00")
    listed = page(market, path=url)
    assert "€80.00" in listed
    assert "credited €60.00" in listed
    assert "Credited to: Southwind" in listed


def test_open_deals_and_protections_lead_to_the_deals(market: Market) -> None:
    content = page(market)
    last, over = (ago(15) + timedelta(days=days) for days in (89, 90))
    for url in re.findall(r'href="(/acme/m/deals/\?[^"]+)"', content):
        listed = page(market, path=unescape(url))
        assert listed.count(f"/acme/m/deals/{market.deal.id}/") == 1
        assert "Northwind" in listed
    assert len(re.findall(r'href="/acme/m/deals/\?state=', content)) == 2
    assert content.count(day(last)) == 2
    assert day(over) not in content


def test_a_link_to_a_customer_without_deals_lists_none(market: Market) -> None:
    listed = page(market, path=f"/acme/m/deals/?customer={market.quarry.id}")
    assert "No deal fits these filters" in listed
    assert f"/acme/m/deals/{market.deal.id}/" in page(market, path="/acme/m/deals/?customer=nonsense")


def test_the_activity_tells_months_deals_and_protections_newest_first(market: Market) -> None:
    content = page(market)
    activity = content[content.index("<h2>Activity</h2>") :]
    days = re.findall(r'<time datetime="([0-9-]{10})">', activity)
    assert days == sorted(days, reverse=True)
    assert f"registered {market.deal}" in activity
    assert "Protected for Northwind until" in activity
    assert "Sales of " in activity


def test_a_manager_meets_nobody_of_another_portfolio(market: Market) -> None:
    content = page(market, market.cast.nina)
    assert "Northwind" in content
    for foreign in ("Southwind", "We ourselves", "€60.00", "€80.00", "US$7.00", "€55.55"):
        assert foreign not in content
    assert str(market.cast.southwind.id) not in content


def test_a_managers_months_count_the_own_portfolios_shares(market: Market) -> None:
    content = page(market, market.cast.nina)
    activity = content[content.index("<h2>Activity</h2>") :]
    for url, said in re.findall(r'href="(/acme/m/sales/[^"]+)"><strong>.*?<br>(.*?) in ', activity):
        assert said in page(market, market.cast.nina, path=unescape(url))
    told = [month.amount_minor for month in _months(market)]
    assert sum(told) == 9_000


def _months(market: Market) -> list[Any]:
    with tenant_context(market.cast.acme.id):
        return list(sales_by_month(market.cast.nina.actor, market.harbour))


def test_a_manager_is_not_told_that_others_work_with_it(market: Market) -> None:
    content = page(market, market.cast.nina, path=f"/acme/m/customers/{market.quarry.id}/")
    assert "No partner of yours works with this customer." in content
    assert "Sales, registered deals and protections are told here" in content
    assert "€999.00" not in content


def test_the_page_asks_as_often_for_many_as_for_few(market: Market) -> None:
    cast = market.cast
    client = client_of(cast.vera)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/acme/m/customers/{market.harbour.id}/").status_code == 200
        return len(queries)

    asked()
    few = asked()
    for place in range(6):
        make_partner(cast.acme, f"P{place}", f"Partner {place}")
    with tenant_context(cast.acme.id):
        facts: dict[str, Any] = {"customer": "HARBOUR", "occurred_on": ago(3).isoformat()}
        record(cast.system, [line(f"M-{place}", "5.00", partner=f"P{place}", **facts) for place in range(6)])
    assert asked() == few


def test_machines_are_told_the_same(market: Market) -> None:
    erp = Machine(make_key(market.cast.acme, "customers:read"))
    answer = erp.get(f"customers/{market.harbour.id}/partners").json()
    direct, *partners = answer["data"]
    assert direct == {
        "direct": True,
        "partner_id": None,
        "partner_code": None,
        "partner_name": None,
        "since": ago(40).isoformat(),
        "last_active_on": ago(40).isoformat(),
        "lines": 1,
        "sales": [{"amount": "7.00", "currency": "USD"}],
        "open_deals": 0,
        "protected_until": None,
    }
    northwind = next(row for row in partners if row["partner_code"] == "NW")
    assert (northwind["lines"], northwind["sales"]) == (3, [{"amount": "90.00", "currency": "EUR"}])
    assert northwind["open_deals"] == 1
    assert northwind["protected_until"] == (ago(15) + timedelta(days=90)).isoformat()
    assert answer["has_more"] is False


def test_machines_turn_pages(market: Market) -> None:
    erp = Machine(make_key(market.cast.acme, "customers:read"))
    path, codes = f"customers/{market.harbour.id}/partners", []
    cursor: Any = ""
    for _page in range(3):
        answer = erp.get(path, limit=1, **({"cursor": cursor} if cursor else {})).json()
        codes += [row["partner_code"] for row in answer["data"]]
        cursor = answer["next_cursor"]
    assert codes[0] is None
    assert (set(codes), cursor) == ({None, "NW", "SW"}, None)


def test_machines_need_the_scope_and_a_known_customer(market: Market) -> None:
    path = f"customers/{market.harbour.id}/partners"
    assert Machine(make_key(market.cast.acme, "sales:read")).get(path).status_code == 403
    assert Machine(make_key(market.cast.zenith, "customers:read")).get(path).status_code == 404
