"""The first page: what waits, the figures with links to their rows, the year's line."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from analytics.dashboards.today import outlook_of
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


def test_a_running_period_is_shown_as_long_as_what_it_is_compared_with(cast: Cast) -> None:
    outlook = outlook_of("quarter", cast.acme, date(2026, 11, 29))
    assert outlook.shown_until == date(2026, 11, 29)
    assert outlook.compared == "1 Jul 2026 – 29 Aug 2026"


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
    assert "Southwind" not in page


def test_a_channel_managers_share_is_the_portfolios_of_all_that_the_vendor_sold(acme: Cast) -> None:
    client = client_of(acme.nina)
    page = client.get("/acme/m/?period=12-months").content.decode()
    value, url = tiles(page)["Your share of all sales"]
    assert value == "22.7%"  # 250 of 250 + 750 direct + 100 of Southwind
    assert "of all that the vendor sold, directly too" in page
    assert total_in(client.get(url).content.decode()) == "€250.00"


def test_a_split_line_counts_by_its_share_in_the_figure_and_in_its_list(acme: Cast) -> None:
    shares = [{"partner": "NW", "percent": "60"}, {"partner": "SW", "percent": "40"}]
    with tenant_context(acme.acme.id):
        record(acme.system, [line("A-5", "100.00", occurred_on=day_in(0), partner="SW", splits=shares)])
        follow(acme)
    client = client_of(acme.nina)
    value, url = tiles(client.get("/acme/m/?period=month").content.decode())["Sales of your portfolio"]
    listed = client.get(url).content.decode()
    assert (value, total_in(listed)) == ("€310", "€310.00")
    assert "credited €60.00" in listed
    file = client.get(url.replace("/sales/?", "/sales/export.csv?")).content.decode("utf-8-sig").splitlines()
    assert sorted(row.rsplit(",", 1)[1] for row in file) == ["250.00", "60.00", "Credited amount"]
    table = client_of(acme.vera).get("/acme/m/today/partners/?period=month").content.decode()
    [figure] = re.findall(r'<a href="([^"]+credited=[^"]+)">([^<]+)</a>(?=.*?)', table)[:1]
    whole = client_of(acme.vera).get(figure[0].replace("&amp;", "&")).content.decode()
    assert total_in(whole) == f"€{figure[1]}"


def total_in(page: str) -> str:
    [total] = re.findall(r'<strong class="">([^<]*)</strong>', page)
    return str(total)


def test_an_empty_tenant_is_told_how_to_begin(acme: Cast) -> None:
    page = client_of(acme.zed).get("/zenith/m/?period=year")
    assert page.status_code == 200
    assert "No sales through partners yet" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "offered"), [("vera", True), ("nina", True), ("felix", True), ("otto", False)]
)
def test_only_who_may_import_is_offered_it(cast: Cast, who: str, offered: bool) -> None:
    client = client_of(getattr(cast, who))
    page = client.get("/acme/m/").content.decode()
    assert "No sales through partners yet" in page
    assert ("Import sales" in page) == offered
    answer = client.get("/acme/m/imports/new/?kind=sales").status_code
    assert answer == (200 if offered else 403)


@pytest.mark.parametrize("path", ["/acme/m/", "/acme/m/today/partners/", "/acme/m/today/new-partners/"])
def test_only_staff_of_the_tenant_gets_in(acme: Cast, path: str) -> None:
    assert client_of(acme.zed).get(path).status_code == 404
    assert client_of(acme.paul).get(path).status_code == 404


def test_it_speaks_russian(acme: Cast) -> None:
    client = client_of(acme.vera)
    answer: Any = client.get("/acme/m/?period=month", headers={"accept-language": "ru"})
    assert answer.status_code == 200
