"""A distributor sees the partners below it as of today, and the sales of the dates on which each was below it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from partners.directory.actions import move_partner
from partners.directory.below import partners_below
from partners.directory.models import Partner
from partners.sales.actions import record_sales
from partners.sales.below import lines_below, totals_below
from partners.sales.models import SaleLine
from partners.sales.rules import LineInput, Share
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast, Person, make_partner, make_person
from tests.support.clients import client_of
from tests.support.commission import make_product, sell

MOVED_ON = date(2026, 3, 1)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def shop(cast: Cast) -> Partner:
    """Below Northwind until the end of February, below Southwind's reseller Middle from March; sold in each month."""
    shop = make_partner(cast.acme, "SH", "Shop")
    middle = make_partner(cast.acme, "MI", "Middle")
    with tenant_context(cast.acme.id):
        for partner, parent, day in (
            (middle, cast.southwind, date(2026, 1, 1)),
            (shop, cast.northwind, date(2026, 1, 1)),
            (shop, middle, MOVED_ON),
        ):
            move_partner(actor=cast.vera.actor, partner=partner, parent=parent, starts_on=day, at=NOW)
        product = make_product()
        for month, amount in ((1, 10_000), (2, 20_000), (3, 40_000), (4, 80_000)):
            sell(shop, product, f"S{month}", date(2026, month, 1), amount)
        sell(cast.northwind, product, "NW1", date(2026, 1, 5), 777)
    return shop


def seen_by(person: Person, ask: Any) -> Any:
    """In the partner's own scope, as its pages ask."""
    assert person.actor.partner_id is not None
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[person.actor.partner_id]):
        return ask()


def names_below(person: Person, on: date) -> list[str]:
    return [partner.name for partner in seen_by(person, lambda: partners_below(on))]


def months_below(person: Person, of: Partner) -> list[int]:
    lines = seen_by(person, lambda: lines_below(*YEAR, of.id))
    return sorted(line.occurred_on.month for line in lines)


@pytest.mark.parametrize(
    ("day", "north", "south"),
    [(date(2026, 2, 28), ["Shop"], ["Middle"]), (date(2026, 3, 1), [], ["Middle", "Shop"])],
)
def test_the_partners_below_as_of_two_dates(
    cast: Cast, shop: Partner, day: date, north: list[str], south: list[str]
) -> None:
    assert names_below(cast.paul, day) == north
    assert names_below(cast.sven, day) == south


def test_each_sees_the_sales_of_its_own_days(cast: Cast, shop: Partner) -> None:
    assert months_below(cast.paul, shop) == [1, 2]
    assert months_below(cast.sven, shop) == [3, 4]


def test_totals_are_those_of_the_lines(cast: Cast, shop: Partner) -> None:
    (north,) = seen_by(cast.paul, lambda: totals_below(*YEAR))
    (south,) = seen_by(cast.sven, lambda: totals_below(*YEAR))
    assert (north.seller, north.lines, north.amount_minor) == ("Shop", 2, 30_000)
    assert (south.seller, south.lines, south.amount_minor) == ("Shop", 2, 120_000)


def test_of_a_split_line_those_below_count_their_shares(cast: Cast, shop: Partner) -> None:
    """Whoever sold it: what is credited to a partner below, and no more."""
    shares = (Share("SH", percent=Decimal(40)), Share("SW", percent=Decimal(60)))
    row = LineInput(
        source="erp", external_id="SPLIT", kind="sale", occurred_on=date(2026, 2, 3), product="P1",
        quantity=Decimal(5), amount_minor=100_000, currency="EUR", order_number="", partner="SH",
        customer=None, cost_minor=None, splits=shares, refunds="",
    )  # fmt: skip
    with tenant_context(cast.acme.id):
        record_sales(actor=cast.vera.actor, rows=[row], mode="atomic", at=NOW)
    (north,) = seen_by(cast.paul, lambda: totals_below(*YEAR))
    assert (north.lines, north.amount_minor) == (3, 30_000 + 40_000)
    lines = seen_by(cast.paul, lambda: lines_below(*YEAR, shop.id))
    assert [line.quantity for line in lines if line.amount_minor == 40_000] == [Decimal(2)]


def test_nobody_sees_upwards_or_sideways(cast: Cast, shop: Partner) -> None:
    below = make_person(cast.acme, "sam@shop.example", "partner_admin", partner_id=shop.id)
    assert names_below(below, date(2026, 4, 1)) == []
    assert seen_by(below, lambda: totals_below(*YEAR)) == []
    assert months_below(cast.sven, cast.northwind) == []


