"""The first page: what waits, the figures with links to their rows, the year's line."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from prm.tenancy.context import tenant_context
from tests.analytics.facts.test_actions import follow
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.sales import line, record, stock


def day_in(months_back: int) -> str:
    first = timezone.localdate().replace(day=1)
    for _month in range(months_back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.isoformat()


@pytest.fixture
def acme(cast: Cast) -> Cast:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(
            cast.system,
            [
                line("A-1", "250.00", occurred_on=day_in(0)),
                line("A-2", "750.00", occurred_on=day_in(0), partner=None),
                line("A-3", "100.00", occurred_on=day_in(1), partner="SW"),
                line("A-4", "100.00", occurred_on=day_in(12)),
            ],
        )
        follow(cast)
    return cast


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Value and link by label."""
    found = re.findall(
        r'<a class="tile" href="([^"]*)">\s*<span class="tile-label">([^<]*)</span>\s*'
        r'<span class="tile-value"[^>]*>([^<]*)<',
        page,
    )
    return {label: (value, url.replace("&amp;", "&")) for url, label, value in found}


def test_the_page_shows_the_figures_of_the_period(acme: Cast) -> None:
    page = client_of(acme.vera).get("/acme/m/?period=month")
    assert page.status_code == 200
    found = tiles(page.content.decode())
    assert found["Sales through partners"][0] == "€250"
    assert found["Share of all sales"][0] == "25%"
    assert found["Partners that sold"][0] == "1"
    assert "A year before" in page.content.decode()


def test_a_figure_opens_exactly_its_rows(acme: Cast) -> None:
    client = client_of(acme.vera)
    found = tiles(client.get("/acme/m/?period=month").content.decode())
    for label, total in (("Sales through partners", "€250.00"), ("Share of all sales", "€1,000.00")):
        url = found[label][1]
        assert parse_qs(urlsplit(url).query)["since"] == [day_in(0)]
        assert f'<strong class="">{total}</strong>' in client.get(url).content.decode()
    for label in ("New partners", "Partners that sold"):
        assert client.get(found[label][1]).status_code == 200


def test_the_table_of_partners_and_its_file(acme: Cast) -> None:
    client = client_of(acme.vera)
    page = client.get("/acme/m/today/partners/?period=12-months").content.decode()
    assert page.index("Northwind") < page.index("Southwind")
    file = client.get("/acme/m/today/partners/?period=12-months&format=csv").content.decode("utf-8-sig")
    assert file.splitlines()[1] == "NW,Northwind,250.00,100.00,EUR"


def test_a_channel_manager_sees_the_portfolio_alone(acme: Cast) -> None:
    page = client_of(acme.nina).get("/acme/m/?period=12-months").content.decode()
    found = tiles(page)
    assert found["Sales of your portfolio"][0] == "€250"
    assert "Share of all sales" not in found
    assert "Southwind" not in page


def test_an_empty_tenant_is_told_how_to_begin(acme: Cast) -> None:
    page = client_of(acme.zed).get("/zenith/m/?period=year")
    assert page.status_code == 200
    assert "No sales through partners yet" in page.content.decode()


@pytest.mark.parametrize("path", ["/acme/m/", "/acme/m/today/partners/", "/acme/m/today/new-partners/"])
def test_only_staff_of_the_tenant_gets_in(acme: Cast, path: str) -> None:
    assert client_of(acme.zed).get(path).status_code == 404
    assert client_of(acme.paul).get(path).status_code == 404


def test_it_speaks_russian(acme: Cast) -> None:
    client = client_of(acme.vera)
    answer: Any = client.get("/acme/m/?period=month", headers={"accept-language": "ru"})
    assert answer.status_code == 200
