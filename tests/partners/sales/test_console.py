"""Pages of sales: the filtered list and its total, the file, one line with its story, voiding, the portal."""

from datetime import timedelta
from typing import Any

import pytest

from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from prm.web import panels
from prm.web.panels import Panel, add_panel
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.sales import line, record, sold, stock

SHARED = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]


@pytest.fixture
def acme(cast: Cast) -> Cast:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(
            cast.system,
            [
                line("A-1", "100.00", order_number="SO-1", customer="ROAD"),
                line("A-2", "30.00", kind="refund", refunds="A-1", occurred_on="2026-03-20"),
                line("S-1", "50.00", partner="SW", product="HELMET", source="shop"),
                line("D-1", "7.00", partner=None, currency="USD"),
                line("X-1", "10.00", partner="SW", splits=SHARED, occurred_on="2026-04-01"),
                line("W-1", "1.00", kind="refund", refunds="unknown"),
            ],
        )
    return cast


def listed(page: Any) -> set[str]:
    content = page.content.decode()
    return {name for name in ("A-1", "A-2", "S-1", "D-1", "X-1", "W-1") if f">{name}</a>" in content}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"A-1", "A-2", "S-1", "D-1", "X-1", "W-1"}),
        ("since=2026-03-20&until=2026-03-31", {"A-2"}),
        ("kind=refund", {"A-2", "W-1"}),
        ("seller=direct", {"D-1"}),
        ("seller=partner&kind=sale", {"A-1", "S-1", "X-1"}),
        ("source=shop", {"S-1"}),
        ("category=bikes&kind=sale", {"A-1", "D-1", "X-1"}),
        ("category=none", {"S-1"}),
        ("q=SO-1", {"A-1"}),
        ("q=X-1", {"X-1"}),
        ("status=waiting", {"W-1"}),
        ("status=voided", set()),
        ("since=nonsense", {"A-1", "A-2", "S-1", "D-1", "X-1", "W-1"}),
        ("import=nonsense", {"A-1", "A-2", "S-1", "D-1", "X-1", "W-1"}),
    ],
)
def test_the_list_shows_what_the_filter_says(acme: Cast, query: str, names: set[str]) -> None:
    page = client_of(acme.vera).get(f"/acme/m/sales/?{query}")
    assert (page.status_code, listed(page)) == (200, names)


def test_totals_are_over_the_filter_net_of_refunds(acme: Cast) -> None:
    page = client_of(acme.vera).get(f"/acme/m/sales/?partner={acme.northwind.id}").content.decode()
    assert "Total in EUR: 4 lines" in page
    assert "€79.00" in page
    every = client_of(acme.vera).get("/acme/m/sales/").content.decode()
    assert "$7.00" in every


def test_the_file_holds_the_filter(acme: Cast) -> None:
    answer = client_of(acme.vera).get("/acme/m/sales/export.csv?source=shop")
    assert answer["Content-Disposition"] == 'attachment; filename="sales.csv"'
    _head, row = answer.content.decode("utf-8-sig").splitlines()
    assert row == "shop,S-1,sale,2026-03-10,,SW,Southwind,HELMET,Helmet,,1,50.00,EUR,,,,"


def test_a_channel_manager_meets_the_own_portfolio_alone(acme: Cast) -> None:
    client = client_of(acme.nina)
    assert listed(client.get("/acme/m/sales/")) == {"A-1", "A-2", "X-1", "W-1"}
    with tenant_context(acme.acme.id):
        foreign, own = sold("S-1").id, sold("A-1").id
    assert client.get(f"/acme/m/sales/{own}/").status_code == 200
    assert client.get(f"/acme/m/sales/{foreign}/").status_code == 404


def test_a_line_tells_its_story(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        record(
            acme.system,
            [line("A-1", "90.00", order_number="SO-1", customer="ROAD", partner="SW", splits=SHARED)],
            at=NOW + timedelta(days=1),
        )
        line_id = sold("A-1").id
    page = client_of(acme.vera).get(f"/acme/m/sales/{line_id}/").content.decode()
    for told in (
        "Net amount: €100.00 → €90.00",
        "Partner: Northwind → Southwind",
        "First told",
        "Revision 2",
    ):
        assert told in page
    assert "Northwind 50%; Southwind 50%" in page
    assert "A-2" in page


def test_other_rooms_add_panels(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(panels._panels, "sale", [])
    panel = Panel("What it earned", "components/empty.html", {})
    add_panel("sale", lambda actor, line_id: panel, permission="sales.view")
    add_panel("sale", lambda actor, line_id: None, permission="sales.view")
    with tenant_context(acme.acme.id):
        line_id = sold("A-1").id
    assert "What it earned" in client_of(acme.vera).get(f"/acme/m/sales/{line_id}/").content.decode()


def test_a_void_needs_a_reason_and_the_right(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        line_id = sold("S-1").id
    path = f"/acme/m/sales/{line_id}/void/"
    assert client_of(acme.felix).post(path, {"reason": "x"}).status_code == 403
    assert client_of(acme.vera).post(path, {"reason": ""}).status_code == 422
    with tenant_context(acme.acme.id):
        assert sold("S-1").voided is False
    assert client_of(acme.vera).post(path, {"reason": "sent twice"}).status_code == 302
    assert client_of(acme.vera).post(path, {"reason": "again"}).status_code == 302
    with tenant_context(acme.acme.id):
        assert (sold("S-1").voided, sold("S-1").revision) == (True, 2)
    assert listed(client_of(acme.vera).get("/acme/m/sales/?status=voided")) == {"S-1"}


def test_a_partner_sees_what_it_sold_and_what_is_shared(acme: Cast) -> None:
    own = client_of(acme.paul).get("/acme/p/sales/").content.decode()
    assert "SO-1" in own
    assert "Total in EUR: 3 lines" in own
    assert "S-1" not in own
    shared = client_of(acme.paul).get("/acme/p/sales/?tab=shared").content.decode()
    assert "Total in EUR: 1 line" in shared
    assert "€5.00" in shared
    assert "€10.00" not in shared
    assert "Road Club" not in own
    southwind = client_of(acme.sven).get("/acme/p/sales/").content.decode()
    assert "your share €5.00" in southwind
    assert "SO-1" not in southwind


def test_money_is_for_those_who_may_see_it(acme: Cast) -> None:
    assert client_of(acme.mia).get("/acme/p/sales/").status_code == 403


def test_the_other_tenant_meets_nothing(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        line_id = SaleLine.objects.first().id  # type: ignore[union-attr]
    for path in ("sales/", "sales/export.csv", f"sales/{line_id}/"):
        assert client_of(acme.zed).get(f"/acme/m/{path}").status_code == 404
    assert client_of(acme.zed).get(f"/zenith/m/sales/{line_id}/").status_code == 404
    assert listed(client_of(acme.zed).get("/zenith/m/sales/")) == set()
    assert client_of(acme.zed).post(f"/zenith/m/sales/{line_id}/void/", {"reason": "x"}).status_code == 404