def test_the_walls_of_the_rows_stay(cast: Cast, shop: Partner) -> None:
    """What the guard tells opens no table: lines and companies of those below stay hidden from raw SQL."""

    def raw() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM partners_partner WHERE id = %s", [shop.id])
            partners = cursor.fetchone()[0]
        return partners, SaleLine.objects.filter(partner_id=shop.id).count()

    assert seen_by(cast.sven, raw) == (0, 0)


@pytest.mark.parametrize("guard", ["partners_below(NULL)", "sales_below('2000-01-01', '2100-01-01')"])
def test_the_guard_tells_no_more_than_may_be_told(cast: Cast, shop: Partner, guard: str) -> None:
    """Raw SQL in a partner's scope: names of columns, and rows of those below alone."""

    def raw() -> tuple[set[str], set[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM guard.{guard}")
            columns = [column.name for column in cursor.description]
            return set(columns), {row[columns.index("partner_id")] for row in cursor.fetchall()}

    columns, partners = seen_by(cast.paul, raw)
    assert columns <= {
        "partner_id", "name", "partner_type", "country", "region", "tier", "status", "parent_id", "since",
        "line_id", "occurred_on", "seller", "product", "quantity", "amount_minor", "currency",
    }  # fmt: skip
    assert partners == {shop.id}


def test_the_page_names_them_and_links_to_the_lines(cast: Cast, shop: Partner) -> None:
    sven = client_of(cast.sven)
    page = sven.get("/acme/p/network/?since=2026-01-01&until=2026-12-31").content.decode()
    assert "Shop" in page
    assert "Middle" in page
    assert "€1,200.00" in page
    lines = sven.get(f"/acme/p/network/{shop.id}/sales/?since=2026-01-01&until=2026-12-31").content.decode()
    assert lines.count("<tr>") == 1 + 2 + 1
    assert lines.count("€1,200.00") == 1


def test_the_page_of_one_tells_its_place_its_days_and_its_months(cast: Cast, shop: Partner) -> None:
    page = client_of(cast.sven).get(f"/acme/p/network/{shop.id}/?since=2026-01-01&until=2026-12-31")
    content = page.content.decode()
    assert "from 1 Mar 2026" in content
    assert content.index("Middle") > 0
    assert f"/acme/p/network/{shop.id}/sales/?since=2026-03-01&amp;until=2026-03-31" in content
    assert "€1,200.00" in content


def test_of_one_that_left_only_its_days_are_told(cast: Cast, shop: Partner) -> None:
    content = client_of(cast.paul).get(f"/acme/p/network/{shop.id}/?since=2026-01-01").content.decode()
    assert "Does not stand below you today." in content
    assert "until before 1 Mar 2026" in content
    assert "€300.00" in content
    assert "Region" not in content
    assert "Middle" not in content


@pytest.mark.parametrize("tail", ["", "sales/"])
def test_who_never_stood_below_is_missing(cast: Cast, shop: Partner, tail: str) -> None:
    sven = client_of(cast.sven)
    for other in (cast.northwind, cast.southwind, cast.zephyr):
        assert sven.get(f"/acme/p/network/{other.id}/{tail}").status_code == 404
    below = client_of(make_person(cast.acme, "sam@shop.example", "partner_admin", partner_id=shop.id))
    assert below.get(f"/acme/p/network/{cast.southwind.id}/{tail}").status_code == 404


def test_somebody_without_money_sees_partners_and_no_amounts(cast: Cast, shop: Partner) -> None:
    with tenant_context(cast.acme.id):
        move_partner(
            actor=cast.vera.actor, partner=shop, parent=cast.northwind, starts_on=date(2026, 4, 1), at=NOW
        )
    page = client_of(cast.mia).get("/acme/p/network/?since=2026-01-01").content.decode()
    assert "Shop" in page
    assert "Sales below us" not in page


def test_the_menu_names_them_where_there_are_some(cast: Cast, shop: Partner) -> None:
    assert "Partners below us" in client_of(cast.sven).get("/acme/p/").content.decode()
    below = make_person(cast.acme, "sam@shop.example", "partner_admin", partner_id=shop.id)
    assert "Partners below us" not in client_of(below).get("/acme/p/").content.decode()


def test_machines_ask_for_the_tree_of_a_day(cast: Cast, shop: Partner) -> None:
    erp = Machine(make_key(cast.acme, "partners:read"))

    def below(partner: Partner, on: str) -> dict[str, str]:
        rows = erp.get(f"partners/{partner.id}/below", on=on).json()["data"]
        return {row["code"]: row["parent_code"] for row in rows}

    assert below(cast.northwind, "2026-02-28") == {"SH": "NW"}
    assert below(cast.northwind, "2026-03-01") == {}
    assert below(cast.southwind, "2026-03-01") == {"MI": "SW", "SH": "MI"}
